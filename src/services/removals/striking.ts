import type { Author } from "../../domain/access/principal.js";
import type { AuditTarget } from "../../domain/audit/audit-event.js";
import type { Change } from "../../domain/changes/change.js";
import { teamTarget } from "../../domain/teams/team.js";
import type { Team } from "../../domain/teams/team.js";
import type { Account, AccountInput } from "../../domain/users/account.js";
import { NOTHING_SHARED } from "../../domain/users/shared-profile.js";
import { isId } from "../../domain/values/id.js";
import type { Gone } from "../../repositories/removals/removals.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { takingOf } from "./taking.js";

type Deps = Pick<Dependencies, "now" | "newId" | "changes" | "removalsRetentionDays">;

/**
 * Notes that an actor means to take what is gone already: if another actor took it, an undo of that does not bring it back.
 * People who were dismissed meanwhile stay dismissed.
 *
 * @throws ContentionError, after which the transaction runs again, when it came back in this moment
 */
export async function strike(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  target: AuditTarget,
  gone: Gone,
): Promise<void> {
  const { removals } = repositories;
  const struck = await removals.strike(takingOf(deps, author), gone);
  await removals.requireGone(gone);
  if (struck.length === 0) return;
  await deps.changes.record(repositories, author, { action: "delete", target, detail: STRUCK });
}

/**
 * Like `strike`, for people whom a removal from an organization or a team names, and who were not in it.
 *
 * @param named ids as they were sent
 * @param removed the ids of those who were in it
 */
export async function strikeAbsent(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  place: Place,
  named: readonly string[],
  removed: readonly string[],
): Promise<void> {
  const left = new Set(removed);
  const accountIds = named.filter((id) => !left.has(id) && isId(id));
  if (accountIds.length === 0) return;
  const struck = await repositories.removals.strike(takingOf(deps, author), goneFrom(place, accountIds));
  const changes = struck.map((id): Change =>
    "team" in place
      ? { action: "change", ...teamTarget(place.team), detail: `the User '${id}' ${STRUCK}` }
      : {
          action: "delete",
          target: { type: "User", id },
          organizationId: place.organizationId,
          detail: STRUCK,
        },
  );
  await deps.changes.record(repositories, author, ...changes);
}

/** What people can be removed from. */
type Place = { readonly organizationId: string } | { readonly team: Team };

const goneFrom = (place: Place, accountIds: readonly string[]): Gone =>
  "team" in place
    ? { type: "seat", teamId: place.team.id, accountIds }
    : { type: "membership", organizationId: place.organizationId, accountIds };

const STRUCK = "had been removed before by another actor; an undo of that no longer brings it back";

/** Whether a change says that a person is inactive, apart from what the person is now. */
export function saysInactive(apply: (current: Account) => AccountInput, current: Account = NOBODY): boolean {
  try {
    return apply({ ...current, active: true }).active !== true;
  } catch {
    // A change that does not fit the person says nothing.
    return false;
  }
}

/** A person of whom nothing is known. */
const NOBODY: Account = {
  ...{ id: "", userName: "nobody", externalId: undefined, displayName: undefined, active: true, roles: [] },
  ...{ isInvited: false, profile: NOTHING_SHARED, version: 1, createdAt: "", updatedAt: "" },
};
