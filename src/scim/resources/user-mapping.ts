import { createHash } from "node:crypto";
import type { Account, AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { isJsonObject, JsonDocument } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Projection } from "../answers/projection.js";
import { MEMBERSHIP } from "../schema/definitions.js";
import { toMembershipExtension } from "./membership-mapping.js";
import type { MembershipDetails } from "../../domain/memberships/membership-details.js";
import { userSchema } from "../schema/compile.js";
import { foldStrings } from "../schema/fold.js";
import { entityTag } from "../answers/versions.js";
import type { Identity } from "../answers/versions.js";
import { groupLocation, userLocation } from "../answers/locations.js";

/** What a client says of a User, taken apart: the account, and the password that goes with it. */
export interface IncomingUser {
  readonly input: AccountInput;
  readonly password: string | undefined;
  /** Whether the person is to choose one by a link in a mail. */
  readonly setupEmail: "unlessSent" | undefined;
}

/**
 * From a User in canonical form to an account.
 *
 * @param resource as `readResource` or `applyPatch` gives it
 * @param activeByDefault what `active` is when the resource does not say
 */
export function toIncomingUser(resource: JsonObject, activeByDefault: boolean | undefined): IncomingUser {
  const { userName, externalId, displayName, active, roles, password, ...others } = resource;
  const membership = resource[MEMBERSHIP];
  // What somebody is in organizations is not part of the profile.
  Reflect.deleteProperty(others, MEMBERSHIP);
  const profile = { schemas: schemasOf(others), ...others };
  return {
    input: {
      userName: requiredText(userName),
      externalId: optionalText(externalId),
      displayName: optionalText(displayName),
      active: typeof active === "boolean" ? active : activeByDefault,
      roles: Array.isArray(roles) ? roles.filter(isJsonObject) : [],
      profile: JsonDocument.ofValue(profile),
      // What is refused is not worth folding.
      search: JsonDocument.ofMade(() => foldStrings(userSchema, profile)),
    },
    password: optionalText(password),
    setupEmail: isJsonObject(membership) && membership.sendSetupEmail === true ? "unlessSent" : undefined,
  };
}

/** From an account to what a client can change of it, in canonical form: what PATCH works on. */
export function toUserResource(account: Account): JsonObject {
  const resource: JsonObject = { ...coreAttributes(account), ...account.profile.value };
  delete resource.schemas;
  return resource;
}

/** Whether a User is wanted with what it is in organizations and teams. */
export const wantsMemberships = (projection: Projection) => projection.asksFor(MEMBERSHIP);

/** A User as JSON text; a whole one is put together around the stored profile without parsing it. */
export function renderUser(
  account: AccountWithOrganizations,
  baseUrl: string,
  projection: Projection,
  memberships?: ReadonlyMap<string, MembershipDetails>,
): string {
  const rest = { id: account.id, ...coreAttributes(account), ...computed(account, baseUrl) };
  if (memberships || account.isInvited) {
    const extension = toMembershipExtension(account, memberships?.get(account.id), baseUrl);
    const { schemas } = account.profile.value;
    const all = Array.isArray(schemas) && account.isInvited ? { schemas: [...schemas, MEMBERSHIP] } : {};
    const whole = { ...account.profile.value, ...all, ...rest, [MEMBERSHIP]: extension };
    return JSON.stringify(projection.apply(whole));
  }
  return projection.isDefault
    ? `${account.profile.text.slice(0, -1)},${JSON.stringify(rest).slice(1)}`
    : JSON.stringify(projection.apply({ ...account.profile.value, ...rest }));
}

function coreAttributes({ userName, externalId, displayName, active, roles }: Account): JsonObject {
  return {
    ...(externalId !== undefined && { externalId }),
    userName,
    ...(displayName !== undefined && { displayName }),
    ...(active !== undefined && { active }),
    ...(roles.length > 0 && { roles: [...roles] }),
  };
}

/**
 * A User as the header of an answer names it. Its version is not that of the account alone: groups come and go,
 * and are renamed, without a change of the account.
 */
export function userIdentity(account: AccountWithOrganizations, baseUrl: string): Identity {
  const { id, version, organizations } = account;
  return { tag: entityTag(version, digestOf(organizations)), location: userLocation(id, baseUrl) };
}

function digestOf(organizations: AccountWithOrganizations["organizations"]): string | undefined {
  if (organizations.length === 0) return undefined;
  return createHash("sha256").update(JSON.stringify(organizations)).digest("hex").slice(0, 12);
}

function computed(account: AccountWithOrganizations, baseUrl: string): JsonObject {
  const { tag, location } = userIdentity(account, baseUrl);
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
      location,
      version: tag,
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
