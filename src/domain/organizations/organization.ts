/** A tenant. Times are ISO 8601 in UTC. */
export interface Organization {
  readonly id: string;
  /** As it was sent; unique in the provider without regard to case. */
  readonly displayName: string;
  readonly externalId: string | undefined;
  readonly description: string | undefined;
  readonly memberCount: number;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OrganizationReference {
  readonly id: string;
  readonly displayName: string;
}

/** What a caller says of an organization; what is left out is unassigned. */
export interface OrganizationInput {
  readonly displayName: string;
  readonly externalId?: string | undefined;
  readonly description?: string | undefined;
}
