import { ScimError } from "../errors.js";

/** How much work the operations of one request can be. */
const MAX_WORK = 100_000;

/** How many characters are one unit of work more. */
const CHARACTERS = 64;

/**
 * Limits the work of the operations of one request, so that it ends soon. A unit is one comparison of an element with a
 * term of a filter; long text counts more.
 */
export class Work {
  #left = MAX_WORK;

  /** @throws ScimError 413 when the request is more work than one can be */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left >= 0) return;
    throw new ScimError(
      413,
      undefined,
      "The operations are too expensive for lists of this length; send fewer operations",
    );
  }

  /** Counts reading this many characters. @throws ScimError 413 */
  read(characters: number): void {
    this.spend(1 + Math.floor(characters / CHARACTERS));
  }
}
