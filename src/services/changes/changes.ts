import type { Author } from "../../domain/access/principal.js";
import type { Change } from "../../domain/changes/change.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

/**
 * Derives something from changes, such as audit events or mail, in the transaction that makes them: what it writes is
 * kept or undone with them.
 */
export type ChangeListener = (
  repositories: Repositories,
  author: Author,
  changes: readonly Change[],
) => Promise<void>;

/** Where every service says what it changed. */
export class Changes {
  /** @param listeners all that derives from changes, in this order */
  constructor(private readonly listeners: readonly ChangeListener[]) {}

  /**
   * Records changes. Call it in the transaction that makes them. The people who joined or left may be gone by then, but
   * an organization that is deleted must still have its members.
   *
   * @param author who made them
   */
  async record(repositories: Repositories, author: Author, ...changes: readonly Change[]): Promise<void> {
    for (const listener of this.listeners) await listener(repositories, author, changes);
  }
}
