import { mayDo, requireAccess } from "../../domain/access/policy.js";
import type { Action } from "../../domain/access/policy.js";
import type { Account, AccountInput } from "../../domain/users/account.js";
import type { Principal } from "../../domain/access/principal.js";
import { hasRole, KNOWN_ROLES, PROVIDER_ADMIN } from "../../domain/access/roles.js";
import type { RoleList } from "../../domain/access/roles.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { requireStanding } from "./standing.js";

/** What somebody signs in with, or gets it by. */
const SIGN_IN = ["userName", "emails", "password", "sendSetupEmail"];

/** What gives power, and is asked for again in the transaction that does it. */
type Standing = Pick<Repositories, "power" | "accessTokens">;
type Given = Pick<Dependencies, "now">;

/**
 * Requires that the caller may give the roles that somebody gets, as far as can be told when the request begins.
 *
 * @param current the roles that the person has
 * @param next the roles that the person shall have
 * @throws ForbiddenError
 */
export function refuseGrants(principal: Principal, current: RoleList, next: RoleList): void {
  for (const action of grants(current, next)) requireAccess(principal, action);
}

/** As `refuseGrants`, in the transaction that gives the roles: the caller may have lost the power meanwhile. */
export async function requireGrants(
  deps: Given,
  repositories: Standing,
  principal: Principal,
  current: RoleList,
  next: RoleList,
): Promise<void> {
  for (const action of grants(current, next)) await requireStanding(deps, repositories, principal, action);
}

/** A change of how somebody signs in, or of whether they can. */
interface SignInChange {
  readonly current: Pick<Account, "id" | "active">;
  readonly next: Pick<AccountInput, "active">;
  /** The attributes that change. */
  readonly changes: readonly string[];
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
  const refused = harms(change).find((action) => !mayDo(principal, action));
  if (refused === undefined) return;
  if (await hasRoleWithin(principal, repositories, change)) requireAccess(principal, refused);
}

/** As `refuseHarm`, in the transaction that makes the change: the caller may have lost the power meanwhile. */
export async function requireHarmless(
  deps: Given,
  repositories: Standing,
  principal: Principal,
  change: SignInChange,
): Promise<void> {
  const actions = harms(change);
  if (actions.length === 0 || !(await hasRoleWithin(principal, repositories, change))) return;
  for (const action of actions) await requireStanding(deps, repositories, principal, action);
}

function grants(current: RoleList, next: RoleList): Action[] {
  const granted = KNOWN_ROLES.filter((role) => hasRole(next, role) && !hasRole(current, role));
  return [
    ...(granted.includes(PROVIDER_ADMIN) ? (["grant provider roles"] as const) : []),
    ...(granted.some((role) => role !== PROVIDER_ADMIN) ? (["grant organization roles"] as const) : []),
  ];
}

const harms = ({ current, next, changes }: SignInChange): Action[] => [
  ...(SIGN_IN.some((name) => changes.includes(name))
    ? (["change how Users with a role sign in"] as const)
    : []),
  ...(current.active !== true && next.active === true ? (["bring back Users with a role"] as const) : []),
];

function hasRoleWithin(
  { realm }: Principal,
  { power }: Pick<Repositories, "power">,
  { current }: SignInChange,
): Promise<boolean> {
  return power.hasRole(current.id, realm.type === "organization" ? realm.organizationId : undefined);
}
