import type { MembersChange } from "../changes/change.js";

/** A tenant. Times are ISO 8601 in UTC. */
export interface Organization {
  readonly id: string;
  /** As it was sent; unique in the provider without regard to case. */
  readonly displayName: string;
  readonly externalId: string | undefined;
  readonly description: string | undefined;
  /** Whether its administrators have to show a second factor. */
  readonly requiresSecondFactor: boolean;
  readonly memberCount: number;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An organization as the audit log names it: what happens to it happens in it. */
export const organizationTarget = ({ id, displayName }: OrganizationReference) => ({
  target: { type: "Group", id, display: displayName },
  organizationId: id,
});

/** An organization in its next version, with its members counted. @param at ISO 8601 in UTC */
export const changedMembers = <T extends Pick<Organization, "memberCount" | "version">>(
  organization: T,
  { added, removed }: MembersChange,
  at: string,
) => ({
  ...organization,
  memberCount: organization.memberCount + added.length - removed.length,
  version: organization.version + 1,
  updatedAt: at,
});

export interface OrganizationReference {
  readonly id: string;
  readonly displayName: string;
  /** The roles that it gives, as JSON, if it is a team. */
  readonly roles?: string;
}

/** What a caller says of an organization; what is left out is unassigned. */
export interface OrganizationInput {
  readonly displayName: string;
  readonly externalId?: string | undefined;
  readonly description?: string | undefined;
  readonly requiresSecondFactor?: boolean | undefined;
}
