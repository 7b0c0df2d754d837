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

/** Those roles that Muster knows. */
export const knownRoles = (roles: RoleList): RoleList =>
  roles.filter((role) => KNOWN_ROLES.some((known) => hasRole([role], known)));

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
