import type { Author } from "../../domain/access/principal.js";
import type { AuditTarget } from "../../domain/audit/audit-event.js";
import type { Account, AccountInput } from "../../domain/users/account.js";
import { NOTHING_SHARED } from "../../domain/users/shared-profile.js";
import type { Gone } from "../../repositories/removals/removals.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { takingOf } from "./taking.js";

type Deps = Pick<Dependencies, "now" | "newId" | "changes" | "removalsRetentionDays">;

/**
 * Notes that an actor means to take what is gone already: if another actor took it, an undo of that does not bring it back.
 * Whoever was dismissed meanwhile stays dismissed.
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
  const isStruck = await removals.strike(takingOf(deps, author), gone);
  await removals.requireGone(gone);
  if (!isStruck) return;
  await deps.changes.record(repositories, author, {
    ...{ action: "delete", target },
    detail: "had been removed before by another actor; an undo of that no longer brings it back",
  });
}

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
