import type { Session } from "../../db/session.js";

/** A link to a new password that was sent. Times are ISO 8601 in UTC. */
export interface PasswordReset {
  readonly accountId: string;
  /** The organization that the new password opens alone; undefined: it is the person's. */
  readonly organizationId: string | undefined;
  /** Links with another revision are invalid. */
  readonly revision: number;
  /** Where the link was sent. */
  readonly address: string;
  readonly expiresAt: string;
  /** Whether the password is still the one that it is to replace. */
  readonly isCurrent: boolean;
}

interface ResetRow {
  account_id: string;
  organization_id: string | null;
  revision: number;
  address: string;
  expires_at: string;
  is_current: boolean | number;
}

/** SQL for the password that a person has now: their own, or that of an organization. */
const PASSWORD_NOW = `case when cast(? as text) is null
    then (select accounts.password_hash from muster_accounts as accounts where accounts.id = ?)
    else (select memberships.password_hash from muster_memberships as memberships
      where memberships.organization_id = ? and memberships.account_id = ?) end`;

const passwordNow = (accountId: string, organizationId: string | undefined) => [
  ...[organizationId ?? null, accountId, organizationId ?? null, accountId],
];

/** Links to new passwords: one for each password that a person has. Not limited to a realm. */
export class PasswordResetRepository {
  constructor(private readonly session: Session) {}

  async find(accountId: string, organizationId: string | undefined): Promise<PasswordReset | undefined> {
    const row = await this.session.first<ResetRow>(
      `select resets.*, coalesce(resets.password_hash, '') = coalesce(${PASSWORD_NOW}, '') as is_current
       from muster_password_resets as resets where account_id = ? and coalesce(organization_id, '') = ?`,
      [...passwordNow(accountId, organizationId), accountId, organizationId ?? ""],
    );
    return (
      row && {
        accountId: row.account_id,
        organizationId: row.organization_id ?? undefined,
        revision: row.revision,
        address: row.address,
        expiresAt: row.expires_at,
        isCurrent: Boolean(row.is_current),
      }
    );
  }

  /** Remembers a link that is to replace the current password; earlier ones become invalid. */
  async begin(reset: Omit<PasswordReset, "isCurrent">): Promise<void> {
    const { accountId, organizationId, revision, address, expiresAt } = reset;
    await this.session.rows(
      `insert into muster_password_resets
         (account_id, organization_id, revision, address, expires_at, password_hash)
       values (?, ?, ?, ?, ?, ${PASSWORD_NOW})
       on conflict (account_id, coalesce(organization_id, '')) do update set revision = excluded.revision,
         address = excluded.address, expires_at = excluded.expires_at, password_hash = excluded.password_hash`,
      [
        ...[accountId, organizationId ?? null, revision, address, expiresAt],
        ...passwordNow(accountId, organizationId),
      ],
    );
  }

  /** Ends a link that was used. */
  async end(accountId: string, organizationId: string | undefined): Promise<void> {
    await this.session.rows(
      "delete from muster_password_resets where account_id = ? and coalesce(organization_id, '') = ?",
      [accountId, organizationId ?? ""],
    );
  }

  /** Forgets links that expired before a time. */
  async forget(before: string): Promise<void> {
    await this.session.rows("delete from muster_password_resets where expires_at < ?", [before]);
  }
}
