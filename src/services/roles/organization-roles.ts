import { InvalidValueError } from "../../domain/errors.js";
import { rolesChange } from "../../domain/changes/change.js";
import type { RoleOfAccount, RolesChange } from "../../domain/changes/change.js";
import { requireFewElements, requireKeyLength } from "../../domain/limits/values.js";
import type { OrganizationRole } from "../../domain/memberships/membership-details.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { PowerRules } from "./current-principal.js";
import { requireGrants } from "./grants.js";

/**
 * The person's own roles in what a client sends of all. As in an organization's realm (`ownRoles`): what comes by a team
 * is what was read, and changes nothing unless it is sent as `direct`.
 */
function ownOf(
  sent: readonly OrganizationRole[],
  all: readonly OrganizationRole[],
): readonly OrganizationRole[] {
  return sent.filter((each) => {
    if (each.type !== undefined) return each.type === "direct";
    const same = all.filter(
      ({ role, organizationId }) =>
        organizationId === each.organizationId && role.toLowerCase() === each.role.toLowerCase(),
    );
    return !same.some(({ type }) => type === "team") || same.some(({ type }) => type === "direct");
  });
}

const toRole = (value: string) => ({ value });

/**
 * Sets a person's roles in organizations. A role that stays keeps its other attributes, such as `display`.
 *
 * @returns the roles that were granted and revoked
 * @throws ForbiddenError for a role that the caller may not give, InvalidValueError for a role in an organization that
 *   the person is not a member of
 */
export async function writeOrganizationRoles(
  deps: PowerRules,
  repositories: Pick<
    Repositories,
    "memberships" | "membershipDetails" | "power" | "accessTokens" | "sessions"
  >,
  principal: Principal,
  { id: accountId, organizationIds }: { readonly id: string; readonly organizationIds: readonly string[] },
  change: (current: readonly OrganizationRole[]) => readonly OrganizationRole[],
): Promise<RolesChange> {
  const { memberships, membershipDetails } = repositories;
  const all = (await membershipDetails.find([accountId])).get(accountId)?.organizationRoles ?? [];
  const current = all.filter(({ type }) => type !== "team");
  const next = ownOf(change(all), all);
  if (next.length > current.length) requireFewElements({ organizationRoles: next.map(({ role }) => role) });
  const known = new Set(current.map(({ role }) => role));
  for (const { role } of next) {
    if (!known.has(role)) requireKeyLength({ "organizationRoles.value": role });
  }
  const stranger = next.find(({ organizationId }) => !organizationIds.includes(organizationId));
  if (stranger) {
    throw new InvalidValueError(
      `The User is not a member of the Group '${stranger.organizationId}'; add the User to the Group before you give a role in it`,
    );
  }
  const granted: RoleOfAccount[] = [];
  const revoked: RoleOfAccount[] = [];
  for (const organizationId of organizationIds) {
    const names = (roles: readonly OrganizationRole[]) => [
      ...new Set(roles.filter((each) => each.organizationId === organizationId).map(({ role }) => role)),
    ];
    const [before, after] = [names(current), names(next)];
    await requireGrants(deps, repositories, principal, before.map(toRole), after.map(toRole));
    if (before.length === after.length && before.every((role) => after.includes(role))) continue;
    await memberships.setRoles(organizationId, accountId, after, deps.now());
    const difference = rolesChange(accountId, before, after, { organizationId });
    granted.push(...difference.granted);
    revoked.push(...difference.revoked);
  }
  return { granted, revoked };
}
