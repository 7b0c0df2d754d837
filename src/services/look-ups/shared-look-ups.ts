interface Running<T> {
  readonly done: Promise<T>;
  /** The look-up that begins when this one ends, for all callers since this one began. */
  next: Promise<T> | undefined;
}

/**
 * Runs one look-up per key at a time. Callers during a look-up share the next one. It begins after their calls, so they
 * see everything that was written before.
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
