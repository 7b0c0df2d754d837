import type { Session } from "../../db/session.js";

/** A pending setup: a person is to choose a password by a link. Times are ISO 8601 in UTC. */
export interface AccountSetup {
  readonly accountId: string;
  /** The organization whose administrator asked for it; undefined: the provider. */
  readonly organizationId: string | undefined;
  /** Links with another revision are invalid. */
  readonly revision: number;
  readonly sentAt: string;
  readonly expiresAt: string;
  /** Whether the link gives a password of the person; otherwise, one that opens the organization alone. */
  readonly isPersonal: boolean;
  /** Where the link was sent; undefined for one from before that was stored. */
  readonly address: string | undefined;
  /**
   * Whether the organization may still ask for it: the person is an active member, and the organization created the
   * account, which has no role in the provider.
   */
  readonly isValid: boolean;
}

interface SetupRow {
  account_id: string;
  organization_id: string | null;
  revision: number;
  sent_at: string;
  expires_at: string;
  is_personal: boolean | number;
  address: string | null;
  is_standing: boolean | number;
}

const IS_STANDING = `(account_setups.organization_id is null or (
  exists (select 1 from muster_accounts as accounts where accounts.id = account_setups.account_id
    and accounts.origin_organization_id = account_setups.organization_id and not accounts.is_provider_admin)
  and exists (select 1 from muster_memberships as memberships
    where memberships.account_id = account_setups.account_id
    and memberships.organization_id = account_setups.organization_id and memberships.active)))`;

/** The setup that an organization asked for, or the provider. */
const BY = "coalesce(organization_id, '') = ?";

/** Pending setups: accounts whose owners have not chosen a password yet. Writing a password ends the setup. */
export class AccountSetupRepository {
  constructor(private readonly session: Session) {}

  /**
   * @param organizationId whose administrator asked for it; undefined: the provider's
   * @param lock whether this transaction is going to change it
   */
  async find(
    accountId: string,
    organizationId: string | undefined,
    { lock }: { lock: boolean },
  ): Promise<AccountSetup | undefined> {
    const row = await this.session.first<SetupRow>(
      `select account_setups.*, ${IS_STANDING} as is_standing from muster_account_setups as account_setups
       where account_id = ? and ${BY} ${lock ? this.session.dialect.forUpdate : ""}`,
      [accountId, organizationId ?? ""],
    );
    return (
      row && {
        accountId: row.account_id,
        organizationId: row.organization_id ?? undefined,
        revision: row.revision,
        sentAt: row.sent_at,
        expiresAt: row.expires_at,
        isPersonal: Boolean(row.is_personal),
        address: row.address ?? undefined,
        isValid: Boolean(row.is_standing),
      }
    );
  }

  /** Begins a setup, or restarts it: earlier links become invalid. @returns the new revision */
  async begin(setup: Omit<AccountSetup, "revision" | "isValid">): Promise<number> {
    const row = await this.session.first<{ revision: number }>(
      `insert into muster_account_setups as account_setups
         (account_id, organization_id, revision, sent_at, expires_at, is_personal, address)
       values (?, ?, 1, ?, ?, ?, ?)
       on conflict (account_id, coalesce(organization_id, '')) do update set
         revision = account_setups.revision + 1, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
         is_personal = excluded.is_personal, address = excluded.address
       returning revision`,
      [
        ...[setup.accountId, setup.organizationId ?? null, setup.sentAt, setup.expiresAt],
        ...[setup.isPersonal, setup.address ?? null],
      ],
    );
    return row?.revision ?? 1;
  }

  /** Ends the setups that an organization asked for, of people who are no longer its members. */
  async end(organizationId: string, accountIds: readonly string[]): Promise<void> {
    if (accountIds.length === 0) return;
    await this.session.rows(
      `delete from muster_account_setups where organization_id = ?
       and account_id in (select items.value from ${this.session.dialect.textItems})`,
      [organizationId, JSON.stringify(accountIds)],
    );
  }

  /**
   * Makes sent links invalid; the setup stays pending.
   *
   * @param organizationId the organization that sent the links; undefined: any
   */
  async revoke(accountId: string, organizationId?: string): Promise<void> {
    await this.session.rows(
      `update muster_account_setups set revision = revision + 1
       where account_id = ? ${organizationId === undefined ? "" : "and organization_id = ?"}`,
      [accountId, ...(organizationId === undefined ? [] : [organizationId])],
    );
  }
}
