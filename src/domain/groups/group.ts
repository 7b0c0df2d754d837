import type { Organization } from "../organizations/organization.js";
import type { Team, TeamInput } from "../teams/team.js";

/** A SCIM Group: an organization or, in the realm of one, a team of it. */
export type Group = ({ readonly kind: "organization" } & Organization) | ({ readonly kind: "team" } & Team);

/** What a caller says of a group. An organization has no `roles`, so they are left out there. */
export type GroupInput = TeamInput;

export const organizationAsGroup = (organization: Organization): Group => ({
  ...organization,
  kind: "organization",
});

export const teamAsGroup = (team: Team): Group => ({ ...team, kind: "team" });
