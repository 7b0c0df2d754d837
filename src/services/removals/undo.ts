import { requireAccess } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import { ConflictError, NotFoundError } from "../../domain/errors.js";
import { ITEM_KINDS, MOST_RESULTS } from "../../domain/removals/removal.js";
import type { Undo } from "../../domain/removals/removal.js";
import { isId } from "../../domain/values/id.js";
import type { ItemKey } from "../../repositories/removals/undoing.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { requireStillAllowed } from "../roles/current-principal.js";
import { Restoration } from "./restoration.js";

/** So many things come back in one transaction, so that other writers do not wait long. */
const PORTION = 50;

/** Before the first of a removal's items. */
const BEGINNING: ItemKey = { organizationId: "", resourceId: "", accountId: "" };

/** How far an undo has come: which kind it is at, and after which item of it. */
interface Progress {
  readonly kind: number;
  readonly after: ItemKey;
}

/**
 * Brings back what is in a removal and still can come back, in portions: an undo that was interrupted goes on when it is
 * asked for again, and what could not come back is tried again.
 *
 * @throws NotFoundError, ForbiddenError, ConflictError for one that has expired, also if it does meanwhile
 */
export async function undo(deps: Dependencies, principal: Principal, id: string): Promise<Undo> {
  requireAccess(principal, "undo Removals");
  await write(deps, principal, async ({ undoing }) => {
    requireKept(deps, id, isId(id) ? await undoing.close(id) : undefined);
  });
  let progress: Progress | undefined = { kind: 0, after: BEGINNING };
  while (progress) {
    const from: Progress = progress;
    progress = await write(deps, principal, (repositories) =>
      portion(deps, repositories, principal, id, from),
    );
  }
  return write(deps, principal, async (repositories) => {
    const { undoing } = repositories;
    requireKept(deps, id, await undoing.lock(id));
    await undoing.finish(id, deps.now());
    const totals = await undoing.totals(id);
    await deps.changes.record(repositories, principal, {
      ...{ action: "change", target: { type: "Removal", id }, attributes: ["status"] },
      detail: `undone: ${totals.restored} restored, ${totals.failed} failed`,
    });
    return { ...totals, results: await undoing.results(id, MOST_RESULTS) };
  });
}

/** In each transaction, the caller may still undo: to bring people and roles back is to give them. */
const write = <T>(
  deps: Dependencies,
  principal: Principal,
  work: (repositories: Repositories) => Promise<T>,
): Promise<T> =>
  deps.work.write(principal.realm, async (repositories) => {
    await requireStillAllowed(deps, repositories, principal, "undo Removals");
    return work(repositories);
  });

/** It may have been forgotten, or have expired, since the undo began. @param expiresAt undefined: it is not there */
function requireKept({ now }: Pick<Dependencies, "now">, id: string, expiresAt: string | undefined): void {
  if (expiresAt === undefined) throw new NotFoundError("Removal", id);
  if (expiresAt > now()) return;
  throw new ConflictError(
    "The Removal has expired: what was removed is no longer kept, and cannot be undone",
  );
}

/** Brings the next items back. @returns how far it came; undefined after the last one */
async function portion(
  deps: Dependencies,
  repositories: Repositories,
  principal: Principal,
  id: string,
  { kind: first, after: start }: Progress,
): Promise<Progress | undefined> {
  requireKept(deps, id, await repositories.undoing.lock(id));
  const restoration = new Restoration(deps, repositories, principal, id);
  let left = PORTION;
  let after = start;
  for (const [number, kind] of ITEM_KINDS.entries()) {
    if (number < first) continue;
    const items = await repositories.undoing.next(id, kind, after, left);
    await restoration.restore(kind, items);
    left -= items.length;
    const last = items.at(-1);
    if (left === 0 && last) return { kind: number, after: last };
    after = BEGINNING;
  }
  return undefined;
}
