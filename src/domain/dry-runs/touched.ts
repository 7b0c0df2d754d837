import type { Change } from "../changes/change.js";
import { hasMembers, hasRoles } from "../changes/change.js";
import type { Effects } from "./effects.js";

/** All that changes can have taken something from, by id. */
export interface Touched {
  readonly accounts: ReadonlySet<string>;
  readonly tokens: ReadonlySet<string>;
  readonly organizations: ReadonlySet<string>;
  /** Organizations that were deleted, with all that was in them. */
  readonly endedOrganizations: ReadonlySet<string>;
  readonly endedTeams: ReadonlySet<string>;
  /** The organizations in which teams gave roles that their members may not have any more. */
  readonly organizationsOfRoles: ReadonlySet<string>;
}

/** @param changes each with its organization */
export function touchedBy(changes: readonly Change[]): Touched {
  const touched = {
    accounts: new Set<string>(),
    tokens: new Set<string>(),
    organizations: new Set<string>(),
    endedOrganizations: new Set<string>(),
    endedTeams: new Set<string>(),
    organizationsOfRoles: new Set<string>(),
  };
  for (const { action, target, organizationId, members, roles, attributes = [] } of changes) {
    const { type, id } = target;
    const isDeletion = action === "delete";
    if (organizationId !== undefined) touched.organizations.add(organizationId);
    for (const account of members?.added ?? []) touched.accounts.add(account);
    for (const account of members?.removed ?? []) touched.accounts.add(account);
    for (const one of [...(roles?.granted ?? []), ...(roles?.revoked ?? [])]) {
      touched.accounts.add(one.accountId);
      if (one.organizationId !== undefined) touched.organizations.add(one.organizationId);
    }
    if (id === undefined) continue;
    if (type === "User") touched.accounts.add(id);
    if (type === "AccessToken") touched.tokens.add(id);
    if (type === "Group" && isDeletion) touched.endedOrganizations.add(id);
    if (type === "Team" && isDeletion) touched.endedTeams.add(id);
    if (type === "Team" && organizationId !== undefined && (isDeletion || attributes.includes("roles"))) {
      touched.organizationsOfRoles.add(organizationId);
    }
  }
  return touched;
}

/** How many resources changes created, and how many others they changed and did not delete. */
export function countResources(changes: readonly Change[]): Pick<Effects, "created" | "changed"> {
  const keys = (isCounted: (change: Change) => boolean) =>
    new Set(changes.filter(isCounted).map(({ target: { type, id } }) => `${type} ${id ?? ""}`));
  const deleted = keys(({ action }) => action === "delete");
  const created = keys(({ action }) => action === "create");
  const changed = keys((change) => change.action === "change" && hasDifference(change));
  const among = (some: ReadonlySet<string>, without: readonly ReadonlySet<string>[]) =>
    [...some].filter((key) => without.every((others) => !others.has(key))).length;
  return { created: among(created, [deleted]), changed: among(changed, [created, deleted]) };
}

/** Whether something came of a change, beside its being ignored, which would tell why. */
const hasDifference = ({ attributes = [], ignored = [], members, roles }: Change) =>
  ignored.length === 0 ||
  attributes.length > 0 ||
  (members !== undefined && hasMembers(members)) ||
  (roles !== undefined && hasRoles(roles));
