import { TooManyRequestsError, UnavailableError } from "../domain/errors.js";

/** Who waits: somebody of a group, which has one turn like any other group, however many are in it. */
export interface Caller {
  readonly group: string;
  readonly id: string;
}

export interface QueueLimits {
  /** How many jobs run at the same time. */
  readonly atOnce: number;
  /** How many jobs of one caller wait. */
  readonly perCaller: number;
  /** How many jobs wait. */
  readonly waiting: number;
  /** How long a job waits. */
  readonly seconds: number;
}

interface Job {
  readonly caller: Caller;
  readonly start: () => void;
}

/** After how many seconds a caller may ask again for whom there is no place in the queue. */
const RETRY_SECONDS = 10;

/** How many callers and groups the last turns are remembered of. */
const REMEMBERED = 10_000;

/**
 * Jobs that take long, in an order that is fair: next is the group that had its last turn longest ago, and of it the
 * caller who had.
 */
export class FairQueue {
  #running = 0;
  #turn = 0;
  readonly #waiting = new Set<Job>();
  /** When groups and callers had their last turns, the longest ago first. */
  readonly #turns = new Map<string, number>();

  /** @param what the jobs are, as in "Too many ... wait" */
  constructor(
    private readonly what: string,
    private readonly limits: QueueLimits,
  ) {}

  /**
   * Runs a job when it is its turn.
   *
   * @throws TooManyRequestsError for a caller of whom too many jobs wait, UnavailableError when too many wait or when
   *   it has waited for too long, and what the job throws
   */
  async run<T>(caller: Caller, job: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limits.atOnce) await this.#turnOf(caller);
    else this.#begin(caller);
    try {
      return await job();
    } finally {
      this.#running -= 1;
      this.#next()?.start();
    }
  }

  #turnOf(caller: Caller): Promise<void> {
    const { perCaller, waiting, seconds } = this.limits;
    const own = [...this.#waiting].filter((each) => each.caller.id === caller.id).length;
    if (own >= perCaller) throw new TooManyRequestsError(RETRY_SECONDS);
    if (this.#waiting.size >= waiting) throw this.#busy();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(job);
        reject(this.#busy());
      }, seconds * 1000);
      const job = {
        caller,
        start: () => {
          clearTimeout(timer);
          this.#waiting.delete(job);
          this.#begin(caller);
          resolve();
        },
      };
      this.#waiting.add(job);
    });
  }

  #begin({ group, id }: Caller): void {
    this.#running += 1;
    this.#turn += 1;
    for (const name of [`group ${group}`, `caller ${id}`]) {
      this.#turns.delete(name);
      this.#turns.set(name, this.#turn);
    }
    for (const name of this.#turns.keys()) {
      if (this.#turns.size <= REMEMBERED) break;
      this.#turns.delete(name);
    }
  }

  #next(): Job | undefined {
    let [next] = this.#waiting;
    for (const job of this.#waiting) if (next && this.#isBefore(job.caller, next.caller)) next = job;
    return next;
  }

  #isBefore(one: Caller, other: Caller): boolean {
    const group = this.#lastTurn(`group ${one.group}`) - this.#lastTurn(`group ${other.group}`);
    return (
      group < 0 || (group === 0 && this.#lastTurn(`caller ${one.id}`) < this.#lastTurn(`caller ${other.id}`))
    );
  }

  #lastTurn(name: string): number {
    return this.#turns.get(name) ?? 0;
  }

  #busy(): UnavailableError {
    return new UnavailableError(
      `Too many ${this.what} wait; try again in ${RETRY_SECONDS} seconds`,
      RETRY_SECONDS,
    );
  }
}
