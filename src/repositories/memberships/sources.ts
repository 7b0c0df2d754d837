import type { MembershipSource } from "../../domain/memberships/membership.js";

/** SQL for how the person of the row `memberships` became a member. */
export const SOURCE = "case when memberships.restored_at is null then memberships.source else 'restored' end";

/** An SQL condition on the columns of memberships, for those of a source, which an index serves. */
export const isOfSource = (source: MembershipSource): string =>
  source === "restored" ? "restored_at is not null" : `source = '${source}' and restored_at is null`;
