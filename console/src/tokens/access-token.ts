import type { Reference, Resource } from "../scim/resources.ts";

export interface AccessToken extends Resource {
  readonly name: string;
  readonly realm: "provider" | "organization";
  readonly organization?: Reference;
  /** The person that it belongs to; undefined: a machine's. */
  readonly user?: Reference;
  /** Who made it for a machine. */
  readonly maker?: Reference;
  /** Whether its maker lost the power to make it. */
  readonly orphaned?: boolean;
  readonly readOnly?: boolean;
  readonly checksPasswords?: boolean;
  readonly expiresAt?: string;
  readonly lastUsedAt?: string;
  /** The secret, once. */
  readonly token?: string;
}

/** A token that was made or got a new secret. */
export type IssuedToken = AccessToken & { readonly token: string };

export const isExpired = ({ expiresAt }: AccessToken, now = Date.now()) =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now;
