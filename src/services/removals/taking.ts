import type { Author } from "../../domain/access/principal.js";
import { takingBy } from "../../domain/removals/removal.js";
import type { Taking } from "../../domain/removals/removal.js";
import type { Dependencies } from "../dependencies.js";

/** Who takes something away, where and when, as what is taken is kept for an undo. */
export const takingOf = (
  { now, newId, removalsRetentionDays }: Pick<Dependencies, "now" | "newId" | "removalsRetentionDays">,
  { actor, realm }: Author,
): Taking =>
  takingBy(actor, realm.type === "organization" ? realm.organizationId : undefined, {
    ...{ id: newId(), at: now(), days: removalsRetentionDays },
  });
