import { AUDIT_ACTIONS } from "../../domain/audit/audit-event.js";
import type { AuditEvent, AuditTarget, RequestNotes } from "../../domain/audit/audit-event.js";
import type { Locations } from "../../domain/listing.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import type { DefinedAttribute } from "../schema/definition.js";
import { crud } from "./crud.js";
import type { ResourceType } from "./resource-type.js";

const NAME = "AuditEvent";
const AUDIT_EVENT = "urn:muster:params:scim:schemas:core:2.0:AuditEvent";

const exact = { caseExact: true };

/** A reference to another resource: always its id, its address, and perhaps its name. */
const reference = (
  name: string,
  referenceTypes: string[],
  description: string,
  more: DefinedAttribute[] = [],
) =>
  readOnly("complex", name, description, {}, [
    readOnly("string", "value", "The id.", exact),
    readOnly("reference", "$ref", "The address.", { referenceTypes }),
    ...more,
  ]);

const definitionOf = (targets: readonly string[]) =>
  ownDefinition("AuditEvent", AUDIT_EVENT, "Something that was done, or refused", [
    readOnly(
      "dateTime",
      "timestamp",
      "When it happened, for what was refused more than once the first time.",
    ),
    readOnly("dateTime", "lastTimestamp", "When it was refused the last time."),
    readOnly("integer", "count", "How often it was refused, all in one event."),
    readOnly("string", "action", "What was done.", {
      ...exact,
      canonicalValues: [...AUDIT_ACTIONS],
    }),
    readOnly("string", "result", "Whether it was done; a warning was done and should be looked at.", {
      ...exact,
      canonicalValues: ["success", "warning", "refused"],
    }),
    readOnly("integer", "status", "The HTTP status of the answer."),
    readOnly("string", "scimType", "The kind of error that was answered.", exact),
    readOnly("integer", "duration", "How long it took until the event was made, in milliseconds."),
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
    reference("target", [...targets], "What it was done to.", [
      readOnly("string", "display", "What the target was called at that time."),
      readOnly("string", "type", "The target's resource type.", exact),
    ]),
    // For filters alone: one event can have a thousand.
    readOnly(
      "complex",
      "affectedUsers",
      "For filters alone.",
      { multiValued: true, returned: "never", shadow: true },
      [
        readOnly("string", "value", "The id of a person that it happened to.", exact),
        readOnly("string", "type", "How it happened to the person.", {
          ...exact,
          canonicalValues: ["target", "added", "removed", "roles"],
        }),
      ],
    ),
    readOnly("string", "requestId", "The request, as its answer's X-Request-Id names it.", exact),
    readOnly("complex", "request", "The request, or the operation of a Bulk, that it came of.", {}, [
      readOnly("string", "method", "The HTTP method.", exact),
      readOnly("string", "path", "The path, without the query.", exact),
    ]),
    readOnly("string", "asked", "What the request wanted to have done, without values.", {
      ...exact,
      multiValued: true,
    }),
    readOnly("string", "understood", "Where the request was not taken as it was sent.", {
      ...exact,
      multiValued: true,
    }),
    readOnly("string", "address", "The network address of the client.", exact),
    readOnly("string", "changes", "The attributes that were changed.", { ...exact, multiValued: true }),
    readOnly("string", "ignored", "The attributes that the caller may not change, left as they were.", {
      ...exact,
      multiValued: true,
    }),
    readOnly("string", "detail", "Details of the event, as text for people."),
  ]);

/**
 * The audit log: read, and never written by clients.
 *
 * @param types the other resource types, whose resources it tells of
 */
export function auditEvents(types: readonly ResourceType[]): ResourceType {
  const targets = [...types.map(({ name }) => name), NAME];
  return crud<AuditEvent>({
    definition: definitionOf(targets),
    endpoint: "/AuditEvents",
    toAttributes: (event, locations) => toAttributes(event, locations, new Set(targets)),
    // Only the number of occurrences changes.
    toMeta: ({ occurrences, createdAt, lastAt }) => ({
      version: occurrences ?? 1,
      created: createdAt,
      lastModified: lastAt ?? createdAt,
    }),
    get: ({ services, principal }, id) => services.audit.get(principal, id),
    list: ({ services, principal }, listing) => services.audit.list(principal, listing),
    isExported: true,
    mayFollow: ({ services, principal }) => services.audit.mayStillRead(principal),
  });
}

function toAttributes(event: AuditEvent, locations: Locations, targets: ReadonlySet<string>): JsonObject {
  const { createdAt, action, result, status, realm, tokenId, accountId, organizationId } = event;
  const { target, requestId, address, changes, ignored, detail, occurrences, lastAt } = event;
  const { scimType, duration, request } = event;
  return {
    timestamp: createdAt,
    ...(lastAt !== undefined && { lastTimestamp: lastAt }),
    ...(occurrences !== undefined && { count: occurrences }),
    action,
    result,
    ...(status !== undefined && { status }),
    ...(scimType !== undefined && { scimType }),
    ...(duration !== undefined && { duration }),
    realm,
    ...(tokenId !== undefined && {
      token: { value: tokenId, $ref: locations("AccessToken", tokenId) },
    }),
    ...(accountId !== undefined && { user: { value: accountId, $ref: locations("User", accountId) } }),
    ...(organizationId !== undefined && {
      organization: { value: organizationId, $ref: locations("Group", organizationId) },
    }),
    target: toTarget(target, locations, targets),
    ...(requestId !== undefined && { requestId }),
    ...(address !== undefined && { address }),
    ...(request && toNotes(request)),
    ...(changes.length > 0 && { changes: [...changes] }),
    ...(ignored.length > 0 && { ignored: [...ignored] }),
    ...(detail !== undefined && { detail }),
  };
}

const toNotes = ({ method, path, asked, understood }: RequestNotes): JsonObject => ({
  request: { method, path },
  ...(asked.length > 0 && { asked: [...asked] }),
  ...(understood.length > 0 && { understood: [...understood] }),
});

/** A target that is not a resource, such as a whole Bulk request, has no address. */
const toTarget = (
  { type, id, display }: AuditTarget,
  locations: Locations,
  targets: ReadonlySet<string>,
): JsonObject => ({
  type,
  ...(id !== undefined && {
    value: id,
    ...(targets.has(type) && { $ref: locations(type, id) }),
  }),
  ...(display !== undefined && { display }),
});
