import SCIMMY from "scimmy";
import { ownDefinition, readOnly } from "./definition.js";

export const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };
const immutable = { mutable: "immutable" };

/** A set of members inside one organization. */
export const teamDefinition = ownDefinition("Team", TEAM, "A set of members inside one organization", [
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
      description: "What a member is: always a User.",
    }),
    new Attribute("string", "role", {
      canonicalValues: ["team-admin", "team-manager"],
      description: "What the member is in the team.",
    }),
  ]),
]);
