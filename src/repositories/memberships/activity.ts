import type { Session } from "../../db/session.js";

/** That a person did something in a realm. */
export interface Activity {
  readonly accountId: string;
  /** The organization whose realm it was in; undefined: the provider's. */
  readonly organizationId: string | undefined;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** When people were last active: in any realm, and in each organization. */
export class ActivityRepository {
  constructor(private readonly session: Session) {}

  /**
   * Writes when people were last active. Versions stay, since nobody changed the person. Accounts come before memberships,
   * each in the order of the accounts' ids, as everywhere that locks them.
   */
  async touch(activities: readonly Activity[]): Promise<void> {
    const sorted = activities.toSorted((one, other) => (one.accountId < other.accountId ? -1 : 1));
    for (const { accountId, at } of sorted) {
      await this.session.rows(
        "update muster_accounts set last_active_at = ? where id = ? and coalesce(last_active_at, '') < ?",
        [at, accountId, at],
      );
    }
    for (const { accountId, organizationId, at } of sorted) {
      if (organizationId === undefined) continue;
      await this.session.rows(
        `update muster_memberships set last_active_at = ?
         where organization_id = ? and account_id = ? and coalesce(last_active_at, '') < ?`,
        [at, organizationId, accountId, at],
      );
    }
  }
}
