import SCIMMY from "scimmy";
import type { Group, GroupInput } from "../../domain/groups/group.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { ORGANIZATION } from "../../domain/values/schemas.js";
import { configure, copyOf, ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";
import { versioned } from "./declaration.js";
import { givenRoles, toRoles } from "./given-roles.js";
import { memberEntries } from "./member-operations.js";

const { Attribute } = SCIMMY.Types;

const definition = copyOf(SCIMMY.Schemas.Group.definition);
definition.extend(
  ownDefinition(
    "Organization",
    ORGANIZATION,
    "What Muster adds to a Group: an organization, or a team of one",
    [
      readOnly(
        "string",
        "kind",
        "'organization', or 'team': a team of the organization in whose realm it is.",
        { returned: "request", canonicalValues: ["organization", "team"] },
      ),
      new Attribute("string", "description", { description: "What the group is, in a sentence or two." }),
      new Attribute("boolean", "requiresSecondFactor", {
        description:
          "Whether the organization's administrators need a second factor; until they show it, their role gives no power.",
        returned: "request",
      }),
      readOnly("integer", "memberCount", "How many members the group has.", { returned: "request" }),
      givenRoles("The roles in the organization that the members of a team have as long as they are in it."),
    ],
  ),
);
configure(definition, "displayName", { uniqueness: "server" });
// Members are accounts; everything but the value is computed from the account.
configure(definition, "members.value", { caseExact: true });
configure(definition, "members.$ref", { referenceTypes: ["User"] });
configure(definition, "members.type", { canonicalValues: ["User"] });
// It can change without the Group, and a client that compares what it sent with what it gets sends none.
configure(definition, "members.display", { mutable: false, returned: "request" });

/**
 * Groups (RFC 7643 section 4.2): organizations, and in the realm of one its teams. Members are rows of their own, which are
 * changed without reading all of them.
 */
export const groups = crud<Group>({
  definition,
  endpoint: "/Groups",
  isExported: true,
  isListed: true,
  onlyInOrganizations: [`${ORGANIZATION}:roles`],
  inDirectory: "groups",
  staysUnnamed: [
    `${ORGANIZATION}:description`,
    `${ORGANIZATION}:roles`,
    `${ORGANIZATION}:requiresSecondFactor`,
  ],
  toWritable,
  toAttributes,
  toMeta: versioned,
  get: ({ services, principal }, id) => services.groups.get(principal, id),
  list: ({ services, principal }, listing) => services.groups.list(principal, listing),
  members: ({ services, principal }, group, after, limit) =>
    services.groups.members(principal, group, after, limit),
  create: ({ services, principal }, resource) =>
    services.groups.create(principal, toInput(resource), memberEntries(resource.members)),
  change: ({ services, principal }, id, { next, isOfMembersAlone, members, expected }) =>
    services.groups.change(principal, id, {
      ...(!isOfMembersAlone && { apply: (group) => toInput(next(group)) }),
      members,
      expected,
    }),
  changeInTurn: ({ services, principal }, id, turns) => services.groups.changeInTurn(principal, id, turns),
  remove: ({ services, principal }, id, expected) => services.groups.delete(principal, id, expected),
});

function toInput(resource: JsonObject): GroupInput {
  const extension = resource[ORGANIZATION];
  const { description, roles, requiresSecondFactor } = isJsonObject(extension) ? extension : {};
  return {
    displayName: optionalText(resource.displayName) ?? "",
    externalId: optionalText(resource.externalId),
    description: optionalText(description),
    roles: toRoles(roles),
    requiresSecondFactor: requiresSecondFactor === true,
  };
}

function toWritable(group: Group): JsonObject {
  const { displayName, externalId, description } = group;
  const extension = {
    ...(description !== undefined && { description }),
    ...requirementOf(group),
    ...rolesOf(group),
  };
  return {
    displayName,
    ...(externalId !== undefined && { externalId }),
    ...(Object.keys(extension).length > 0 && { [ORGANIZATION]: extension }),
  };
}

function toAttributes(group: Group): JsonObject {
  const { kind, displayName, externalId, description, memberCount } = group;
  return {
    ...(externalId !== undefined && { externalId }),
    displayName,
    [ORGANIZATION]: {
      kind,
      ...(description !== undefined && { description }),
      ...requirementOf(group),
      memberCount,
      ...rolesOf(group),
    },
  };
}

const requirementOf = (group: Group): JsonObject =>
  group.kind === "organization" ? { requiresSecondFactor: group.requiresSecondFactor } : {};

const rolesOf = (group: Group): JsonObject =>
  group.kind === "team" && group.roles.length > 0 ? { roles: [...group.roles] } : {};

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
