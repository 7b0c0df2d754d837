import type { AskedRequest } from "../audit/asked-request.js";
import { isOneself, OPERATOR, ownerOf } from "./actor.js";
import type { Actor } from "./actor.js";
import type { Seat } from "./seats.js";

/** Where an access token acts: the whole provider, or one organization. */
export type Realm =
  { readonly type: "provider" } | { readonly type: "organization"; readonly organizationId: string };

/** The realm in which everything can be seen and changed. */
export const PROVIDER_REALM: Realm = { type: "provider" };

/** What a principal may do in its realm, as `policy.ts` says. */
export type Power =
  /** Sees and changes everything in the realm. */
  | "administrator"
  /** Sees everything in the realm and changes nothing. */
  | "reader"
  /** A person without a role that is valid in the realm: sees only themselves. */
  | "member";

/** Who makes a request, the realm that it acts in, and what it may do there. */
export interface Principal {
  readonly actor: Actor;
  readonly realm: Realm;
  readonly power: Power;
  /** What a member may do in single teams, by roles there; absent for those who have power in all of the realm. */
  readonly seats?: readonly Seat[];
  /** Whether a role would give more, once a second factor is shown in the session. */
  readonly needsFactor?: true;
  /** Aborted when the client has disconnected, so that long work can end early. */
  readonly signal?: AbortSignal;
  /** Where the request came from, and what it asks for, for the audit log. */
  readonly origin?: {
    readonly requestId: string;
    readonly address: string | undefined;
    readonly request: AskedRequest;
  };
}

/** The operator may do everything. */
export const OPERATOR_PRINCIPAL: Principal = {
  actor: OPERATOR,
  realm: PROVIDER_REALM,
  power: "administrator",
};

/**
 * The principal as which a caller acts on their own account: a person who is signed in with a credential of their own, in the
 * provider's realm, wherever else the session acts; everybody else as they are.
 */
export const asOneself = (principal: Principal): Principal => {
  const { actor, origin } = principal;
  if (!isOneself(actor)) return principal;
  return { actor, realm: PROVIDER_REALM, power: "member", ...(origin && { origin }) };
};

/** Who did something, where, and from where: a caller, or a person on a page, whose link gives the power for one thing. */
export type Author = Pick<Principal, "actor" | "realm" | "origin">;

/** The author of what a person does who follows a link. @param opens the id of what it opens */
export const linkAuthor = (
  realm: Realm,
  opens: string | undefined,
  accountId: string | undefined,
  origin: Principal["origin"],
): Author => ({
  actor: {
    type: "link",
    ...(opens !== undefined && { opens }),
    ...(accountId !== undefined && { accountId }),
  },
  realm,
  ...(origin && { origin }),
});

/**
 * Whose turn a request takes, where many wait: each actor has its turn, and the actors of an organization together have
 * one like that of any other organization.
 */
export const turnOf = ({ actor, realm }: Pick<Principal, "actor" | "realm">) => {
  const owner = ownerOf(actor);
  return { group: realm.type === "organization" ? realm.organizationId : owner, owner };
};
