import type { Dialect } from "../../db/dialect.js";
import type { Owner } from "../../domain/tokens/access-token.js";
import { IS_ADMIN } from "../memberships/roles.js";

type Flag = boolean | number;

/** How the person of an access token or a session stands in its realm. */
export interface OwnerRow {
  account_active: Flag | null;
  is_provider_admin: Flag | null;
  membership_active: Flag | null;
  is_admin: Flag | null;
  team_roles: string | null;
}

/**
 * SQL that reads the person of a credential.
 *
 * @param accountId the column with the person
 * @param organizationId the column with the organization that the credential acts in
 */
export function ownerSql(dialect: Dialect, accountId: string, organizationId: string) {
  const teamRoles = dialect.jsonList({
    id: "seats.team_id",
    displayName: "seats.role",
    from: `muster_team_memberships as seats where seats.account_id = ${accountId}
      and seats.organization_id = ${organizationId} and seats.role is not null`,
    order: "seats.team_id",
  });
  return {
    columns: `accounts.active as account_active, accounts.is_provider_admin,
      memberships.active as membership_active, ${IS_ADMIN} as is_admin, ${teamRoles} as team_roles`,
    joins: `left join muster_accounts as accounts on accounts.id = ${accountId}
      left join muster_memberships as memberships on memberships.account_id = ${accountId}
        and memberships.organization_id = ${organizationId}`,
  };
}

/** @param isInProvider whether the credential acts in the provider's realm */
export const toOwner = (row: OwnerRow, isInProvider: boolean): Owner =>
  isInProvider
    ? {
        isActive: Boolean(row.account_active),
        isAdministrator: Boolean(row.is_provider_admin),
        teamRoles: [],
      }
    : {
        isActive: Boolean(row.account_active) && Boolean(row.membership_active),
        isAdministrator: Boolean(row.is_admin),
        teamRoles: toTeamRoles(row.team_roles),
      };

const toTeamRoles = (list: string | null): Owner["teamRoles"] =>
  (JSON.parse(list ?? "[]") as { id: string; displayName: string }[]).map(({ id, displayName }) => ({
    teamId: id,
    role: displayName,
  }));
