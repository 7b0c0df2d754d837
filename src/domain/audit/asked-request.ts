/** How many notes there are of one request: the audit log stays small, whatever a client sends. */
const MAX_NOTES = 20;

/** What a name can be that a client wrote; anything else could be a value in the wrong place. */
const NAME = /^[\w$.:-]{1,120}(\[\.\.\.\])?$/;

/** Short texts for the audit log, each once. They name attributes and rules, and never contain values. */
export class Notes {
  #notes: Set<string> | undefined;
  #hasMore = false;

  /** @param path as a client wrote it; the filter in it is left out, since it has values */
  add(path: string, note: string): void {
    this.#notes ??= new Set();
    if (this.#notes.size === MAX_NOTES) {
      this.#hasMore = true;
      return;
    }
    const name = path.replace(/\[.*/s, "[...]");
    this.#notes.add(`${NAME.test(name) ? name : "(an odd name)"}: ${note}`);
  }

  /** In the order in which they came. */
  all(): string[] {
    return [...(this.#notes ?? []), ...(this.#hasMore ? ["and more"] : [])];
  }
}

/** A request, or an operation of a Bulk, as the audit log tells of it. */
export class AskedRequest {
  /** The status of the answer if it succeeds. */
  status: number | undefined;
  /** What it wants to have done: operations and the attributes that they name. */
  readonly asked = new Notes();
  /** Where it was not taken as it was sent: the dialects that were translated, and what was left out. */
  readonly understood = new Notes();

  /**
   * @param path without the query, and without secrets
   * @param startedAt in milliseconds, as `performance.now()` gives them
   */
  constructor(
    readonly method: string,
    readonly path: string,
    readonly startedAt: number,
  ) {}
}
