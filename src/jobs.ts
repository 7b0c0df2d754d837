import type { Logger } from "./logging/logger.js";

/** What a server does regularly, by itself. */
export class Jobs {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly logger: Logger) {}

  /** Does something now and at every interval, in milliseconds, unless it is still under way. */
  start(interval: number, work: () => Promise<unknown>): void {
    let isRunning = false;
    const run = () => {
      if (isRunning) return;
      isRunning = true;
      const running = this.#logged(work).finally(() => {
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

  async #logged(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error({ err: error }, "What is done regularly failed; it is tried again");
    }
  }
}
