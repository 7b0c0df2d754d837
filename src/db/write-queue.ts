import type { Session } from "./session.js";

/** What somebody wants done in a transaction. */
type Work<T> = (session: Session) => Promise<T>;

/** Runs work in a transaction of its own. */
type Transact = <T>(work: Work<T>) => Promise<T>;

interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The most work that goes into one transaction, so that nobody waits long for the others in it. */
const MAX_BATCH = 32;

/**
 * Queues work for a single writer. What has come to wait while the writer was busy is done together: one
 * transaction and one sync to disk for all of it. When any of it fails, nothing of the batch is kept, and
 * each piece is done again by itself, so that nobody feels another's failure.
 */
export class WriteQueue {
  #waiting: Waiting[] = [];
  #isBusy = false;

  constructor(private readonly transact: Transact) {}

  run<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#isBusy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) await this.#together(this.#waiting.splice(0, MAX_BATCH));
    this.#isBusy = false;
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
    } catch {
      await this.#eachForItself(batch);
      return;
    }
    batch.forEach(({ resolve }, index) => {
      resolve(results[index]);
    });
  }

  async #eachForItself(batch: readonly Waiting[]): Promise<void> {
    for (const { work, resolve, reject } of batch) await this.transact(work).then(resolve, reject);
  }
}
