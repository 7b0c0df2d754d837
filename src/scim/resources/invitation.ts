import SCIMMY from "scimmy";
import { INVITATION_STATUSES } from "../../domain/invitations/invitation.js";
import type { Invitation, InvitationInput, NamedId } from "../../domain/invitations/invitation.js";
import { MAIL_STATES } from "../../domain/mail/mail.js";
import type { MailState } from "../../domain/mail/mail.js";
import type { AskedRequest } from "../../domain/audit/asked-request.js";
import type { Locations } from "../../domain/listing.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { invalidValue } from "../errors.js";
import { applyPatch } from "../patch/apply.js";
import { hasElements, takesAway } from "../requests/emptied.js";
import { readPatchRequest } from "../requests/patch-request.js";
import { readResource } from "../requests/resource.js";
import { compileSchema } from "../schema/compile.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";
import { versioned } from "./declaration.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };
const immutable = { mutable: "immutable" };

const definition = ownDefinition("Invitation", INVITATION, "An offer to join an organization", [
  new Attribute("string", "name", { description: "The name of the invitation, for administrators." }),
  new Attribute("string", "description", {
    description: "What the invitation is for, in a sentence or two.",
  }),
  new Attribute(
    "complex",
    "organization",
    {
      ...immutable,
      description: "The organization to join; by default the one whose realm the invitation is made in.",
    },
    [
      new Attribute("string", "value", { ...immutable, ...exact, description: "The id." }),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["Group"] }),
      readOnly("string", "display", "The name."),
    ],
  ),
  new Attribute(
    "complex",
    "emails",
    {
      multiValued: true,
      description: "The addresses of the people it is for; without any, it is for everyone who has the link.",
    },
    [
      new Attribute("string", "value", {
        required: true,
        description: "An e-mail address, or '*@' with a domain for all addresses of it.",
      }),
      readOnly("string", "mailStatus", "What became of the last mail to the address.", {
        ...{ ...exact, canonicalValues: [...MAIL_STATES], returned: "request" },
      }),
      readOnly("dateTime", "mailStatusAt", "Since when.", { returned: "request" }),
    ],
  ),
  new Attribute("string", "givenName", {
    description: "The first name of the invited person, if there is only one.",
  }),
  new Attribute("string", "familyName", {
    description: "The last name of the invited person, if there is only one.",
  }),
  new Attribute(
    "complex",
    "roles",
    { multiValued: true, description: "The roles in the organization that a person who accepts gets." },
    [new Attribute("string", "value", { required: true, description: "The role." })],
  ),
  new Attribute(
    "complex",
    "teams",
    { multiValued: true, description: "The teams that a person who accepts joins." },
    [
      new Attribute("string", "value", { ...exact, required: true, description: "The id of a Team." }),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["Team"] }),
      readOnly("string", "display", "The name."),
    ],
  ),
  new Attribute("dateTime", "expiresAt", { description: "When the invitation expires; without it, never." }),
  new Attribute("integer", "quota", { description: "How many people can accept; without it, any number." }),
  new Attribute("boolean", "enabled", {
    description: "Whether the invitation can be accepted; by default true.",
  }),
  readOnly("string", "status", "How it stands.", { ...exact, canonicalValues: [...INVITATION_STATUSES] }),
  readOnly("reference", "link", "The link to accept it, for administrators who may pass it on.", {
    referenceTypes: ["external"],
  }),
  readOnly("complex", "acceptedBy", "Who has accepted.", { multiValued: true }, [
    readOnly("string", "value", "The id.", exact),
    readOnly("reference", "$ref", "The address.", { referenceTypes: ["User"] }),
    readOnly("string", "display", "The name."),
  ]),
  readOnly("complex", "declinedBy", "Which of the addresses have declined.", { multiValued: true }, [
    readOnly("string", "value", "The e-mail address."),
  ]),
]);

const schema = compileSchema(definition);

