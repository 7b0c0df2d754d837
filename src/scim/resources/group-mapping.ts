import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Organization, OrganizationInput } from "../../domain/organizations/organization.js";
import type { ScimContext } from "../context.js";
import type { Projection } from "../answers/projection.js";
import { MEMBERS_AT_A_TIME, renderWithMembers } from "./member-rendering.js";
import { groupSchema } from "../schema/compile.js";
import { ORGANIZATION } from "../schema/definitions.js";
import { entityTag } from "../answers/versions.js";
import type { Identity } from "../answers/versions.js";
import { groupLocation } from "../answers/locations.js";

/** From a Group in canonical form to an organization. */
export function toOrganizationInput(resource: JsonObject): OrganizationInput {
  const extension = resource[ORGANIZATION];
  return {
    displayName: optionalText(resource.displayName) ?? "",
    externalId: optionalText(resource.externalId),
    description: isJsonObject(extension) ? optionalText(extension.description) : undefined,
  };
}

/** From an organization to what PATCH can change of it, apart from its members. */
export function toGroupResource({ displayName, externalId, description }: Organization): JsonObject {
  return {
    displayName,
    ...(externalId !== undefined && { externalId }),
    ...(description !== undefined && { [ORGANIZATION]: { description } }),
  };
}

/** A Group as the header of an answer names it. */
export const groupIdentity = ({ id, version }: Organization, baseUrl: string): Identity => ({
  tag: entityTag(version),
  location: groupLocation(id, baseUrl),
});

/** The Group without its members. */
export function toGroup(organization: Organization, baseUrl: string): JsonObject {
  const { id, displayName, externalId, description, memberCount } = organization;
  const { tag, location } = groupIdentity(organization, baseUrl);
  return {
    schemas: [groupSchema.core.id, ORGANIZATION],
    id,
    ...(externalId !== undefined && { externalId }),
    displayName,
    [ORGANIZATION]: { ...(description !== undefined && { description }), memberCount },
    meta: {
      resourceType: "Group",
      created: organization.createdAt,
      lastModified: organization.updatedAt,
      location,
      version: tag,
    },
  };
}

/** The Group with its members, as JSON in pieces. */
export function renderGroup(
  { principal, services, baseUrl }: ScimContext,
  organization: Organization,
  projection: Projection,
): AsyncGenerator<string, void, undefined> {
  const { id, memberCount } = organization;
  const read = (after: string | undefined) =>
    services.organizations.members(principal, id, after, MEMBERS_AT_A_TIME);
  const resource = toGroup(organization, baseUrl);
  return renderWithMembers(resource, memberCount === 0 ? undefined : read, baseUrl, projection);
}

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
