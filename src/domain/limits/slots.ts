import { TooManyRequestsError, UnavailableError } from "../errors.js";

/** How many may work at a time, how many may wait, and for how long. */
export interface SlotLimits {
  readonly slots: number;
  /** How many of the slots one group can have at a time. */
  readonly slotsOfOne: number;
  /** How many can wait in all, and how many of one owner. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** How long one waits at most, in milliseconds. */
  readonly patience: number;
}

/** Whose turn it is: a group has turns like any other, however many owners are in it, and they take turns within it. */
export interface Turn {
  readonly group: string;
  readonly owner: string;
}

interface Waiting {
  readonly admit: () => void;
}

/** What waits, by owners in the order in which their turns come. */
type Queues = Map<string, Waiting[]>;

/** In so many seconds there may be a slot for a caller that was refused one. */
const RETRY_AFTER = 2;

/**
 * Slots that groups, and the owners in them, take turns for: a free one goes to those whose last turn is the longest
 * ago, so that many of one do not keep one of another waiting.
 */
export class Slots {
  #free: number;
  #waitingCount = 0;
  readonly #working = new Map<string, number>();
  /** In the order in which their turns come. */
  readonly #waiting = new Map<string, Queues>();

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
  enter(turn: Turn, signal?: () => AbortSignal | undefined): Promise<void> | undefined {
    if (this.#mayWork(turn.group)) {
      this.#take(turn.group);
      return undefined;
    }
    const { waiting, waitingOfOne } = this.limits;
    if (this.#waitingCount >= waiting) throw this.#tooBusy();
    const own = this.#waiting.get(turn.group)?.get(turn.owner);
    if (own && own.length >= waitingOfOne) throw new TooManyRequestsError(RETRY_AFTER);
    return this.#wait(turn, signal?.());
  }

  /** Gives a slot back. */
  leave({ group }: Turn): void {
    this.#free += 1;
    const working = (this.#working.get(group) ?? 1) - 1;
    if (working > 0) this.#working.set(group, working);
    else this.#working.delete(group);
    if (this.#waitingCount > 0) this.#admitNext();
  }

  #mayWork(group: string): boolean {
    return this.#free > 0 && (this.#working.get(group) ?? 0) < this.limits.slotsOfOne;
  }

  #take(group: string): void {
    this.#free -= 1;
    this.#working.set(group, (this.#working.get(group) ?? 0) + 1);
  }

  #admitNext(): void {
    for (const [group, queues] of this.#waiting) {
      if (!this.#mayWork(group)) continue;
      for (const [owner, queue] of queues) {
        const [next] = queue;
        if (!next) continue;
        this.#take(group);
        next.admit();
        putLast(queues, owner);
        putLast(this.#waiting, group);
        return;
      }
    }
  }

  #wait({ group, owner }: Turn, signal: AbortSignal | undefined): Promise<void> {
    const { patience, slotsOfOne } = this.limits;
    return new Promise((resolve, reject) => {
      const queues = this.#waiting.get(group) ?? new Map<string, Waiting[]>();
      this.#waiting.set(group, queues);
      const queue = queues.get(owner) ?? [];
      queues.set(owner, queue);
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0) queues.delete(owner);
        if (queues.size === 0) this.#waiting.delete(group);
        this.#waitingCount -= 1;
      };
      const giveUp = () => {
        end();
        reject(new UnavailableError("The client has closed the connection", undefined));
      };
      const waiting: Waiting = {
        admit: () => {
          end();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        end();
        const isFull = (this.#working.get(group) ?? 0) >= slotsOfOne;
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

/** Puts an entry, if it is still there, behind all others. */
function putLast<Value>(entries: Map<string, Value>, key: string): void {
  const value = entries.get(key);
  if (value !== undefined && entries.delete(key)) entries.set(key, value);
}
