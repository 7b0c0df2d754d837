import type { Invitation, InvitationInput, NamedId } from "../../domain/invitations/invitation.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { invalidValue } from "../errors.js";
import { groupLocation, invitationLocation, teamLocation, userLocation } from "../answers/locations.js";
import { invitationSchema } from "../schema/compile.js";
import { INVITATION } from "../schema/invitation.js";
import { entityTag } from "../answers/versions.js";
import type { RecordType } from "./records.js";

export const INVITATIONS: RecordType<Invitation> = {
  endpoint: "/Invitations",
  schema: invitationSchema,
  toResource: (invitation, baseUrl) => {
    const { id, version, createdAt, updatedAt, status, acceptedBy, declinedEmails, link } = invitation;
    return {
      schemas: [INVITATION],
      id,
      ...toInvitationResource(invitation, baseUrl),
      status,
      ...(link !== undefined && { link }),
      ...(acceptedBy.length > 0 && {
        acceptedBy: acceptedBy.map((each) => reference(each, userLocation(each.id, baseUrl))),
      }),
      ...(declinedEmails.length > 0 && { declinedBy: declinedEmails.map(asValue) }),
      meta: {
        resourceType: "Invitation",
        created: createdAt,
        lastModified: updatedAt,
        location: invitationLocation(id, baseUrl),
        version: entityTag(version),
      },
    };
  },
};

const reference = ({ id, display }: NamedId, $ref: string): JsonObject => ({ value: id, $ref, display });

const asValue = (value: string): JsonObject => ({ value });

/** From an invitation to what a client can say of it. */
export function toInvitationResource(invitation: Invitation, baseUrl: string): JsonObject {
  const { organizationId, organizationName, emails, roles, teams, enabled } = invitation;
  const { name, description, givenName, familyName, expiresAt, quota } = invitation;
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    organization: reference(
      { id: organizationId, display: organizationName },
      groupLocation(organizationId, baseUrl),
    ),
    ...(emails.length > 0 && { emails: emails.map(asValue) }),
    ...(givenName !== undefined && { givenName }),
    ...(familyName !== undefined && { familyName }),
    ...(roles.length > 0 && { roles: roles.map(asValue) }),
    ...(teams.length > 0 && { teams: teams.map((each) => reference(each, teamLocation(each.id, baseUrl))) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(quota !== undefined && { quota }),
    enabled,
  };
}

/**
 * From a resource in canonical form to what the invitation shall be.
 *
 * @throws ScimError 400 `invalidValue` for an element without a value
 */
export function toInvitationInput(resource: JsonObject): InvitationInput {
  const { name, description, givenName, familyName, emails, roles, teams } = resource;
  const { expiresAt, quota, enabled } = resource;
  return {
    name: optionalText(name),
    description: optionalText(description),
    emails: valuesOf("emails", emails),
    givenName: optionalText(givenName),
    familyName: optionalText(familyName),
    roles: valuesOf("roles", roles),
    teamIds: valuesOf("teams", teams),
    expiresAt: typeof expiresAt === "string" ? new Date(expiresAt).toISOString() : undefined,
    quota: typeof quota === "number" ? quota : undefined,
    enabled: enabled !== false,
  };
}

/** The organization that an Invitation in canonical form says it is for. */
export const invitingOrganization = ({ organization }: JsonObject) =>
  isJsonObject(organization) ? optionalText(organization.value) : undefined;

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);

const valuesOf = (name: string, list: JsonValue | undefined): string[] =>
  (Array.isArray(list) ? list : []).map((each) => {
    const value = isJsonObject(each) ? each.value : undefined;
    if (typeof value !== "string" || value.trim() === "") {
      throw invalidValue(`Each of '${name}' needs a 'value'`);
    }
    return value;
  });
