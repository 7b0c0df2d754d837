interface Running<T> {
  readonly done: Promise<T>;
  /** What is looked up when this is done, for all who have asked since it began. */
  next: Promise<T> | undefined;
}

/**
 * Looks up by keys, each key once at a time: those who ask while it is looked up share the next look-up. That begins
 * after they asked, so they are told all that was written before.
 */
export class SharedLookUps<T> {
  readonly #running = new Map<string, Running<T>>();

  constructor(private readonly lookUp: (key: string) => Promise<T>) {}

  /** @throws what the look-up throws */
  get(key: string): Promise<T> {
    const running = this.#running.get(key);
    if (!running) return this.#begin(key);
    const begin = () => this.#begin(key);
    return (running.next ??= running.done.then(begin, begin));
  }

  #begin(key: string): Promise<T> {
    const done = this.lookUp(key).finally(() => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    });
    const running: Running<T> = { done, next: undefined };
    this.#running.set(key, running);
    return done;
  }
}
