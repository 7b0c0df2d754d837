import { TooManyRequestsError, UnavailableError } from "../../domain/errors.js";
import type { Session } from "../session.js";
import { isTransient } from "../violations.js";

/** Work to be done in a transaction. */
type Work<T> = (session: Session) => Promise<T>;

/** Runs work in a transaction of its own. */
type Transact = <T>(work: Work<T>) => Promise<T>;

interface Waiting {
  readonly owner: string;
  readonly work: Work<unknown>;
  /** How it runs in a transaction that it shares with no other work; undefined: it may share one. */
  readonly alone: Transact | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** When its patience ends, on the clock of `performance.now()`. */
  readonly deadline: number;
  readonly patience: NodeJS.Timeout;
}

export interface QueueLimits {
  /** How much work can wait in all, and how much of one owner. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** How long it waits before it is begun, in milliseconds. */
  readonly patience: number;
}

/** The most work in one transaction, so that no request waits long for the others in it. */
const MAX_BATCH = 32;

/** In so many seconds there may be room in the queue. */
const RETRY_AFTER = 2;

const isLocked = (error: unknown): error is UnavailableError =>
  error instanceof UnavailableError && isTransient(error.cause);

const tooBusy = () => new UnavailableError("The database is too busy to write", RETRY_AFTER);

/**
 * Queues work for a single writer. Work that waited while the writer was busy is done together, in one transaction and
 * with one sync to disk. Work that fails before it has written anything, such as a creation whose name already exists,
 * fails alone. If work fails later, the whole batch is rolled back, and each piece is done again on its own, so that one
 * failure does not affect others. Work that has waited too long is refused and never done, because the client may have
 * disconnected or sent the request again. Owners take turns, so that much work of one does not delay others.
 */
export class WriteQueue {
  /** By owners, in the order in which their turns come. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  #count = 0;
  #isBusy = false;

  constructor(
    private readonly transact: Transact,
    private readonly limits: QueueLimits,
  ) {}

  /** Whether work waits for the writer. */
  get isWaitedFor(): boolean {
    return this.#count > 0;
  }

  /**
   * @param alone runs the work in a transaction that it shares with no other work; undefined: it may share one
   * @throws TooManyRequestsError when too much of the owner waits, UnavailableError when too much waits in all, or when
   *   it has waited too long; and what `work` throws
   */
  run<T>(work: Work<T>, owner: string, alone?: Transact): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { waiting: most, waitingOfOne, patience } = this.limits;
      const own = this.#waiting.get(owner) ?? new Set();
      if (this.#count >= most || own.size >= waitingOfOne) {
        reject(own.size >= waitingOfOne ? new TooManyRequestsError(RETRY_AFTER) : tooBusy());
        return;
      }
      const waiting: Waiting = {
        ...{ owner, work, alone, resolve: resolve as (value: unknown) => void, reject },
        deadline: performance.now() + patience,
        patience: setTimeout(() => {
          this.#remove(waiting);
          reject(tooBusy());
        }, patience),
      };
      own.add(waiting);
      this.#waiting.set(owner, own);
      this.#count += 1;
      if (!this.#isBusy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    while (this.#count > 0) await this.#together(this.#nextBatch());
    this.#isBusy = false;
  }

  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    // An owner whose turn it was comes again behind all others, and is met again here if there is room.
    for (const [owner, own] of this.#waiting) {
      const [next] = own;
      if (!next || batch.length === MAX_BATCH) break;
      if (next.alone && batch.length > 0) break;
      clearTimeout(next.patience);
      this.#remove(next);
      batch.push(next);
      if (own.size > 0) {
        this.#waiting.delete(owner);
        this.#waiting.set(owner, own);
      }
      if (next.alone) break;
    }
    return batch;
  }

  #remove(waiting: Waiting): void {
    const own = this.#waiting.get(waiting.owner);
    own?.delete(waiting);
    if (own?.size === 0) this.#waiting.delete(waiting.owner);
    this.#count -= 1;
  }

  async #together(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 1) {
      await this.#eachForItself(batch);
      return;
    }
    let settle: (() => void)[];
    try {
      settle = await this.transact(async (session) => {
        const outcomes: (() => void)[] = [];
        for (const waiting of batch) outcomes.push(await outcomeOf(waiting, session));
        return outcomes;
      });
    } catch (error) {
      // Locked by another process: it has been waited for long enough, and nothing was run.
      if (isLocked(error)) for (const { reject } of batch) reject(error);
      else await this.#eachForItself(batch);
      return;
    }
    // Only now: what the work has seen of the batch is what is kept.
    for (const tell of settle) tell();
  }

  async #eachForItself(batch: readonly Waiting[]): Promise<void> {
    for (const { work, alone = this.transact, resolve, reject, deadline } of batch) {
      if (performance.now() < deadline) await alone(work).then(resolve, reject);
      else reject(tooBusy());
    }
  }
}

/**
 * Does work in a transaction that it shares.
 *
 * @returns what tells its caller how it ended
 * @throws what the work throws after it has written: then all of the transaction has to be undone
 */
async function outcomeOf({ work, resolve, reject }: Waiting, session: Session): Promise<() => void> {
  const before = session.writes;
  try {
    const value = await work(session);
    return () => {
      resolve(value);
    };
  } catch (error) {
    if (session.writes !== before) throw error;
    return () => {
      reject(error);
    };
  }
}
