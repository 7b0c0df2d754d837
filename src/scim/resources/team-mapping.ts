import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Team, TeamInput } from "../../domain/teams/team.js";
import { groupLocation, teamLocation } from "../answers/locations.js";
import { TEAM } from "../schema/team.js";
import { entityTag } from "../answers/versions.js";
import type { Identity } from "../answers/versions.js";

/** A team as the header of an answer names it. */
export const teamIdentity = ({ id, version }: Team, baseUrl: string): Identity => ({
  tag: entityTag(version),
  location: teamLocation(id, baseUrl),
});

/** From a team to what a client can say of it, apart from its members. */
export function toTeamResource(team: Team, baseUrl: string): JsonObject {
  const { displayName, externalId, description, organizationId, organizationName } = team;
  return {
    displayName,
    ...(externalId !== undefined && { externalId }),
    ...(description !== undefined && { description }),
    organization: {
      value: organizationId,
      $ref: groupLocation(organizationId, baseUrl),
      display: organizationName,
    },
  };
}

/** The whole team without its members. */
export function toTeam(team: Team, baseUrl: string): JsonObject {
  const { tag, location } = teamIdentity(team, baseUrl);
  return {
    schemas: [TEAM],
    id: team.id,
    ...toTeamResource(team, baseUrl),
    meta: {
      resourceType: "Team",
      created: team.createdAt,
      lastModified: team.updatedAt,
      location,
      version: tag,
    },
  };
}

/** From a Team in canonical form to what the team shall be. */
export const toTeamInput = ({ displayName, externalId, description }: JsonObject): TeamInput => ({
  displayName: optionalText(displayName) ?? "",
  externalId: optionalText(externalId),
  description: optionalText(description),
});

/** The organization that a Team in canonical form says it is in. */
export const organizationIn = ({ organization }: JsonObject) =>
  isJsonObject(organization) ? optionalText(organization.value) : undefined;

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
