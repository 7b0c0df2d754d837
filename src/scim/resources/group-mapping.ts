import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import type { Filter } from "../../domain/listing.js";
import type { Member, MembershipChange } from "../../domain/membership.js";
import type { Organization, OrganizationInput } from "../../domain/organization.js";
import type { PatchOperation } from "../dialects/patch-request.js";
import { invalidValue, mutability, noTarget } from "../errors.js";
import { equalityTerms } from "../filter/evaluate.js";
import { groupSchema } from "../schema/compile.js";
import { ORGANIZATION } from "../schema/definitions.js";
import { entityTag } from "../versions.js";
import type { Identity } from "../versions.js";
import { userLocation, groupLocation } from "../locations.js";

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

/** One element of `members`. */
export function toMemberElement({ accountId, display }: Member, baseUrl: string): JsonObject {
  return { value: accountId, $ref: userLocation(accountId, baseUrl), display, type: "User" };
}

/** The account ids in a value of `members`. @throws ScimError 400 `invalidValue` for a member without one */
export function memberIds(members: JsonValue | undefined): string[] {
  if (members === undefined) return [];
  return (Array.isArray(members) ? members : [members]).map((member) => {
    const id = isJsonObject(member) ? member.value : member;
    if (typeof id !== "string") throw invalidValue("Each of 'members' needs a 'value': the id of a User");
    return id;
  });
}

/** PATCH operations sorted out: those on members are changes of memberships, the others of the organization. */
export function splitOperations(operations: readonly PatchOperation[]): {
  attributes: PatchOperation[];
  members: MembershipChange[];
} {
  const isOnMembers = ({ path }: PatchOperation) => path.reference.attribute?.name === "members";
  return {
    attributes: operations.filter((operation) => !isOnMembers(operation)),
    members: operations.filter(isOnMembers).map(toMembershipChange),
  };
}

function toMembershipChange(operation: PatchOperation): MembershipChange {
  const { filter, reference, text } = operation.path;
  if (reference.subAttribute?.name === "type") throw mutability(`'${text}' cannot be changed`);
  if (operation.op === "remove") return removal(operation, filter);
  if (filter) return additionBy(filter, reference.subAttribute !== undefined);
  const accountIds = memberIds(operation.value);
  return { type: operation.op === "replace" && !reference.subAttribute ? "replace" : "add", accountIds };
}

function removal({ value }: PatchOperation, filter: Filter | undefined): MembershipChange {
  if (!filter)
    return value === undefined ? { type: "removeAll" } : { type: "remove", accountIds: memberIds(value) };
  const id = namedMember(filter);
  return id === undefined ? { type: "removeMatching", filter } : { type: "remove", accountIds: [id] };
}

/** `members[value eq "id"]` as the target of an addition: the member is the one that the filter names. */
function additionBy(filter: Filter, hasSubAttribute: boolean): MembershipChange {
  if (hasSubAttribute) throw mutability("A member cannot be changed, only added or removed");
  const id = namedMember(filter);
  if (id === undefined)
    throw noTarget(`Add members by their ids: {"op":"add","path":"members","value":[{"value":"<id>"}]}`);
  return { type: "add", accountIds: [id] };
}

function namedMember(filter: Filter): string | undefined {
  const terms = equalityTerms(filter);
  const id = terms?.value;
  return typeof id === "string" && Object.keys(terms ?? {}).length === 1 ? id : undefined;
}

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