/** Invitations to join an organization. */
export const invitations = crud<Invitation>({
  definition,
  endpoint: "/Invitations",
  isExported: true,
  toWritable,
  toAttributes,
  toMeta: versioned,
  read,
  readPatch,
  get: ({ services, principal }, id) => services.invitations.get(principal, id),
  list: ({ services, principal }, listing) => services.invitations.list(principal, listing),
  create: ({ services, principal }, resource) =>
    services.invitations.create(principal, organizationOf(resource), toInput(resource)),
  change: ({ services, principal }, id, { next, expected }) =>
    services.invitations.change(principal, id, (current) => toInput(next(current)), expected),
  remove: ({ services, principal }, id, expected) => services.invitations.delete(principal, id, expected),
  actions: {
    /** Sends it again. */
    resend: ({ services, principal }, id) => services.invitations.resend(principal, id),
  },
});

/** @throws ScimError 400 `invalidValue`: an address that is left empty by mistake must not make an open link */
function read(body: unknown, asked?: AskedRequest): JsonObject {
  const resource = readResource(schema, body, asked);
  if (resource.emails === undefined && hasElements(body, "emails")) throw addressMissing();
  return resource;
}

function readPatch(body: unknown, asked?: AskedRequest): (current: JsonObject) => JsonObject {
  const operations = readPatchRequest(schema, body, asked);
  const mayBeOpen = takesAway(body);
  return (current) => {
    const next = applyPatch(schema, current, operations, asked?.understood);
    if (current.emails !== undefined && next.emails === undefined && !mayBeOpen) throw addressMissing();
    return next;
  };
}

const addressMissing = () => invalidValue("Each element of 'emails' needs a 'value'");

function toAttributes(invitation: Invitation, locations: Locations): JsonObject {
  const { status, emails, mails, acceptedBy, declinedEmails, link } = invitation;
  return {
    ...toWritable(invitation, locations),
    ...(emails.length > 0 && { emails: emails.map((value) => ({ value, ...statusOf(mails.get(value)) })) }),
    status,
    ...(link !== undefined && { link }),
    ...(acceptedBy.length > 0 && {
      acceptedBy: acceptedBy.map((each) => reference(each, locations("User", each.id))),
    }),
    ...(declinedEmails.length > 0 && { declinedBy: declinedEmails.map(asValue) }),
  };
}

const statusOf = (mail: MailState | undefined) => mail && { mailStatus: mail.state, mailStatusAt: mail.at };

const reference = ({ id, display }: NamedId, $ref: string): JsonObject => ({ value: id, $ref, display });

const asValue = (value: string): JsonObject => ({ value });

/** The attributes of an invitation that a client can write. */
function toWritable(invitation: Invitation, locations: Locations): JsonObject {
  const { organizationId, organizationName, emails, roles, teams, enabled } = invitation;
  const { name, description, givenName, familyName, expiresAt, quota } = invitation;
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    organization: reference(
      { id: organizationId, display: organizationName },
      locations("Group", organizationId),
    ),
    ...(emails.length > 0 && { emails: emails.map(asValue) }),
    ...(givenName !== undefined && { givenName }),
    ...(familyName !== undefined && { familyName }),
    ...(roles.length > 0 && { roles: roles.map(asValue) }),
    ...(teams.length > 0 && { teams: teams.map((each) => reference(each, locations("Team", each.id))) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(quota !== undefined && { quota }),
    enabled,
  };
}

/**
 * The input for an invitation from a resource in canonical form.
 *
 * @throws ScimError 400 `invalidValue` for an element without a value
 */
function toInput(resource: JsonObject): InvitationInput {
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

/** The id of the organization in an Invitation in canonical form. */
const organizationOf = ({ organization }: JsonObject) =>
  isJsonObject(organization) ? optionalText(organization.value) : undefined;

const optionalText = (value: JsonValue | undefined) => (typeof value === "string" ? value : undefined);

const valuesOf = (name: string, list: JsonValue | undefined): string[] =>
  (Array.isArray(list) ? list : []).map((each) => {
    const value = isJsonObject(each) ? each.value : undefined;
    if (typeof value !== "string" || value.trim() === "") {
      throw invalidValue(`Each element of '${name}' needs a 'value'`);
    }
    return value;
  });
