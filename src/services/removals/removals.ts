import { requireAccess } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import { NotFoundError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Removal, Undo } from "../../domain/removals/removal.js";
import { isId } from "../../domain/values/id.js";
import type { Dependencies } from "../dependencies.js";
import { forget, pruneRemovals } from "./forgetting.js";
import type { RemovalCut } from "./forgetting.js";
import { undo } from "./undo.js";

/** What was taken away in a realm, and can be undone there. Each method throws ForbiddenError when the caller may not. */
export class RemovalService {
  constructor(private readonly deps: Dependencies) {}

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<Removal> {
    requireAccess(principal, "read Removals");
    const { removals } = this.deps.work.read(principal.realm);
    const removal = isId(id) ? await removals.find(id, this.deps.now()) : undefined;
    if (!removal) throw new NotFoundError("Removal", id);
    return removal;
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Removal>> {
    requireAccess(principal, "read Removals");
    return this.deps.work.readMany(principal).removals.list(listing, this.deps.now());
  }

  /** See `forget`. */
  forget(principal: Principal, id: string): Promise<void> {
    return forget(this.deps, principal, id);
  }

  /** See `pruneRemovals`. */
  prune(cut: RemovalCut): Promise<void> {
    return pruneRemovals(this.deps, cut);
  }

  /** See `undo`. */
  undo(principal: Principal, id: string): Promise<Undo> {
    return undo(this.deps, principal, id);
  }
}
