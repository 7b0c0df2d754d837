import type { Logger } from "./logging/logger.js";

/** How often it is logged that a job fails, in milliseconds. */
const REMIND_MS = 60_000;

/** What a server does regularly, by itself. */
export class Jobs {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly logger: Logger) {}

  /**
   * Does something now and at every interval, in milliseconds, unless it is still under way. That it fails is logged
   * once a minute, and that it works again once.
   *
   * @param name what it is, for the log
   */
  start(name: string, interval: number, work: () => Promise<unknown>): void {
    const logged = this.#logged(name, work);
    let isRunning = false;
    const run = () => {
      if (isRunning) return;
      isRunning = true;
      const running = logged().finally(() => {
        isRunning = false;
        this.#running.delete(running);
      });
      this.#running.add(running);
    };
    run();
    const timer = setInterval(run, interval);
    timer.unref();
    this.#timers.push(timer);
  }

  /** Starts nothing any more. @returns resolves when what is under way has ended */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running);
  }

  #logged(name: string, work: () => Promise<unknown>): () => Promise<void> {
    let loggedAt: number | undefined;
    return async () => {
      try {
        await work();
        if (loggedAt !== undefined) this.logger.info(`Works again: ${name}`);
        loggedAt = undefined;
      } catch (error) {
        const now = performance.now();
        if (loggedAt !== undefined && now - loggedAt < REMIND_MS) return;
        loggedAt = now;
        this.logger.error({ err: error }, `Failed, and is tried again: ${name}`);
      }
    };
  }
}
