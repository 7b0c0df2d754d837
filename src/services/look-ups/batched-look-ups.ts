import { setImmediate } from "node:timers";
import { TooManyRequestsError, UnavailableError } from "../../domain/errors.js";

/** A caller that waits for the value of a key. */
interface Waiting<V> {
  readonly key: string;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** How many keys are looked up at once. The others wait for the next time. */
const MOST = 32;

/**
 * Looks up many keys by few statements. Of each group, one look-up runs at a time, for all who asked before it began: those
 * whose requests arrived together, and those who came while another one ran. So they see everything that was written
 * before they asked.
 */
export class BatchedLookUps<Group, V> {
  /** Who waits, of each group whose look-up runs or is about to, by the group's name. */
  readonly #waiting = new Map<string, Waiting<V>[]>();

  /** @param lookUp finds what there is of several keys of a group, by key */
  constructor(
    private readonly nameOf: (group: Group) => string,
    private readonly lookUp: (group: Group, keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ) {}

  /** @returns undefined for a key without a value @throws what the look-up throws */
  get(group: Group, key: string): Promise<V | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = { key, resolve, reject };
      const others = this.#waiting.get(this.nameOf(group));
      if (others) {
        others.push(waiting);
        return;
      }
      const first = [waiting];
      this.#waiting.set(this.nameOf(group), first);
      // Not before the requests are read that have arrived at the same time: a statement for each costs more than they do.
      setImmediate(() => void this.#run(group, first));
    });
  }

  async #run(group: Group, waiting: Waiting<V>[]): Promise<void> {
    while (waiting.length > 0) await this.#together(group, waiting.splice(0, MOST));
    this.#waiting.delete(this.nameOf(group));
  }

  async #together(group: Group, batch: readonly Waiting<V>[]): Promise<void> {
    const keys = new Set(batch.map(({ key }) => key));
    try {
      const found = await this.lookUp(group, [...keys]);
      for (const { key, resolve } of batch) resolve(found.get(key));
    } catch (error) {
      const isOfDatabase = error instanceof UnavailableError || error instanceof TooManyRequestsError;
      if (keys.size === 1 || isOfDatabase) for (const { reject } of batch) reject(error);
      // A key that cannot be looked up must not fail the others.
      else
        for (const each of keys)
          await this.#together(
            group,
            batch.filter(({ key }) => key === each),
          );
    }
  }
}
