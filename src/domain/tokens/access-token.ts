import type { Realm } from "../access/principal.js";

/** A bearer token, without its secret. Times are ISO 8601 in UTC. */
export interface AccessToken {
  readonly id: string;
  /** What the token is for, in its maker's words. */
  readonly name: string;
  readonly realm: Realm;
  readonly readOnly: boolean;
  /** Whether it may check people's passwords, for the product beside Muster. */
  readonly checksPasswords: boolean;
  /** The person that the token belongs to; undefined for a machine's. */
  readonly accountId: string | undefined;
  /** The person who made it for a machine; undefined for a person's, and when the operator made it. */
  readonly makerId: string | undefined;
  /** When the maker lost the power to make it; undefined: never, or another person has kept it since. */
  readonly orphanedAt: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
  /** Undefined: never. */
  readonly expiresAt: string | undefined;
  readonly revokedAt: string | undefined;
  /** To the minute; undefined: never. */
  readonly lastUsedAt: string | undefined;
  /** What the organization that it acts in is called. */
  readonly organizationName?: string | undefined;
  /** What the person that it belongs to is called. */
  readonly accountName?: string | undefined;
  /** What the maker is called; undefined when the realm does not see that person. */
  readonly makerName?: string | undefined;
}

/** How the person that a token belongs to stands in the token's realm. */
export interface Owner {
  /** Whether the account is active, and in an organization's realm the membership too. */
  readonly isActive: boolean;
  /** Whether the person has an administrator's role there. */
  readonly isAdministrator: boolean;
  /** The person's roles in teams of the organization. */
  readonly teamRoles: readonly { readonly teamId: string; readonly role: string }[];
}

/** What a caller says of a new token. */
export interface AccessTokenInput {
  readonly name: string;
  readonly realm: Realm;
  readonly readOnly: boolean;
  readonly checksPasswords: boolean;
  readonly accountId?: string | undefined;
  readonly expiresAt?: string | undefined;
}
