/** Where an access token acts: the whole provider, or one organization. */
export type Realm =
  { readonly type: "provider" } | { readonly type: "organization"; readonly organizationId: string };

/** The realm in which everything can be seen and changed. */
export const PROVIDER_REALM: Realm = { type: "provider" };

/** What a principal may do in its realm, beyond which `access.ts` says. */
export type Power =
  /** Sees and changes everything in the realm. */
  | "administrator"
  /** Sees everything in the realm and changes nothing. */
  | "reader"
  /** A person without a role that counts in the realm: sees itself. */
  | "member";

/** Who makes a request: the access token and the realm that it acts in. */
export interface Principal {
  readonly tokenId: string;
  /** The hash of the secret that was sent, by which it is asked again what the token may do; absent for the operator. */
  readonly secretHash?: string;
  readonly realm: Realm;
  readonly power: Power;
  /** The person that the token belongs to; absent for a machine's. */
  readonly accountId?: string;
  /** The person who made the token of a machine; absent when the operator did, or a machine's that the operator made. */
  readonly makerId?: string;
  /** Whether the maker has lost the power to make the token, so that it gives none any more. */
  readonly isOrphaned?: boolean;
  /** When the token ends, as ISO 8601 in UTC; absent: never. */
  readonly expiresAt?: string;
  /** Aborted when the client has gone: what takes long need not be finished then. */
  readonly signal?: AbortSignal;
  /** Where the request came from, for the audit log. */
  readonly origin?: { readonly requestId: string; readonly address: string | undefined };
}

/** The person behind a token: the one that it belongs to, or the one who made it for a machine. */
export const personBehind = ({ accountId, makerId }: Principal) => accountId ?? makerId;

/**
 * Whose turn a request takes, where many wait: each token has its turn, and the tokens of an organization together have
 * one like that of any other organization.
 */
export const turnOf = ({ tokenId, realm }: Pick<Principal, "tokenId" | "realm">) => ({
  group: realm.type === "organization" ? realm.organizationId : tokenId,
  owner: tokenId,
});
