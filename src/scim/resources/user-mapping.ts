import { hash } from "node:crypto";
import type { Account, AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { shownRoles } from "../../domain/access/roles.js";
import { isJsonObject, JsonDocument } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Projection } from "../answers/projection.js";
import { toMembershipExtension, toTeams } from "./membership-mapping.js";
import { NO_DETAILS } from "../../domain/memberships/membership-details.js";
import type { MembershipDetails, TeamReference } from "../../domain/memberships/membership-details.js";
import { foldStrings } from "../schema/fold.js";
import type { Locations } from "../../domain/listing.js";
import { MEMBERSHIP } from "../../domain/values/schemas.js";
import type { Meta } from "./declaration.js";
import { userSchema } from "./user-schema.js";

/** The parts of a User that a client sent: the account, and how the person gets a password. */
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
 */
export function toIncomingUser(resource: JsonObject): IncomingUser {
  const { userName, externalId, displayName, active, roles, password, ...others } = resource;
  const membership = resource[MEMBERSHIP];
  // Memberships are not part of the profile.
  Reflect.deleteProperty(others, MEMBERSHIP);
  const profile = { schemas: schemasOf(others), ...others };
  return {
    input: {
      userName: requiredText(userName),
      externalId: optionalText(externalId),
      displayName: optionalText(displayName),
      active: typeof active === "boolean" ? active : undefined,
      roles: Array.isArray(roles) ? roles.filter(isJsonObject) : [],
      profile: JsonDocument.ofValue(profile),
      // Folded only when needed: a refused request does not need it.
      search: JsonDocument.ofMade(() => foldStrings(userSchema, profile)),
    },
    password: optionalText(password),
    setupEmail: isJsonObject(membership) && membership.sendSetupEmail === true ? "unlessSent" : undefined,
  };
}

/** The attributes of an account that a client can write, in canonical form; PATCH works on these. */
export function toUserResource(account: Account): JsonObject {
  const resource: JsonObject = { ...coreAttributes(account), ...account.profile.value };
  delete resource.schemas;
  return resource;
}

/** Whether a User is to be rendered with its roles in organizations and its teams. */
export const wantsMemberships = (projection: Projection) => projection.asksFor(MEMBERSHIP);

/** A User as JSON text; a whole one is put together around the stored profile without parsing it. */
export function renderUser(
  account: AccountWithOrganizations,
  meta: JsonObject,
  locations: Locations,
  projection: Projection,
  memberships?: ReadonlyMap<string, MembershipDetails>,
): string {
  const groups = account.organizations.map(({ id, displayName }) => ({
    value: id,
    $ref: locations("Group", id),
    display: displayName,
    type: "direct",
  }));
  const rest = {
    id: account.id,
    ...coreAttributes(account),
    ...(groups.length > 0 && { groups }),
    meta,
  };
  const { isInvited, records = [] } = account;
  const isExtended = isInvited || records.length > 0;
  if (memberships || isExtended) {
    const details = memberships && (memberships.get(account.id) ?? NO_DETAILS);
    const extension = toMembershipExtension(account, details, locations);
    const { schemas } = account.profile.value;
    const all = Array.isArray(schemas) && isExtended ? { schemas: [...schemas, MEMBERSHIP] } : {};
    const whole = { ...account.profile.value, ...all, ...rest, [MEMBERSHIP]: extension };
    return JSON.stringify(projection.apply(whole));
  }
  return projection.isDefault
    ? `${account.profile.text.slice(0, -1)},${JSON.stringify(rest).slice(1)}`
    : JSON.stringify(projection.apply({ ...account.profile.value, ...rest }));
}

/** Who a User is, as JSON text, for callers who see no more than that and their own `teams`. */
export function renderName(
  { id, userName, displayName }: Account,
  locations: Locations,
  projection: Projection,
  teams: readonly TeamReference[],
): string {
  return JSON.stringify(
    projection.apply({
      schemas: [userSchema.core.id, ...(teams.length > 0 ? [MEMBERSHIP] : [])],
      ...{ id, userName },
      ...(displayName !== undefined && { displayName }),
      ...(teams.length > 0 && { [MEMBERSHIP]: { teams: toTeams(teams, locations) } }),
    }),
  );
}

function coreAttributes(account: Account): JsonObject {
  const { userName, externalId, displayName, active, teamRoles } = account;
  const roles = teamRoles ? shownRoles({ ...account, teamRoles }) : account.roles;
  return {
    ...(externalId !== undefined && { externalId }),
    userName,
    ...(displayName !== undefined && { displayName }),
    ...(active !== undefined && { active }),
    ...(roles.length > 0 && { roles: [...roles] }),
  };
}

/** The version of a User is not that of the account alone: groups come and go, and are renamed, without a change of it. */
export function metaOfUser(account: AccountWithOrganizations): Meta {
  const { version, createdAt, updatedAt } = account;
  return { version, digest: digestOf(account), created: createdAt, lastModified: updatedAt };
}

function digestOf({ organizations, records }: AccountWithOrganizations): string | undefined {
  if (organizations.length === 0) return undefined;
  const text = JSON.stringify(records ? [organizations, records] : organizations);
  return hash("sha256", text, "hex").slice(0, 12);
}

function schemasOf(resource: JsonObject): string[] {
  const extensions = [...userSchema.extensions.values()].map(({ id }) => id).filter((id) => id in resource);
  return [userSchema.core.id, ...extensions];
}

/** Reading a resource has checked that required attributes exist. */
const requiredText = (value: JsonValue | undefined) => optionalText(value) ?? "";

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);
