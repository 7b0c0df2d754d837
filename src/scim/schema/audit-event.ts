import SCIMMY from "scimmy";
import { ownDefinition, readOnly } from "./definition.js";

export const AUDIT_EVENT = "urn:muster:params:scim:schemas:core:2.0:AuditEvent";

const exact = { caseExact: true };

/** A reference to another resource: always its id, its address, and perhaps its name. */
const reference = (name: string, referenceTypes: string[], description: string, more: Attribute[] = []) =>
  readOnly("complex", name, description, {}, [
    readOnly("string", "value", "The id.", exact),
    readOnly("reference", "$ref", "The address.", { referenceTypes }),
    ...more,
  ]);

type Attribute = InstanceType<typeof SCIMMY.Types.Attribute>;

/** Who did what to what, when, from where, and with what result. */
export const auditEventDefinition = ownDefinition(
  "AuditEvent",
  AUDIT_EVENT,
  "Something that was done, or refused",
  [
    readOnly(
      "dateTime",
      "timestamp",
      "When it happened, for what was refused more than once the first time.",
    ),
    readOnly("dateTime", "lastTimestamp", "When it was refused the last time."),
    readOnly("integer", "count", "How often it was refused, all in one event."),
    readOnly("string", "action", "What was done.", {
      ...exact,
      canonicalValues: ["create", "replace", "change", "delete", "read", "search", "authenticate"],
    }),
    readOnly("string", "result", "Whether it was done; a warning was done and should be looked at.", {
      ...exact,
      canonicalValues: ["success", "warning", "refused"],
    }),
    readOnly("integer", "status", "The HTTP status of what was refused."),
    readOnly("string", "realm", "Where the access token acts that it was done with.", {
      ...exact,
      canonicalValues: ["provider", "organization"],
    }),
    reference("token", ["AccessToken"], "The access token that it was done with."),
    reference("user", ["User"], "The person that the token belongs to."),
    reference(
      "organization",
      ["Group"],
      "The organization whose realm it happened in, or that it happened to.",
    ),
    reference("target", ["User", "Group", "AccessToken", "Invitation"], "What it was done to.", [
      readOnly("string", "display", "What the target was called at that time.", exact),
      readOnly("string", "type", "The target's resource type.", exact),
    ]),
    readOnly("string", "requestId", "The request, as its answer's X-Request-Id names it.", exact),
    readOnly("string", "address", "The network address of the client.", exact),
    readOnly("string", "changes", "The attributes that were changed.", { ...exact, multiValued: true }),
    readOnly("string", "ignored", "The attributes that the caller may not change, left as they were.", {
      ...exact,
      multiValued: true,
    }),
    readOnly("string", "detail", "More of it, for people.", exact),
  ],
);
