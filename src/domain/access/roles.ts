import { isJsonObject } from "../values/json.js";
import type { JsonObject, JsonValue } from "../values/json.js";

/** The roles that Muster knows; others are kept and grant nothing. */
export const PROVIDER_ADMIN = "provider-admin";
export const ORGANIZATION_ADMIN = "organization-admin";
export const ORGANIZATION_BILLING_MANAGER = "organization-billing-manager";

/** The roles of an account or a membership, as they were said: each has a `value`, and perhaps more. */
export type RoleList = readonly JsonObject[];

/** Those of them that are roles in an organization. */
export const ORGANIZATION_ROLES = [ORGANIZATION_ADMIN, ORGANIZATION_BILLING_MANAGER];

export const KNOWN_ROLES = [PROVIDER_ADMIN, ...ORGANIZATION_ROLES];

const isKnown = (role: JsonObject) => KNOWN_ROLES.some((known) => hasRole([role], known));

/** Those roles that Muster knows. */
export const knownRoles = (roles: RoleList): RoleList => roles.filter(isKnown);

/** The roles that a person has in an organization: their own, and the names of those by teams. */
export interface RolesHeld {
  readonly roles: RoleList;
  readonly teamRoles: readonly string[];
}

/** Roles in an organization as they are shown: `type` says whether a role is the person's own, or a team's. */
export const shownRoles = ({ roles, teamRoles }: RolesHeld): RoleList => [
  ...roles.map((role) => (isKnown(role) || role.type === undefined ? { ...role, type: "direct" } : role)),
  ...teamRoles.map((value) => ({ value, type: "team" })),
];

/**
 * The person's own roles in what a client sends of all. A role that the person has by a team is what the client read: it
 * changes nothing, unless it is sent with the type `direct`. Nor does a role with the type `team` become the person's own.
 * A client's own type stays on a role that Muster does not know.
 *
 * @param held what the person has
 */
export function ownRoles(sent: RoleList, held: RolesHeld): RoleList {
  const own = sent.flatMap((role): RoleList => {
    const { type, ...plain } = role;
    const kind = typeof type === "string" ? type.toLowerCase() : undefined;
    if (kind === "direct") return [plain];
    if (!isKnown(role)) return [role];
    if (kind === "team") return [];
    const byTeam = held.teamRoles.find((name) => hasRole([role], name));
    return byTeam === undefined ? [plain] : held.roles.filter((each) => hasRole([each], byTeam));
  });
  return [...new Map(own.map((role) => [JSON.stringify(role), role])).values()];
}

/** What roles are called, as they were sent; those without a name are left out. */
export const roleNames = (roles: RoleList): string[] =>
  roles.flatMap(({ value }) => (typeof value === "string" ? [value] : []));

/** Role names compare without case, like all strings of SCIM that do not say otherwise. */
export function hasRole(roles: readonly JsonValue[], role: string): boolean {
  return roles.some((each) => {
    const value = isJsonObject(each) ? each.value : undefined;
    return typeof value === "string" && value.toLowerCase() === role;
  });
}
