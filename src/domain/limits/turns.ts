/** How long work may run before others get a turn, in milliseconds. */
const TURN_MS = 10;

/** Lets long work on the event loop give way to others, between its parts. */
export class Turns {
  #began = performance.now();

  /** Waits until others have had their turn, when this turn has been long enough. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#began = performance.now();
  }
}
