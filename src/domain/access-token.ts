/** A bearer token, without its secret. Times are ISO 8601 in UTC. */
export interface AccessToken {
  readonly id: string;
  /** What the token is for, in its maker's words. */
  readonly name: string;
  /** The person that the token belongs to; undefined for a machine's. */
  readonly accountId: string | undefined;
  readonly createdAt: string;
  /** Undefined: never. */
  readonly expiresAt: string | undefined;
  readonly revokedAt: string | undefined;
}
