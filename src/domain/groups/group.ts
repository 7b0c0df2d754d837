import type { Organization, OrganizationInput } from "../organizations/organization.js";
import type { Team, TeamInput } from "../teams/team.js";

/** A SCIM Group: an organization or, in the realm of one, a team of it. */
export type Group = ({ readonly kind: "organization" } & Organization) | ({ readonly kind: "team" } & Team);

/** What a caller says of a group. An organization has no `roles`, a team no `requiresSecondFactor`: they are left out there. */
export type GroupInput = TeamInput & Pick<OrganizationInput, "requiresSecondFactor">;

export const organizationAsGroup = (organization: Organization): Group => ({
  ...organization,
  kind: "organization",
});

export const teamAsGroup = (team: Team): Group => ({ ...team, kind: "team" });
