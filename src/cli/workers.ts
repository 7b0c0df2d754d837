import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { setTimeout as wait } from "node:timers/promises";
import { readProcessSettings } from "../config/settings.js";
import type { Settings } from "../config/types.js";
import type { Logger } from "../logging/logger.js";
import { createMuster } from "../muster.js";
import { UserError } from "./exit.js";
import { announce, prepareDatabase, serve, serveAs, stopSignal } from "./serve.js";

/** How long it takes until a worker that ended by itself is replaced, so that one that cannot start costs little. */
const REPLACE_MS = 1000;

/** How much longer than its own limits a worker may take to stop. */
const PATIENCE_MS = 5000;

const STOP = "stop";

/**
 * Starts the server in several processes that share the port, or in this one.
 *
 * @param count how many processes
 * @throws UserError for more than one on SQLite
 */
export async function serveWith(count: number): Promise<void> {
  const settings = readProcessSettings();
  if (count === 1) return serve(settings);
  if (cluster.isPrimary) return new Workers(settings).run(count);
  try {
    await serveAs(settings, { processes: count, untilStopped });
  } finally {
    // What connects it with the first process would keep it from ending.
    process.channel?.unref();
  }
}

/**
 * A worker stops when the first process says so; when that one is gone, Node.js ends the worker at once. A signal to the
 * whole group, such as Ctrl-C, reaches both: the worker waits for the word of the first process.
 */
function untilStopped(): Promise<string> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
  return new Promise((resolve) => {
    process.on("message", (message) => {
      if (message === STOP) resolve("told by the first process");
    });
  });
}

/** The workers of the first process, which itself serves no request. */
class Workers {
  #isStopping = false;
  readonly #ends = new Set<Promise<unknown>>();
  #isOrderly = true;

  constructor(private readonly settings: Settings) {}

  /** Starts workers, replaces those that end by themselves, and stops all of them when this process is told to. */
  async run(count: number): Promise<void> {
    if (this.settings.database.engine === "sqlite") {
      throw new UserError(
        "Several workers need PostgreSQL, because SQLite has one writer at a time; set DATABASE_URL, or use one worker",
      );
    }
    const muster = createMuster({ ...this.settings, welcome: true });
    const { logger } = muster;
    try {
      await prepareDatabase(muster, this.settings);
      const signalled = stopSignal();
      process.once("exit", killAll);
      // The first one alone finds out whether the port is free.
      if (!(await this.#start(logger))) throw new UserError("The first worker did not start");
      // Told to stop meanwhile, it waits for no worker that cannot start.
      void signalled.then(() => (this.#isStopping = true));
      await Promise.all(Array.from({ length: count - 1 }, () => this.#startAtLast(logger)));
      await announce(muster, this.settings);
      await muster.close();
      logger.info({ workers: count }, "All workers are ready");
      const signal = await signalled;
      logger.info({ signal }, "Stopping the workers");
    } finally {
      await muster.close();
      await this.#stop();
    }
    if (!this.#isOrderly) process.exitCode = 1;
  }

  /** Starts a worker; if it does not serve, tries again until one does, or until all are to stop. */
  async #startAtLast(logger: Logger): Promise<void> {
    while (!this.#isStopping) {
      const isServing = await this.#start(logger).catch((error: unknown) => {
        logger.error({ err: error }, "A worker process could not be created");
        return false;
      });
      if (isServing) return;
      logger.error({}, "A worker did not start; another attempt follows");
      await wait(REPLACE_MS);
    }
  }

  /** @returns whether it came to listen; one that did is replaced when it ends by itself */
  async #start(logger: Logger): Promise<boolean> {
    const worker = cluster.fork();
    const ended = this.#endOf(worker, logger);
    this.#ends.add(ended);
    void ended.then(() => this.#ends.delete(ended));
    const isListening = await Promise.race([
      new Promise<boolean>((resolve) => {
        worker.once("listening", () => resolve(true));
      }),
      ended.then(() => false),
    ]);
    if (isListening) {
      void ended.then(async (end) => {
        if (this.#isStopping) return;
        logger.error(
          { worker: worker.process.pid, ...end },
          "A worker ended by itself; another one takes its place",
        );
        await wait(REPLACE_MS);
        await this.#startAtLast(logger);
      });
    }
    return isListening;
  }

  /** @returns resolves with how a worker ended, or why it could not be started; never fails */
  #endOf(worker: Worker, logger: Logger): Promise<object> {
    return new Promise((resolve) => {
      worker.once("exit", (code: number | null, signal: string | null) => {
        if (code !== 0) this.#isOrderly = false;
        resolve({ code, signal });
      });
      // A message may fail on its way to a worker that ends; one without a process has no end of its own.
      worker.on("error", (error) => {
        logger.error({ err: error }, "A worker failed");
        if (worker.process.pid === undefined) resolve({ err: error });
      });
    });
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    this.#isOrderly = true;
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker?.isConnected()) worker.send(STOP);
    }
    const { delay, grace } = this.settings.stop;
    const killing = setTimeout(killAll, (delay + grace) * 1000 + PATIENCE_MS);
    while (this.#ends.size > 0) await Promise.all(this.#ends);
    clearTimeout(killing);
  }
}

function killAll(): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
}
