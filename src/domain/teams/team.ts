import type { RoleList } from "../access/roles.js";
import type { MembersChange } from "../changes/change.js";

/** A set of members inside one organization. Times are ISO 8601 in UTC. */
export interface Team {
  readonly id: string;
  readonly organizationId: string;
  /** What the organization is called. */
  readonly organizationName: string;
  /** As it was sent; unique in the organization without regard to case. */
  readonly displayName: string;
  readonly externalId: string | undefined;
  readonly description: string | undefined;
  /** The roles in the organization that the team's members have by it: each is a `value`. */
  readonly roles: RoleList;
  readonly memberCount: number;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a caller says of a team; what is left out is unassigned. */
export type TeamInput = Pick<Team, "displayName"> &
  Partial<Pick<Team, "externalId" | "description" | "roles">>;

/** A team in its next version, with its members counted. @param at ISO 8601 in UTC */
export const changedTeam = (team: Team, { added, removed }: MembersChange, at: string): Team => ({
  ...team,
  memberCount: team.memberCount + added.length - removed.length,
  version: team.version + 1,
  updatedAt: at,
});

/** A team as the audit log names it: what happens to it happens in the organization. */
export const teamTarget = ({
  id,
  displayName,
  organizationId,
}: Pick<Team, "id" | "displayName" | "organizationId">) => ({
  target: { type: "Team", id, display: displayName },
  organizationId,
});
