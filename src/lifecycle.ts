import type { RunningRequests } from "./http/server/running-requests.js";
import type { Jobs } from "./jobs.js";
import type { Logger } from "./logging/logger.js";

/** How long closing the database may take of the grace time, at most, in milliseconds. */
const CLOSING_MS = 1000;

/** How a server ended: with all done, with something broken off, or with a database that could not be closed. */
export type End = "orderly" | "cut" | "hanging";

interface LifecycleParts {
  readonly requests: RunningRequests;
  /** Ends requests that can end early, such as a Bulk. */
  readonly ending: AbortController;
  readonly jobs: Jobs;
  /** Tells jobs to end early. */
  readonly endJobs: () => void;
  /** Closes what requests and jobs need. */
  readonly close: () => Promise<void>;
  readonly logger: Logger;
}

/** The end of a running server, step by step. */
export class Lifecycle {
  #stopped: Promise<End> | undefined;
  #closed: Promise<void> | undefined;

  constructor(private readonly parts: LifecycleParts) {}

  /** The server is no longer ready, and its answers have `Connection: close`. It still serves all requests. */
  beginStop(): void {
    this.parts.requests.beginStop();
  }

  /**
   * Stops: a Bulk ends between two transactions, running requests finish, and everything is closed. What is not done
   * by then is broken off, so that this ends within the grace time also when the database hangs. Asked again, it is
   * the same stop.
   *
   * @param graceMs how long all of that may take, in milliseconds
   * @param connections resolves when the HTTP server in front has no open connection; requests are served until then
   * @returns how it ended
   */
  stop(graceMs: number, connections: Promise<unknown> = Promise.resolve()): Promise<End> {
    return (this.#stopped ??= this.#stop(graceMs, connections));
  }

  async #stop(graceMs: number, connections: Promise<unknown>): Promise<End> {
    const { requests, ending, jobs, endJobs, logger } = this.parts;
    const deadline = performance.now() + graceMs;
    this.beginStop();
    ending.abort();
    endJobs();
    const over = Promise.all([connections.then(() => requests.end()), jobs.stop()]);
    const isOver = await within(graceMs - Math.min(CLOSING_MS, graceMs / 4), over);
    if (!isOver)
      logger.warn({ requests: requests.cut() }, "Requests that did not finish in time are aborted");
    const isClosed = await within(deadline - performance.now(), this.#close());
    if (!isClosed) logger.warn({}, "The database could not be closed in time");
    return !isClosed ? "hanging" : isOver ? "orderly" : "cut";
  }

  /** Waits for what is done regularly and closes everything; requests must be over. */
  async close(): Promise<void> {
    const { jobs, endJobs } = this.parts;
    endJobs();
    await jobs.stop();
    await this.#close();
  }

  #close(): Promise<void> {
    return (this.#closed ??= this.parts.close());
  }
}

/** @returns whether it was done in so many milliseconds, and without an error */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds), false);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  const isInTime = await Promise.race([done, late]);
  clearTimeout(timer);
  return isInTime;
}
