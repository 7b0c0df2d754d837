import type { Author } from "../../domain/access/principal.js";
import type { Change } from "../../domain/changes/change.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

/**
 * Derives something from changes, such as audit events or mail, in the transaction that makes them, and is committed or
 * rolled back with them.
 */
export type ChangeListener = (
  repositories: Repositories,
  author: Author,
  changes: readonly Change[],
) => Promise<void>;

/** Where every service records what it changed. */
export class Changes {
  /** @param listeners called for each change, in this order */
  constructor(private readonly listeners: readonly ChangeListener[]) {}

  /**
   * Records changes. Call it in the transaction that makes them. Accounts may be deleted before the call, but an
   * organization must be deleted after it: listeners still read its members.
   *
   * @param author who made them
   */
  async record(repositories: Repositories, author: Author, ...changes: readonly Change[]): Promise<void> {
    for (const listener of this.listeners) await listener(repositories, author, changes);
  }
}
