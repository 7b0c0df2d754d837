import type { AccountWithOrganizations, OwnRecord } from "../../domain/users/account.js";
import type { Locations } from "../../domain/listing.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type {
  Joining,
  MembershipDetails,
  OrganizationRole,
  TeamReference,
} from "../../domain/memberships/membership-details.js";
import { MEMBERSHIP } from "../../domain/values/schemas.js";
import type { PatchOperation } from "../requests/patch-request.js";
import { invalidValue } from "../errors.js";
import { applyPatch } from "../patch/apply.js";
import { userSchema } from "./user-schema.js";

/** The membership extension of a User. */
export function toMembershipExtension(
  { isInvited, records = [] }: Pick<AccountWithOrganizations, "isInvited" | "records">,
  details: MembershipDetails | undefined,
  locations: Locations,
): JsonObject {
  const { organizationRoles = [], teams = [], memberships = [], lastActiveAt, setupMail } = details ?? {};
  const { hasSecondFactor } = details ?? {};
  return {
    ...(isInvited && { state: "invited" }),
    ...(organizationRoles.length > 0 && { organizationRoles: organizationRoles.map(toElement) }),
    ...(teams.length > 0 && { teams: toTeams(teams, locations) }),
    ...(memberships.length > 0 && { memberships: memberships.map((each) => toMembership(each, locations)) }),
    ...(records.length > 0 && { records: records.map((each) => toRecord(each, locations)) }),
    ...(lastActiveAt !== undefined && { lastActiveAt }),
    ...(hasSecondFactor !== undefined && { hasSecondFactor }),
    ...(setupMail && { setupMailStatus: setupMail.state, setupMailStatusAt: setupMail.at }),
  };
}

/** Teams as the membership extension has them. */
export const toTeams = (teams: readonly TeamReference[], locations: Locations): JsonObject[] =>
  teams.map(({ id, displayName, role }) => ({
    value: id,
    $ref: locations("Team", id),
    display: displayName,
    ...(role !== undefined && { role }),
  }));

const toRecord = (record: OwnRecord, locations: Locations): JsonObject => ({
  value: record.organizationId,
  $ref: locations("Group", record.organizationId),
  display: record.organizationName,
  userName: record.userName,
  ...(record.displayName !== undefined && { displayName: record.displayName }),
  active: record.active,
  ...(record.externalId !== undefined && { externalId: record.externalId }),
  ...(record.roles.length > 0 && { roles: [...record.roles] }),
  ...(record.teams.length > 0 && { teams: [...record.teams] }),
});

/** The resource types of what adds members. */
const ADDERS = { user: "User", token: "AccessToken", invitation: "Invitation" } as const;

function toMembership(
  { organizationId, organizationName, joinedAt, source, adder }: Joining,
  locations: Locations,
) {
  const { type, id, name } = adder;
  return {
    value: organizationId,
    $ref: locations("Group", organizationId),
    display: organizationName,
    joinedAt,
    source,
    addedByType: type,
    ...(id !== undefined && { addedBy: id }),
    ...(id !== undefined &&
      type !== "operator" &&
      type !== "provider" && { addedByRef: locations(ADDERS[type], id) }),
    ...(name !== undefined && { addedByDisplay: name }),
  };
}

const toElement = ({ role, organizationId, organizationName, type }: OrganizationRole): JsonObject => ({
  value: role,
  organization: organizationId,
  ...(organizationName !== undefined && { display: organizationName }),
  ...(type !== undefined && { type }),
});

/** A change of the roles in organizations, as `AccountChange` has it. */
export type RoleChange = (current: readonly OrganizationRole[]) => readonly OrganizationRole[];

/** The roles in a whole resource; undefined when it does not contain the attribute. */
export function rolesSent(resource: JsonObject): RoleChange | undefined {
  const extension = resource[MEMBERSHIP];
  if (!isJsonObject(extension) || extension.organizationRoles === undefined) return undefined;
  const roles = readRoles(extension.organizationRoles);
  return () => roles;
}

/** Whether a PATCH operation is on the membership extension. */
export const isOnMembership = ({ path }: PatchOperation) => path.reference.extension?.id === MEMBERSHIP;

/** Whether PATCH operations on the extension ask for a set-up e-mail; the last of them decides. */
export function setupRequested(operations: readonly PatchOperation[]): boolean {
  const last = operations.findLast(isOnSetup);
  return last?.op !== "remove" && last?.value === true;
}

const isOnSetup = ({ path }: PatchOperation) => path.reference.attribute?.name === "sendSetupEmail";

/** The roles that PATCH operations on the extension make of the current ones; undefined without any. */
export function rolesPatched(all: readonly PatchOperation[]): RoleChange | undefined {
  const operations = all.filter((each) => !isOnSetup(each));
  if (operations.length === 0) return undefined;
  return (current) => {
    // The user name is a placeholder for the rest of the User, which these operations do not change.
    const before = { userName: "-", [MEMBERSHIP]: { organizationRoles: current.map(toElement) } };
    const after = applyPatch(userSchema, before, operations)[MEMBERSHIP];
    return readRoles(isJsonObject(after) ? after.organizationRoles : undefined);
  };
}

/** How many roles in organizations one person can have. */
const MAX_ROLES = 1000;

const ROLE_TYPES = ["direct", "team"] as const;

function readRoles(value: JsonValue | undefined): OrganizationRole[] {
  const elements = Array.isArray(value) ? value : [];
  if (elements.length > MAX_ROLES) {
    throw invalidValue(
      `'organizationRoles' has ${elements.length} elements; at most ${MAX_ROLES} are allowed`,
    );
  }
  return elements.map((element) => {
    const { value: role, organization, type } = isJsonObject(element) ? element : {};
    if (typeof role !== "string" || typeof organization !== "string") {
      throw invalidValue(
        "Each element of 'organizationRoles' needs the role as 'value' and the id of a Group as 'organization'",
      );
    }
    const kind = ROLE_TYPES.find((known) => typeof type === "string" && type.toLowerCase() === known);
    return { role, organizationId: organization, type: kind };
  });
}
