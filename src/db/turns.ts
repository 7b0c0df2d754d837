import { TooManyRequestsError, UnavailableError } from "../domain/errors.js";

/** How many may be at work at a time, and how many may wait for it, how long. */
export interface TurnLimits {
  readonly slots: number;
  /** How many of the slots one owner can have at a time. */
  readonly slotsOfOne: number;
  /** How many can wait in all, and how many of one owner. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** How long it is waited, in milliseconds. */
  readonly patience: number;
}

interface Waiting {
  readonly admit: () => void;
}

/** In so many seconds there may be a slot for a caller that was refused one. */
const RETRY_AFTER = 2;

const tooBusy = (message: string) => new UnavailableError(message, RETRY_AFTER);

/**
 * Slots that owners take turns for: a free one goes to the owner whose last turn is the longest ago, so that
 * many of one owner do not keep one of another waiting.
 */
export class Turns {
  #free: number;
  #waitingCount = 0;
  readonly #working = new Map<string, number>();
  /** In the order in which their turns come. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(private readonly limits: TurnLimits) {
    this.#free = limits.slots;
  }

  /**
   * Takes a slot, or waits for one; who has it gives it back by `leave`.
   *
   * @param signal ends the wait
   * @returns undefined when there is one at once
   * @throws TooManyRequestsError when too many of this owner wait, UnavailableError when too many wait in all, or
   *   when the wait is over
   */
  enter(owner: string, signal?: AbortSignal): Promise<void> | undefined {
    if (this.#mayWork(owner)) {
      this.#take(owner);
      return undefined;
    }
    const { waiting, waitingOfOne } = this.limits;
    if (this.#waitingCount >= waiting) throw tooBusy("The database is too busy");
    if ((this.#waiting.get(owner)?.length ?? 0) >= waitingOfOne) throw new TooManyRequestsError(RETRY_AFTER);
    return this.#wait(owner, signal);
  }

  /** Gives a slot back. */
  leave(owner: string): void {
    this.#free += 1;
    const working = (this.#working.get(owner) ?? 1) - 1;
    if (working > 0) this.#working.set(owner, working);
    else this.#working.delete(owner);
    if (this.#waitingCount > 0) this.#admitNext();
  }

  #mayWork(owner: string): boolean {
    return this.#free > 0 && (this.#working.get(owner) ?? 0) < this.limits.slotsOfOne;
  }

  #take(owner: string): void {
    this.#free -= 1;
    this.#working.set(owner, (this.#working.get(owner) ?? 0) + 1);
  }

  #admitNext(): void {
    for (const [owner, queue] of this.#waiting) {
      if (!this.#mayWork(owner)) continue;
      const [next] = queue;
      if (!next) continue;
      this.#take(owner);
      next.admit();
      // Behind all others that wait.
      if (this.#waiting.delete(owner) && queue.length > 0) this.#waiting.set(owner, queue);
      return;
    }
  }

  #wait(owner: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(owner) ?? [];
      this.#waiting.set(owner, queue);
      const end = () => {
        clearTimeout(patience);
        signal?.removeEventListener("abort", giveUp);
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0 && this.#waiting.get(owner) === queue) this.#waiting.delete(owner);
        this.#waitingCount -= 1;
      };
      const refuse = (message: string) => {
        end();
        reject(tooBusy(message));
      };
      const giveUp = () => {
        refuse("The client has gone");
      };
      const waiting: Waiting = {
        admit: () => {
          end();
          resolve();
        },
      };
      const patience = setTimeout(refuse, this.limits.patience, "The database is too busy");
      signal?.addEventListener("abort", giveUp, { once: true });
      queue.push(waiting);
      this.#waitingCount += 1;
    });
  }
}
