import type { Session } from "../db/session.js";

/** That somebody is to choose a password by a link. Times are ISO 8601 in UTC. */
export interface AccountSetup {
  readonly accountId: string;
  /** Whose administrator asked for it; undefined: the provider's. */
  readonly organizationId: string | undefined;
  /** Links of another revision are void. */
  readonly revision: number;
  readonly sentAt: string;
  readonly expiresAt: string;
}

interface SetupRow {
  account_id: string;
  organization_id: string | null;
  revision: number;
  sent_at: string;
  expires_at: string;
}

/** Accounts that wait for their owners to choose a password. Whoever writes a password ends the wait. */
export class AccountSetupRepository {
  constructor(private readonly session: Session) {}

  /** @param lock whether it is about to be used in this transaction */
  async find(accountId: string, { lock }: { lock: boolean }): Promise<AccountSetup | undefined> {
    const row = await this.session.first<SetupRow>(
      `select * from account_setups where account_id = ? ${lock ? this.session.dialect.forUpdate : ""}`,
      [accountId],
    );
    return (
      row && {
        accountId: row.account_id,
        organizationId: row.organization_id ?? undefined,
        revision: row.revision,
        sentAt: row.sent_at,
        expiresAt: row.expires_at,
      }
    );
  }

  /** Begins a wait, or begins it anew: links that are out are void. @returns the revision of the new one */
  async begin({
    accountId,
    organizationId,
    sentAt,
    expiresAt,
  }: Omit<AccountSetup, "revision">): Promise<number> {
    const row = await this.session.first<{ revision: number }>(
      `insert into account_setups (account_id, organization_id, revision, sent_at, expires_at) values (?, ?, 1, ?, ?)
       on conflict (account_id) do update set organization_id = excluded.organization_id,
         revision = account_setups.revision + 1, sent_at = excluded.sent_at, expires_at = excluded.expires_at
       returning revision`,
      [accountId, organizationId ?? null, sentAt, expiresAt],
    );
    return row?.revision ?? 1;
  }

  /**
   * Makes links void that are out; the account still waits.
   *
   * @param organizationId whose links these are; undefined: anybody's
   */
  async revoke(accountId: string, organizationId?: string): Promise<void> {
    await this.session.rows(
      `update account_setups set revision = revision + 1
       where account_id = ? ${organizationId === undefined ? "" : "and organization_id = ?"}`,
      [accountId, ...(organizationId === undefined ? [] : [organizationId])],
    );
  }
}
