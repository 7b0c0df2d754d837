import type { Filter } from "./listing.js";

/** How somebody became a member. */
export type MembershipSource = "scim" | "admin" | "invitation";

/** A member as an organization shows it. */
export interface Member {
  readonly accountId: string;
  /** The account's display name, else its user name. */
  readonly display: string;
}

/** One step of a change of an organization's members. Steps happen in order. */
export type MembershipChange =
  | { readonly type: "add"; readonly accountIds: readonly string[] }
  | { readonly type: "remove"; readonly accountIds: readonly string[] }
  /** Removes the members that match; the filter's fields are those of a member. */
  | { readonly type: "removeMatching"; readonly filter: Filter }
  | { readonly type: "removeAll" }
  /** Makes these the members, and nobody else. */
  | { readonly type: "replace"; readonly accountIds: readonly string[] };
