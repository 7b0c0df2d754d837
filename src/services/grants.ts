import { mayDo, requireAccess } from "../domain/access.js";
import type { Account, AccountInput } from "../domain/account.js";
import type { Principal } from "../domain/principal.js";
import { hasRole, KNOWN_ROLES, PROVIDER_ADMIN } from "../domain/role.js";
import type { RoleList } from "../domain/role.js";
import type { Repositories } from "../repositories/unit-of-work.js";

/** What somebody signs in with, or gets it by. */
const SIGN_IN = ["userName", "emails", "password", "sendSetupEmail"];

/**
 * Requires that the caller may give the roles that somebody gets.
 *
 * @param current the roles that the person has
 * @param next the roles that the person shall have
 * @throws ForbiddenError
 */
export function requireGrants(principal: Principal, current: RoleList, next: RoleList): void {
  for (const role of KNOWN_ROLES) {
    if (!hasRole(next, role) || hasRole(current, role)) continue;
    requireAccess(principal, role === PROVIDER_ADMIN ? "grant provider roles" : "grant organization roles");
  }
}

/**
 * Requires that the caller may change how somebody signs in, or bring somebody back: with a role, that is power.
 *
 * @param changes the attributes that change
 * @throws ForbiddenError
 */
export async function requireHarmless(
  principal: Principal,
  { power }: Pick<Repositories, "power">,
  current: Pick<Account, "id" | "active">,
  next: Pick<AccountInput, "active">,
  changes: readonly string[],
): Promise<void> {
  const actions = [
    ...(SIGN_IN.some((name) => changes.includes(name))
      ? (["change how Users with a role sign in"] as const)
      : []),
    ...(current.active !== true && next.active === true ? (["bring back Users with a role"] as const) : []),
  ];
  const refused = actions.find((action) => !mayDo(principal, action));
  if (refused === undefined) return;
  const { realm } = principal;
  const organizationId = realm.type === "organization" ? realm.organizationId : undefined;
  if (await power.hasRole(current.id, organizationId)) requireAccess(principal, refused);
}
