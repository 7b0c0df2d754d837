import { isProvider, may } from "../frame/realm.ts";
import type { Realm, Team } from "../scim/resources.ts";

/** What the person may do with a team, as an administrator or by a role in it. */
export interface TeamPower {
  readonly mayRename: boolean;
  readonly mayDescribe: boolean;
  readonly mayGiveOrganizationRoles: boolean;
  readonly mayDelete: boolean;
  readonly mayChangeMembers: boolean;
  /** Also members who have one, whom a team manager leaves alone. */
  readonly mayGiveTeamRoles: boolean;
}

export function powerOver({ id, roles = [] }: Team, realm: Realm): TeamPower {
  const isAdministrator = may(realm, "change Teams");
  const role = realm.teams?.find(({ value }) => value === id)?.role;
  const grants = may(realm, "grant organization roles");
  // A change of the members of a team that gives roles gives or takes those.
  const mayChangeMembers = (isAdministrator || role !== undefined) && (roles.length === 0 || grants);
  return {
    mayRename: isAdministrator,
    mayDescribe: isAdministrator || role === "team-admin",
    mayGiveOrganizationRoles: isAdministrator && grants,
    mayDelete: may(realm, "delete Teams"),
    mayChangeMembers,
    mayGiveTeamRoles: may(realm, "grant team roles") || role === "team-admin",
  };
}

/** The filter attribute that says which team a person is in. */
export const teamOf = (realm: Realm, membership: string) =>
  isProvider(realm) ? `${membership}:teams.value` : "groups.value";
