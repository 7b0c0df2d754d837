/** A caller that waits for the value of a key. */
interface Waiting<V> {
  readonly key: string;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** How many keys are looked up at once. The others wait for the next time. */
const MOST = 32;

/**
 * Looks up many keys by few statements: of each group, one look-up runs at a time, and those who come meanwhile share the next
 * one. It begins after they came, so they see everything that was written before.
 */
export class BatchedLookUps<Group, V> {
  /** Who waits, of each group whose look-up runs, by the group's name. */
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
      if (others) others.push(waiting);
      else void this.#run(group, [waiting]);
    });
  }

  async #run(group: Group, first: Waiting<V>[]): Promise<void> {
    const name = this.nameOf(group);
    this.#waiting.set(name, first);
    while (first.length > 0) await this.#together(group, first.splice(0, MOST));
    this.#waiting.delete(name);
  }

  async #together(group: Group, batch: readonly Waiting<V>[]): Promise<void> {
    try {
      const found = await this.lookUp(group, [...new Set(batch.map(({ key }) => key))]);
      for (const { key, resolve } of batch) resolve(found.get(key));
    } catch (error) {
      const [first, ...others] = batch;
      // One that takes too long must not fail the others.
      if (others.length === 0) first?.reject(error);
      else for (const each of batch) await this.#together(group, [each]);
    }
  }
}
