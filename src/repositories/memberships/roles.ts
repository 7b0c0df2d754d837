import type { RoleList } from "../../domain/access/roles.js";
import { foldCase } from "../../domain/values/text.js";

/** The values of the columns `roles` and `roles_search`: the roles as they were sent, and case-folded for filters. */
export function roleBindings(roles: RoleList): [roles: string, search: string] {
  const fold = (_name: string, value: unknown) => (typeof value === "string" ? foldCase(value) : value);
  return [JSON.stringify(roles), roles.length === 0 ? "{}" : JSON.stringify({ roles }, fold)];
}

export const toRoles = (roles: string): RoleList => (roles === "[]" ? [] : (JSON.parse(roles) as RoleList));

/** SQL for whether a member, of the row `memberships`, is an administrator by a role of their own or by a team's. */
export const IS_ADMIN = `(memberships.is_admin or exists (select 1 from muster_team_memberships as seats
    join muster_teams as teams on teams.id = seats.team_id and teams.is_admin
  where seats.account_id = memberships.account_id and seats.organization_id = memberships.organization_id))`;

const ACTIVE = `join muster_accounts as accounts on accounts.id = memberships.account_id and accounts.active`;

/**
 * SQL for the active administrators of organizations, by their `organization_id`: those with a role of their own, and
 * those by teams, apart, so that each half has an index.
 */
export const ADMINISTRATORS = `select memberships.organization_id, memberships.account_id
    from muster_memberships as memberships ${ACTIVE} where memberships.is_admin = true and memberships.active
  union all
  select teams.organization_id, memberships.account_id from muster_teams as teams
    cross join muster_team_memberships as seats cross join muster_memberships as memberships ${ACTIVE}
  where teams.is_admin and seats.team_id = teams.id and memberships.organization_id = teams.organization_id
    and memberships.account_id = seats.account_id and memberships.active`;
