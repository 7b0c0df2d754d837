/** A role that a person has in an organization. */
export interface OrganizationRole {
  readonly role: string;
  readonly organizationId: string;
  /** What the organization is called. */
  readonly organizationName?: string | undefined;
}

export interface TeamReference {
  readonly id: string;
  readonly displayName: string;
}

/** What a realm shows of a person's memberships, beyond the organizations themselves. */
export interface MembershipDetails {
  /** Only in the provider's realm: in an organization's, these are the `roles`. */
  readonly organizationRoles: readonly OrganizationRole[];
  readonly teams: readonly TeamReference[];
}
