import SCIMMY from "scimmy";
import type { Locations } from "../../domain/listing.js";
import type { Team, TeamInput } from "../../domain/teams/team.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";
import { versioned } from "./declaration.js";
import { givenRoles, toRoles } from "./given-roles.js";
import { memberEntries } from "./member-operations.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };
const immutable = { mutable: "immutable" };

const definition = ownDefinition("Team", TEAM, "A set of members inside one organization", [
  new Attribute("string", "displayName", {
    required: true,
    uniqueness: "server",
    description: "The team's name, unique in its organization.",
  }),
  new Attribute("string", "description", { description: "What the team is, in a sentence or two." }),
  new Attribute(
    "complex",
    "organization",
    {
      ...immutable,
      required: true,
      description: "The organization that the team is in; by default the one whose realm it is made in.",
    },
    [
      new Attribute("string", "value", { ...immutable, ...exact, description: "The id." }),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["Group"] }),
      readOnly("string", "display", "The name."),
    ],
  ),
  givenRoles("The roles in the organization that the members have as long as they are in the team."),
  readOnly("integer", "memberCount", "How many members the team has.", { returned: "request" }),
  new Attribute("complex", "members", { multiValued: true, description: "Members of the organization." }, [
    new Attribute("string", "value", { ...immutable, ...exact, description: "The id of a User." }),
    new Attribute("reference", "$ref", {
      ...immutable,
      referenceTypes: ["User"],
      description: "The address.",
    }),
    readOnly("string", "display", "The name.", { returned: "request" }),
    new Attribute("string", "type", {
      ...immutable,
      canonicalValues: ["User"],
      description: "The type of the member: always 'User'.",
    }),
    new Attribute("string", "role", {
      canonicalValues: ["team-admin", "team-manager"],
      description: "The member's role in the team.",
    }),
  ]),
]);

/** Teams in organizations. Members are changed without reading all of them. */
export const teams = crud<Team>({
  definition,
  endpoint: "/Teams",
  isExported: true,
  staysUnnamed: ["description", "roles"],
  toAttributes,
  toMeta: versioned,
  get: ({ services, principal }, id) => services.teams.get(principal, id),
  list: ({ services, principal }, listing) => services.teams.list(principal, listing),
  members: ({ services, principal }, { id }, after, limit) =>
    services.teams.members(principal, id, after, limit),
  create: ({ services, principal }, resource) =>
    services.teams.create(
      principal,
      organizationOf(resource),
      toInput(resource),
      memberEntries(resource.members),
    ),
  change: ({ services, principal }, id, { next, isOfMembersAlone, members, expected }) =>
    services.teams.change(principal, id, {
      ...(!isOfMembersAlone && { apply: (team) => toInput(next(team)) }),
      members,
      expected,
    }),
  changeInTurn: ({ services, principal }, id, turns) => services.teams.changeInTurn(principal, id, turns),
  remove: ({ services, principal }, id, expected) => services.teams.delete(principal, id, expected),
});

function toAttributes(team: Team, locations: Locations): JsonObject {
  const { displayName, externalId, description, roles, organizationId, organizationName, memberCount } = team;
  return {
    displayName,
    ...(externalId !== undefined && { externalId }),
    ...(description !== undefined && { description }),
    organization: {
      value: organizationId,
      $ref: locations("Group", organizationId),
      display: organizationName,
    },
    ...(roles.length > 0 && { roles: [...roles] }),
    memberCount,
  };
}

/** The input for a team from a resource in canonical form. */
const toInput = ({ displayName, externalId, description, roles }: JsonObject): TeamInput => ({
  displayName: optionalText(displayName) ?? "",
  externalId: optionalText(externalId),
  description: optionalText(description),
  roles: toRoles(roles),
});

/** The id of the organization in a Team in canonical form. */
const organizationOf = ({ organization }: JsonObject) =>
  isJsonObject(organization) ? optionalText(organization.value) : undefined;

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
