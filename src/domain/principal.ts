/** Where an access token acts: here, the whole provider. */
export interface Realm {
  readonly type: "provider";
}

/** The realm in which everything can be seen and changed. */
export const PROVIDER_REALM: Realm = { type: "provider" };

/** Who makes a request: the access token and the realm that it acts in. */
export interface Principal {
  readonly tokenId: string;
  readonly realm: Realm;
  /** The person that the token belongs to; absent for a machine's. */
  readonly accountId?: string;
}
