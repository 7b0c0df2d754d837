import type { Account, AccountInput, AccountWithOrganizations } from "../../domain/account.js";
import { JsonDocument } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import { userSchema } from "../schema/compile.js";
import { foldStrings } from "../schema/fold.js";
import { entityTag } from "../versions.js";
import { groupLocation, userLocation } from "../locations.js";

/** What a client says of a User, taken apart: the account, and the password that goes with it. */
export interface IncomingUser {
  readonly input: AccountInput;
  readonly password: string | undefined;
}

/**
 * From a User in canonical form to an account.
 *
 * @param resource as `readResource` or `applyPatch` gives it
 * @param activeByDefault what `active` is when the client does not say
 */
export function toIncomingUser(resource: JsonObject, activeByDefault: boolean): IncomingUser {
  const { userName, externalId, displayName, active, password, ...others } = resource;
  const profile = { schemas: schemasOf(others), ...others };
  return {
    input: {
      userName: requiredText(userName),
      externalId: optionalText(externalId),
      displayName: optionalText(displayName),
      active: typeof active === "boolean" ? active : activeByDefault,
      profile: JsonDocument.ofValue(profile),
      search: JsonDocument.ofValue(foldStrings(userSchema, profile)),
    },
    password: optionalText(password),
  };
}

/** From an account to what a client can change of it, in canonical form: what PATCH works on. */
export function toUserResource(account: Account): JsonObject {
  const resource: JsonObject = { ...coreAttributes(account), ...account.profile.value };
  delete resource.schemas;
  return resource;
}

/** The whole User as JSON text, put together around the stored profile without parsing it. */
export function renderUser(account: AccountWithOrganizations, baseUrl: string): string {
  const rest = JSON.stringify({ id: account.id, ...coreAttributes(account), ...computed(account, baseUrl) });
  return `${account.profile.text.slice(0, -1)},${rest.slice(1)}`;
}

/** The whole User as a value. */
export function toUser(account: AccountWithOrganizations, baseUrl: string): JsonObject {
  return {
    ...account.profile.value,
    id: account.id,
    ...coreAttributes(account),
    ...computed(account, baseUrl),
  };
}

function coreAttributes({ userName, externalId, displayName, active }: Account): JsonObject {
  return {
    ...(externalId !== undefined && { externalId }),
    userName,
    ...(displayName !== undefined && { displayName }),
    active,
  };
}

function computed(account: AccountWithOrganizations, baseUrl: string): JsonObject {
  const groups = account.organizations.map(({ id, displayName }) => ({
    value: id,
    $ref: groupLocation(id, baseUrl),
    display: displayName,
    type: "direct",
  }));
  return {
    ...(groups.length > 0 && { groups }),
    meta: {
      resourceType: "User",
      created: account.createdAt,
      lastModified: account.updatedAt,
      location: userLocation(account.id, baseUrl),
      version: entityTag(account.version),
    },
  };
}

function schemasOf(resource: JsonObject): string[] {
  const extensions = [...userSchema.extensions.values()].map(({ id }) => id).filter((id) => id in resource);
  return [userSchema.core.id, ...extensions];
}

/** Whoever reads a resource has seen to it that required attributes are there. */
const requiredText = (value: JsonValue | undefined) => optionalText(value) ?? "";

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
