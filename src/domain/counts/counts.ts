/** How many there are of something. */
export interface Count {
  /** What is counted: a status, a role, a source, a resource type, or the id of an organization or a team. */
  readonly value: string;
  /** What an organization or a team is called. */
  readonly display?: string | undefined;
  readonly count: number;
  /** Whether there may be more: counting ended at a limit. */
  readonly atLeast: boolean;
}

export const USER_STATUSES = ["active", "inactive", "invited"] as const;

/** How many there are of what in a realm. Lists of organizations and teams have the largest ones. */
export interface Counts {
  /** By resource types. */
  readonly totals: readonly Count[];
  /** Of people, each of them active or inactive, and perhaps invited too. */
  readonly statuses: readonly Count[];
  /** Of people, by roles that Muster knows, however they have them. */
  readonly roles: readonly Count[];
  /** Of memberships, by how they came about. */
  readonly sources: readonly Count[];
  /** Of members; in the provider's realm. */
  readonly organizations: readonly Count[];
  /** Of members. */
  readonly teams: readonly Count[];
  /** Of invitations, by status. */
  readonly invitations: readonly Count[];
}
