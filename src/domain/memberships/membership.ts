import { accountOf, tokenIdOf } from "../access/actor.js";
import type { Author } from "../access/principal.js";
import type { Filter } from "../listing.js";

/** How a person became a member; `restored`: by an undo, whatever it was before. */
export const MEMBERSHIP_SOURCES = ["scim", "admin", "invitation", "restored"] as const;
export type MembershipSource = (typeof MEMBERSHIP_SOURCES)[number];

/** By whom a person was added, and how. */
export interface MemberOrigin {
  /** `scim`: by a machine; `admin`: by a person; `invitation`: by accepting one. */
  readonly source: Exclude<MembershipSource, "restored">;
  /** The access token that it was done with. */
  readonly tokenId?: string | undefined;
  /** The person who did it. */
  readonly accountId?: string | undefined;
  readonly invitationId?: string | undefined;
  /** Whether it was done in the provider's realm: an organization does not see by whom there. */
  readonly isProviders: boolean;
}

/** The origin of members that an author adds. */
export const originBy = ({ actor, realm }: Author): MemberOrigin => ({
  source: actor.type === "operator" || accountOf(actor) !== undefined ? "admin" : "scim",
  tokenId: tokenIdOf(actor),
  accountId: accountOf(actor),
  isProviders: realm.type === "provider",
});

/** The origin of a member who accepts an invitation; who invited is told by the invitation. */
export const originByInvitation = (invitationId: string, tokenId: string | undefined): MemberOrigin => ({
  source: "invitation",
  tokenId,
  invitationId,
  isProviders: false,
});

/** A member as an organization shows it. */
export interface Member {
  readonly accountId: string;
  /** The account's display name, else its user name. */
  readonly display: string;
  /** The role in a team. */
  readonly role?: string | undefined;
}

/** A person to be added as a member of an organization or of a team. */
export interface MemberEntry {
  readonly accountId: string;
  /** The role in a team; undefined says nothing of it. */
  readonly role?: string;
}

/** One step of a change of the members of an organization or a team. Steps happen in order. */
export type MembershipChange =
  | { readonly type: "add"; readonly entries: readonly MemberEntry[] }
  | { readonly type: "remove"; readonly accountIds: readonly string[] }
  /** Removes the members that match; the filter's fields are those of a member. */
  | { readonly type: "removeMatching"; readonly filter: Filter }
  | { readonly type: "removeAll" }
  /** Makes exactly these people the members. */
  | { readonly type: "replace"; readonly entries: readonly MemberEntry[] }
  /** Says the role that a member of a team has; undefined: none. */
  | { readonly type: "setRole"; readonly accountId: string; readonly role: string | undefined };

/** Changes of the members of an organization, one after another, that all do the same. */
export interface MemberTurns {
  readonly type: "add" | "remove";
  /** The account ids of each turn. */
  readonly turns: readonly (readonly string[])[];
}
