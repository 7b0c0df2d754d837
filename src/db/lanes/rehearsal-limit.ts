import { UnavailableError } from "../../domain/errors.js";

/**
 * How long a dry run may hold the database, in milliseconds: a single writer while other writes wait for it, and at all.
 * Writes of other processes wait, too, and cannot be seen; they wait for five seconds.
 */
const LIMITS = { whileOthersWait: 250, most: 4000 };

/** How often it is looked whether a dry run has to end, in milliseconds. */
const LOOK_MS = 10;

/** In so many seconds there may be fewer writes. */
const RETRY_AFTER = 1;

/** Ends a dry run that holds the database for too long. Begins at once. */
export class RehearsalLimit {
  readonly #end = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /** @param writer the single writer that the dry run holds; undefined: there are several */
  constructor(writer: { readonly isWaitedFor: boolean } | undefined) {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const held = performance.now() - began;
      const isInTheWay = held >= LIMITS.whileOthersWait && writer?.isWaitedFor === true;
      if (isInTheWay || held >= LIMITS.most) this.#end.abort();
    }, LOOK_MS);
  }

  /** Aborted when the dry run has to end. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** @returns what a dry run fails with that failed with an error, perhaps because it had to end */
  errorFor(error: unknown): unknown {
    if (!this.#end.signal.aborted) return error;
    // Without a cause: there is nothing to log.
    return new UnavailableError(
      "The dry run would hold up other writes for too long; send fewer operations, or try again",
      RETRY_AFTER,
    );
  }

  /** To be called when the dry run is over. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
