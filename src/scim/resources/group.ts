import SCIMMY from "scimmy";
import type { Organization, OrganizationInput } from "../../domain/organizations/organization.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { ORGANIZATION } from "../../domain/values/schemas.js";
import { configure, copyOf, ownDefinition } from "../schema/definition.js";
import { crud, versioned } from "./crud.js";
import { memberEntries } from "./member-operations.js";

const { Attribute } = SCIMMY.Types;

const definition = copyOf(SCIMMY.Schemas.Group.definition);
definition.extend(
  ownDefinition("Organization", ORGANIZATION, "What Muster adds to a Group: it is an organization", [
    new Attribute("string", "description", {
      description: "What the organization is, in a sentence or two.",
    }),
    new Attribute("integer", "memberCount", {
      mutable: false,
      returned: "request",
      description: "How many members the organization has.",
    }),
  ]),
);
configure(definition, "displayName", { uniqueness: "server" });
// Members are accounts; everything but the value is computed from the account.
configure(definition, "members.value", { caseExact: true });
configure(definition, "members.$ref", { referenceTypes: ["User"] });
configure(definition, "members.type", { canonicalValues: ["User"] });
// It can change without the Group, and a client that compares what it sent with what it gets sends none.
configure(definition, "members.display", { mutable: false, returned: "request" });

/** Groups: organizations (RFC 7643 section 4.2). Members are memberships, which are changed without reading all of them. */
export const groups = crud<Organization>({
  definition,
  endpoint: "/Groups",
  isListed: true,
  inDirectory: "organizations",
  toWritable,
  toAttributes,
  toMeta: versioned,
  get: ({ services, principal }, id) => services.organizations.get(principal, id),
  list: ({ services, principal }, listing) => services.organizations.list(principal, listing),
  members: async ({ services, principal }, { id, memberCount }, after, limit) =>
    memberCount === 0 ? [] : services.organizations.members(principal, id, after, limit),
  create: ({ services, principal }, resource) =>
    services.organizations.create(
      principal,
      toInput(resource),
      memberEntries(resource.members).map(({ accountId }) => accountId),
    ),
  change: ({ services, principal }, id, { next, isOfMembersAlone, members, expected }) =>
    services.organizations.change(principal, id, {
      ...(!isOfMembersAlone && { apply: (organization) => toInput(next(organization)) }),
      members,
      expected,
    }),
  changeInTurn: ({ services, principal }, id, turns) =>
    services.organizations.changeInTurn(principal, id, turns),
  remove: ({ services, principal }, id, expected) => services.organizations.delete(principal, id, expected),
});

function toInput(resource: JsonObject): OrganizationInput {
  const extension = resource[ORGANIZATION];
  return {
    displayName: optionalText(resource.displayName) ?? "",
    externalId: optionalText(resource.externalId),
    description: isJsonObject(extension) ? optionalText(extension.description) : undefined,
  };
}

function toWritable({ displayName, externalId, description }: Organization): JsonObject {
  return {
    displayName,
    ...(externalId !== undefined && { externalId }),
    ...(description !== undefined && { [ORGANIZATION]: { description } }),
  };
}

function toAttributes({ displayName, externalId, description, memberCount }: Organization): JsonObject {
  return {
    ...(externalId !== undefined && { externalId }),
    displayName,
    [ORGANIZATION]: { ...(description !== undefined && { description }), memberCount },
  };
}

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
