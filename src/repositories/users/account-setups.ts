import type { Session } from "../../db/session.js";

/** That somebody is to choose a password by a link. Times are ISO 8601 in UTC. */
export interface AccountSetup {
  readonly accountId: string;
  /** Whose administrator asked for it; undefined: the provider's. */
  readonly organizationId: string | undefined;
  /** Links of another revision are void. */
  readonly revision: number;
  readonly sentAt: string;
  readonly expiresAt: string;
  /**
   * Whether whoever asked for it may still do so: an organization, as long as the person is an active member and it
   * manages the account. Its link must not outlive that, or it would lead into what is others' by then.
   */
  readonly isValid: boolean;
}

interface SetupRow {
  account_id: string;
  organization_id: string | null;
  revision: number;
  sent_at: string;
  expires_at: string;
  is_standing: boolean | number;
}

const IS_STANDING = `(account_setups.organization_id is null or (
  exists (select 1 from muster_accounts as accounts where accounts.id = account_setups.account_id
    and accounts.origin_organization_id = account_setups.organization_id and not accounts.is_provider_admin)
  and exists (select 1 from muster_memberships as memberships
    where memberships.account_id = account_setups.account_id
    and memberships.organization_id = account_setups.organization_id and memberships.active)
  and not exists (select 1 from muster_memberships as memberships
    where memberships.account_id = account_setups.account_id
    and memberships.organization_id <> account_setups.organization_id)))`;

/** Accounts that wait for their owners to choose a password. Whoever writes a password ends the wait. */
export class AccountSetupRepository {
  constructor(private readonly session: Session) {}

  /** @param lock whether it is about to be used in this transaction */
  async find(accountId: string, { lock }: { lock: boolean }): Promise<AccountSetup | undefined> {
    const row = await this.session.first<SetupRow>(
      `select account_setups.*, ${IS_STANDING} as is_standing from muster_account_setups as account_setups
       where account_id = ? ${lock ? this.session.dialect.forUpdate : ""}`,
      [accountId],
    );
    return (
      row && {
        accountId: row.account_id,
        organizationId: row.organization_id ?? undefined,
        revision: row.revision,
        sentAt: row.sent_at,
        expiresAt: row.expires_at,
        isValid: Boolean(row.is_standing),
      }
    );
  }

  /** Begins a wait, or begins it anew: links that are out are void. @returns the revision of the new one */
  async begin({
    accountId,
    organizationId,
    sentAt,
    expiresAt,
  }: Omit<AccountSetup, "revision" | "isValid">): Promise<number> {
    const row = await this.session.first<{ revision: number }>(
      `insert into muster_account_setups as account_setups (account_id, organization_id, revision, sent_at, expires_at)
       values (?, ?, 1, ?, ?)
       on conflict (account_id) do update set organization_id = excluded.organization_id,
         revision = account_setups.revision + 1, sent_at = excluded.sent_at, expires_at = excluded.expires_at
       returning revision`,
      [accountId, organizationId ?? null, sentAt, expiresAt],
    );
    return row?.revision ?? 1;
  }

  /** Ends the wait for people who are no members any more, as far as the organization had asked for it. */
  async end(organizationId: string, accountIds: readonly string[]): Promise<void> {
    if (accountIds.length === 0) return;
    await this.session.rows(
      `delete from muster_account_setups where organization_id = ?
       and account_id in (select items.value from ${this.session.dialect.textItems})`,
      [organizationId, JSON.stringify(accountIds)],
    );
  }

  /**
   * Makes links void that are out; the account still waits.
   *
   * @param organizationId whose links these are; undefined: anybody's
   */
  async revoke(accountId: string, organizationId?: string): Promise<void> {
    await this.session.rows(
      `update muster_account_setups set revision = revision + 1
       where account_id = ? ${organizationId === undefined ? "" : "and organization_id = ?"}`,
      [accountId, ...(organizationId === undefined ? [] : [organizationId])],
    );
  }
}
