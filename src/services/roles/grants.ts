import { actionsOfRoles, actionsOfSignIn, mayDo, requireAccess } from "../../domain/access/policy.js";
import type { SignInChange } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import type { RoleList } from "../../domain/access/roles.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { requireStanding } from "./standing.js";

/** What gives power, and is asked for again in the transaction that does it. */
type Standing = Pick<Repositories, "power" | "accessTokens">;
type Deps = Pick<Dependencies, "now">;

/**
 * Requires that the caller may give the roles that somebody gets, as far as can be told when the request begins.
 *
 * @param current the roles that the person has
 * @param next the roles that the person shall have
 * @throws ForbiddenError
 */
export function refuseGrants(principal: Principal, current: RoleList, next: RoleList): void {
  for (const action of actionsOfRoles(current, next)) requireAccess(principal, action);
}

/** As `refuseGrants`, in the transaction that gives the roles: the caller may have lost the power meanwhile. */
export async function requireGrants(
  deps: Deps,
  repositories: Standing,
  principal: Principal,
  current: RoleList,
  next: RoleList,
): Promise<void> {
  for (const action of actionsOfRoles(current, next))
    await requireStanding(deps, repositories, principal, action);
}

/**
 * Requires that the caller may change how somebody signs in, or bring somebody back: with a role, that is power. As
 * far as can be told when the request begins.
 *
 * @throws ForbiddenError
 */
export async function refuseHarm(
  principal: Principal,
  repositories: Pick<Repositories, "power">,
  change: SignInChange,
): Promise<void> {
  const refused = actionsOfSignIn(change).find((action) => !mayDo(principal, action));
  if (refused === undefined) return;
  if (await hasRoleWithin(principal, repositories, change)) requireAccess(principal, refused);
}

/** As `refuseHarm`, in the transaction that makes the change: the caller may have lost the power meanwhile. */
export async function requireHarmless(
  deps: Deps,
  repositories: Standing,
  principal: Principal,
  change: SignInChange,
): Promise<void> {
  const actions = actionsOfSignIn(change);
  if (actions.length === 0 || !(await hasRoleWithin(principal, repositories, change))) return;
  for (const action of actions) await requireStanding(deps, repositories, principal, action);
}

function hasRoleWithin(
  { realm }: Principal,
  { power }: Pick<Repositories, "power">,
  { current }: SignInChange,
): Promise<boolean> {
  return power.hasRole(current.id, realm.type === "organization" ? realm.organizationId : undefined);
}
