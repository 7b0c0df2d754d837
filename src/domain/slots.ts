import { TooManyRequestsError, UnavailableError } from "./errors.js";

/** How many may be at work at a time, and how many may wait for it, how long. */
export interface SlotLimits {
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

/**
 * Slots that owners take turns for: a free one goes to the owner whose last turn is the longest ago, so that
 * many of one owner do not keep one of another waiting.
 */
export class Slots {
  #free: number;
  #waitingCount = 0;
  readonly #working = new Map<string, number>();
  /** In the order in which their turns come. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** @param what is too busy when there is no slot, as in "The database" */
  constructor(
    private readonly what: string,
    private readonly limits: SlotLimits,
  ) {
    this.#free = limits.slots;
  }

  /**
   * Takes a slot, or waits for one; who has it gives it back by `leave`.
   *
   * @param signal ends the wait; asked for when there is one
   * @returns undefined when there is one at once
   * @throws TooManyRequestsError when too many of this owner wait, or when one has waited for too long behind others of
   *   this owner; UnavailableError when too many wait in all, or when one has waited for too long behind others
   */
  enter(owner: string, signal?: () => AbortSignal | undefined): Promise<void> | undefined {
    if (this.#mayWork(owner)) {
      this.#take(owner);
      return undefined;
    }
    const { waiting, waitingOfOne } = this.limits;
    if (this.#waitingCount >= waiting) throw this.#tooBusy();
    if ((this.#waiting.get(owner)?.length ?? 0) >= waitingOfOne) throw new TooManyRequestsError(RETRY_AFTER);
    return this.#wait(owner, signal?.());
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
    const { patience, slotsOfOne } = this.limits;
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(owner) ?? [];
      this.#waiting.set(owner, queue);
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0 && this.#waiting.get(owner) === queue) this.#waiting.delete(owner);
        this.#waitingCount -= 1;
      };
      const giveUp = () => {
        end();
        reject(new UnavailableError("The client has gone", undefined));
      };
      const waiting: Waiting = {
        admit: () => {
          end();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        end();
        const isFull = (this.#working.get(owner) ?? 0) >= slotsOfOne;
        reject(isFull ? new TooManyRequestsError(RETRY_AFTER) : this.#tooBusy());
      }, patience);
      queue.push(waiting);
      this.#waitingCount += 1;
      if (signal?.aborted) giveUp();
      else signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  #tooBusy(): UnavailableError {
    return new UnavailableError(`${this.what} is too busy`, RETRY_AFTER);
  }
}
