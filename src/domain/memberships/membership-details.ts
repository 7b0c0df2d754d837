/** A role that a person has in an organization. */
export interface OrganizationRole {
  readonly role: string;
  readonly organizationId: string;
  /** What the organization is called. */
  readonly organizationName?: string | undefined;
  /** Whether the role is the person's own, or comes by a team; undefined where a client does not say. */
  readonly type?: "direct" | "team" | undefined;
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
