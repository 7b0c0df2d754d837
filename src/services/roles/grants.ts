import { actionsOfRoles, actionsOfSignIn, mayDo, requireAccess } from "../../domain/access/policy.js";
import type { SignInChange } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import type { RoleList } from "../../domain/access/roles.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireStillAllowed } from "./current-principal.js";
import type { PowerRules } from "./current-principal.js";
import type { PowerRepositories } from "./current-principal.js";

type Deps = PowerRules;

/**
 * Requires that the caller may give and take roles, as far as known at the beginning of the request.
 *
 * @param current the roles that the person has
 * @param next the roles that the person is to have
 * @throws ForbiddenError
 */
export function precheckGrants(principal: Principal, current: RoleList, next: RoleList): void {
  for (const action of actionsOfRoles(current, next)) requireAccess(principal, action);
}

/** Like `precheckGrants`, in the transaction that gives the roles: the caller may have lost the power in the meantime. */
export async function requireGrants(
  deps: Deps,
  repositories: PowerRepositories,
  principal: Principal,
  current: RoleList,
  next: RoleList,
): Promise<void> {
  for (const action of actionsOfRoles(current, next))
    await requireStillAllowed(deps, repositories, principal, action);
}

/**
 * Requires that the caller may change how a person signs in, or reactivate a person: for a person with a role, that
 * gives power. Checks as far as known at the beginning of the request.
 *
 * @throws ForbiddenError
 */
export async function precheckSignIn(
  principal: Principal,
  repositories: Pick<Repositories, "power">,
  change: SignInChange,
): Promise<void> {
  const refused = actionsOfSignIn(change).find((action) => !mayDo(principal, action));
  if (refused === undefined) return;
  if (await hasRoleWithin(principal, repositories, change)) requireAccess(principal, refused);
}

/** Like `precheckSignIn`, in the transaction that makes the change: the caller may have lost the power in the meantime. */
export async function requireSignIn(
  deps: Deps,
  repositories: PowerRepositories,
  principal: Principal,
  change: SignInChange,
): Promise<void> {
  const actions = actionsOfSignIn(change);
  if (actions.length === 0 || !(await hasRoleWithin(principal, repositories, change))) return;
  for (const action of actions) await requireStillAllowed(deps, repositories, principal, action);
}

function hasRoleWithin(
  { realm }: Principal,
  { power }: Pick<Repositories, "power">,
  { current }: SignInChange,
): Promise<boolean> {
  return power.hasRole(current.id, realm.type === "organization" ? realm.organizationId : undefined);
}
