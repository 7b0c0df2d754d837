import type { Session } from "../../db/session.js";

/** SQL for how many accounts there are. */
export const ACCOUNTS_IN_ALL = "(select coalesce(sum(accounts), 0) from muster_account_counts)";

/** So many rows are added up for each list, which costs less than the list. */
const FEW = 100;

/**
 * The number of all accounts, which the database keeps itself: on SQLite in one row, on PostgreSQL in one for each statement
 * that made or deleted accounts, so that writers do not wait for each other.
 */
export class AccountCountRepository {
  constructor(private readonly session: Session) {}

  /** Whether there are many rows to add up. */
  async isScattered(): Promise<boolean> {
    if (this.session.dialect.hasOneWriter) return false;
    return (
      (await this.session.first(`select 1 from muster_account_counts offset ${FEW} limit 1`)) !== undefined
    );
  }

  /** Makes one row of all that no other process is working on. */
  async addUp(): Promise<void> {
    await this.session.rows(
      `with added as (
         delete from muster_account_counts where id = any (array(
           select id from muster_account_counts ${this.session.dialect.forClaim}))
         returning accounts)
       insert into muster_account_counts (accounts) select sum(accounts) from added having count(*) > 0`,
    );
  }
}
