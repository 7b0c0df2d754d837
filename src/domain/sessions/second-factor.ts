/** A second factor of a person: an app that shows a new code every 30 seconds (TOTP, RFC 6238). */
export interface SecondFactor {
  readonly id: string;
  readonly accountId: string;
  /** The organization whose password it guards, and no other; undefined: it guards the person's own. */
  readonly organizationId: string | undefined;
  /** The secret that the app shares, encrypted. */
  readonly sealedSecret: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** Whose password a factor guards. */
export type FactorOwner = Pick<SecondFactor, "accountId" | "organizationId">;

/** How many recovery codes a person gets. */
export const RECOVERY_CODES = 10;
