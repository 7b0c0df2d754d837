import { hasRole, ORGANIZATION_ADMIN, ORGANIZATION_ROLES, roleNames } from "../../domain/access/roles.js";
import type { RoleList } from "../../domain/access/roles.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Change } from "../../domain/changes/change.js";
import { InvalidValueError } from "../../domain/errors.js";
import type { Team } from "../../domain/teams/team.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { keepingAdministrators } from "../roles/administrators.js";
import { settleLostPower } from "../roles/lost-power.js";

type Deps = Pick<Dependencies, "now" | "newId" | "changes">;

/**
 * The roles of a team as they are stored: each once, in the case in which Muster knows it.
 *
 * @throws InvalidValueError for what is no role in an organization
 */
export function teamRoles(roles: RoleList): RoleList {
  const unknown = roles.find((role) => !ORGANIZATION_ROLES.some((known) => hasRole([role], known)));
  if (unknown !== undefined) {
    const [name = ""] = roleNames([unknown]);
    const possible = ORGANIZATION_ROLES.map((known) => `'${known}'`).join(" and ");
    throw new InvalidValueError(`A team cannot give the role '${name}'; it can give ${possible}`);
  }
  return ORGANIZATION_ROLES.filter((known) => hasRole(roles, known)).map((value) => ({ value }));
}

/**
 * Makes a change of a team that may take power from people: the last administrator is protected, and what people could
 * still use of the lost power ends.
 *
 * @param next the team afterwards; undefined: it is deleted
 * @param work makes the change @returns who left the team
 * @returns the warning for the audit log, when no administrator is left
 * @throws ForbiddenError when a person would remove the last administrator
 */
export async function changingPower(
  deps: Deps,
  repositories: Repositories,
  principal: Principal,
  { current, next }: { readonly current: Team; readonly next: Team | undefined },
  work: () => Promise<readonly string[]>,
): Promise<string | undefined> {
  if (!hasRole(current.roles, ORGANIZATION_ADMIN)) {
    await work();
    return undefined;
  }
  const losesRole = next === undefined || !hasRole(next.roles, ORGANIZATION_ADMIN);
  const losers = new Set(losesRole ? await repositories.power.concernedIn(current) : []);
  const administered = { organizationIds: [current.organizationId], isProvider: false };
  const warning = await keepingAdministrators(principal, repositories, administered, async () => {
    for (const id of await work()) losers.add(id);
  });
  await settleLostPower(deps, repositories, principal, { accountIds: [...losers] });
  return warning;
}

/** Disables the pending invitations into a team whose roles changed: they were made for other roles. @returns how many */
export async function disableInvitationsInto(
  deps: Deps,
  repositories: Repositories,
  principal: Principal,
  { id, organizationId, displayName }: Team,
): Promise<number> {
  const disabled = await repositories.power.disableInvitationsInto(id, deps.now());
  const changes = disabled.map((invitation): Change => ({
    ...{ action: "change", attributes: ["enabled"], organizationId },
    target: { type: "Invitation", id: invitation.id, display: invitation.name },
    detail: `disabled because the roles of the team '${displayName}' changed`,
  }));
  await deps.changes.record(repositories, principal, ...changes);
  return disabled.length;
}
