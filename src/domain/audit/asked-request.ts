/** How many notes are kept of one request, and how long one is: the audit log stays small, whatever a client sends. */
const MAX_NOTES = 20;
const MAX_LENGTH = 120;

/** Short texts for the audit log, each once. They name attributes and rules, and never contain values. */
export class Notes {
  #notes: Set<string> | undefined;
  #more = 0;

  add(note: string): void {
    this.#notes ??= new Set();
    const text = note.slice(0, MAX_LENGTH).replace(/\p{Cc}|\p{Surrogate}/gu, "\uFFFD");
    if (this.#notes.has(text)) return;
    if (this.#notes.size < MAX_NOTES) this.#notes.add(text);
    else this.#more += 1;
  }

  /** In the order in which they came; the last one says how many more there were. */
  all(): string[] {
    return [...(this.#notes ?? []), ...(this.#more > 0 ? [`${this.#more} more`] : [])];
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
