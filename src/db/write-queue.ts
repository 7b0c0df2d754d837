import { UnavailableError } from "../domain/errors.js";
import type { Session } from "./session.js";
import { isTransient } from "./violations.js";

/** What somebody wants done in a transaction. */
type Work<T> = (session: Session) => Promise<T>;

/** Runs work in a transaction of its own. */
type Transact = <T>(work: Work<T>) => Promise<T>;

interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** When its patience ends, on the clock of `performance.now()`. */
  readonly deadline: number;
  readonly patience: NodeJS.Timeout;
}

export interface QueueLimits {
  /** How much work can wait. */
  readonly waiting: number;
  /** How long it waits before it is begun, in milliseconds. */
  readonly patience: number;
}

/** The most work that goes into one transaction, so that nobody waits long for the others in it. */
const MAX_BATCH = 32;

/** In so many seconds there may be room in the queue. */
const RETRY_AFTER = 2;

const isLocked = (error: unknown): error is UnavailableError =>
  error instanceof UnavailableError && isTransient(error.cause);

const tooBusy = () => new UnavailableError("The database is too busy to write", RETRY_AFTER);

/**
 * Queues work for a single writer. What has come to wait while the writer was busy is done together: one
 * transaction and one sync to disk for all of it. When any of it fails, nothing of the batch is kept, and
 * each piece is done again by itself, so that nobody feels another's failure. What has waited too long is
 * refused and never done: whoever asked for it may have gone, or have asked again.
 */
export class WriteQueue {
  readonly #waiting = new Set<Waiting>();
  #isBusy = false;

  constructor(
    private readonly transact: Transact,
    private readonly limits: QueueLimits,
  ) {}

  /** @throws UnavailableError when too much waits, or when it has waited too long; and what `work` throws */
  run<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#waiting.size >= this.limits.waiting) {
        reject(tooBusy());
        return;
      }
      const { patience } = this.limits;
      const waiting: Waiting = {
        ...{ work, resolve: resolve as (value: unknown) => void, reject },
        deadline: performance.now() + patience,
        patience: setTimeout(() => {
          this.#waiting.delete(waiting);
          reject(tooBusy());
        }, patience),
      };
      this.#waiting.add(waiting);
      if (!this.#isBusy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.size > 0) await this.#together(this.#nextBatch());
    this.#isBusy = false;
  }

  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      clearTimeout(waiting.patience);
      batch.push(waiting);
      if (batch.length === MAX_BATCH) break;
    }
    return batch;
  }

  async #together(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 1) {
      await this.#eachForItself(batch);
      return;
    }
    let results: unknown[];
    try {
      results = await this.transact(async (session) => {
        const values: unknown[] = [];
        for (const { work } of batch) values.push(await work(session));
        return values;
      });
    } catch (error) {
      // Locked by another process: it has been waited for long enough, and nothing was run.
      if (isLocked(error)) for (const { reject } of batch) reject(error);
      else await this.#eachForItself(batch);
      return;
    }
    batch.forEach(({ resolve }, index) => {
      resolve(results[index]);
    });
  }

  async #eachForItself(batch: readonly Waiting[]): Promise<void> {
    for (const { work, resolve, reject, deadline } of batch) {
      if (performance.now() < deadline) await this.transact(work).then(resolve, reject);
      else reject(tooBusy());
    }
  }
}
