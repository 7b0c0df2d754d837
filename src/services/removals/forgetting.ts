import { requireAccess, requirePersonToForget } from "../../domain/access/policy.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import type { Dependencies } from "../dependencies.js";
import { requireStillAllowed } from "../roles/current-principal.js";

/** So many items are forgotten in one transaction, so that other writes do not wait long. */
const FORGOTTEN_AT_ONCE = 500;

/** How many removals are looked up, or deleted, in one transaction. */
const AT_ONCE = 50;

/**
 * Forgets a removal for good, and with organizations those of their realms: nobody can undo it any more. All have expired
 * before the first item goes, so that `pruneRemovals` goes on with it if this is interrupted.
 *
 * @throws NotFoundError, ForbiddenError also for a machine
 */
export async function forget(deps: Dependencies, principal: Principal, id: string): Promise<void> {
  requireAccess(principal, "forget Removals");
  requirePersonToForget(principal);
  const { work } = deps;
  const inner = await work.write(principal.realm, async (repositories) => {
    await requireStillAllowed(deps, repositories, principal, "forget Removals");
    if (!isId(id) || (await repositories.undoing.close(id)) === undefined) {
      throw new NotFoundError("Removal", id);
    }
    const { forgetting } = repositories;
    const now = deps.now();
    await forgetting.settle(id, now);
    const target = { type: "Removal", id };
    await deps.changes.record(repositories, principal, {
      ...{ action: "delete", target },
      detail: "what it kept is forgotten, and cannot be undone",
    });
    return forgetting.expireOf(await forgetting.endedOrganizations(id), now);
  });
  for (const each of [...inner, id]) {
    await forgetItems(deps, each);
    await work.write(PROVIDER_REALM, ({ forgetting }) => forgetting.delete(each));
  }
}

/** How long removals are kept, as ISO 8601 in UTC. */
export interface RemovalCut {
  /** What was taken before is forgotten, also if it was to be kept for longer. */
  readonly keptSince: string;
  /** Of removals that began before, nothing is left. */
  readonly toldSince: string;
}

/** Forgets what expired removals keep, also what an earlier run has left, and old removals altogether. */
export async function pruneRemovals(deps: Dependencies, { keptSince, toldSince }: RemovalCut): Promise<void> {
  const { work } = deps;
  for (let expired = AT_ONCE; expired === AT_ONCE;) {
    const ids = await work.read(PROVIDER_REALM).forgetting.expired(deps.now(), keptSince, AT_ONCE);
    for (const id of ids) {
      await work.write(PROVIDER_REALM, ({ forgetting }) => forgetting.settle(id, deps.now()));
      await forgetItems(deps, id);
    }
    expired = ids.length;
  }
  for (let pruned = AT_ONCE; pruned === AT_ONCE;) {
    pruned = await work.write(PROVIDER_REALM, ({ forgetting }) => forgetting.prune(toldSince, AT_ONCE));
  }
}

async function forgetItems({ work }: Pick<Dependencies, "work">, id: string): Promise<void> {
  const next = () =>
    work.write(PROVIDER_REALM, ({ forgetting }) => forgetting.forgetItems(id, FORGOTTEN_AT_ONCE));
  while (await next());
}
