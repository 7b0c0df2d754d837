import { compare } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { PatchOperation } from "../scim/patch.ts";
import type { Realm } from "../scim/resources.ts";
import { nameOfRole } from "./user-names.ts";

/** The roles that the person may give, to choose from. @param type what a role is in */
export const grantableRoles = (realm: Realm, type: "provider" | "organization") =>
  (realm.grantableRoles ?? [])
    .filter((role) => role.type === type)
    .map(({ value }) => ({ value, label: nameOfRole(value) }));

const ORGANIZATION_ROLES = `${MEMBERSHIP}:organizationRoles`;

/**
 * Gives roles.
 *
 * @param organization in the provider's realm, whose roles they are; undefined: those of the realm itself
 * @param type `direct`: also to a person who has them by a team
 */
export const givenRoles = (
  roles: readonly string[],
  organization?: string,
  type?: "direct",
): PatchOperation => ({
  op: "add",
  path: organization === undefined ? "roles" : ORGANIZATION_ROLES,
  value: roles.map((value) => ({
    value,
    ...(organization !== undefined && { organization }),
    ...(type !== undefined && { type }),
  })),
});

/** Takes roles away, as `givenRoles` gives them. */
export const takenRoles = (roles: readonly string[], organization?: string): readonly PatchOperation[] =>
  roles.map((role) => ({
    op: "remove",
    path:
      organization === undefined
        ? `roles[${compare("value", "eq", role)}]`
        : `${ORGANIZATION_ROLES}[${compare("value", "eq", role)} and ${compare("organization", "eq", organization)}]`,
  }));
