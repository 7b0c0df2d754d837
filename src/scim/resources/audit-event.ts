import type { AuditEvent } from "../../domain/audit/audit-event.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import {
  accessTokenLocation,
  auditEventLocation,
  groupLocation,
  userLocation,
} from "../answers/locations.js";
import type { Query } from "../requests/query.js";
import { AUDIT_EVENT, auditEventDefinition } from "../schema/audit-event.js";
import { auditEventSchema } from "../schema/compile.js";
import { entityTag } from "../answers/versions.js";
import { listRecords, recordAnswer } from "./records.js";
import type { RecordType } from "./records.js";
import { ReadOnlyResource } from "./resource.js";

const ENDPOINT = "/AuditEvents";

/** The audit log: read, and never written by clients. */
export class AuditEventResource extends ReadOnlyResource {
  static get endpoint(): string {
    return ENDPOINT;
  }

  static get definition() {
    return auditEventDefinition;
  }

  protected override async get(context: ScimContext, id: string, query: Query): Promise<ScimAnswer> {
    const event = await context.services.audit.get(context.principal, id);
    return recordAnswer(200, context, AUDIT_EVENTS, event, query);
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    return listRecords(context, AUDIT_EVENTS, query, (listing) =>
      context.services.audit.list(context.principal, listing),
    );
  }
}

const AUDIT_EVENTS: RecordType<AuditEvent> = {
  endpoint: ENDPOINT,
  schema: auditEventSchema,
  toResource: (event, baseUrl) => {
    const { id, createdAt, action, result, status, realm, tokenId, accountId, organizationId } = event;
    const { target, requestId, address, changes, ignored, detail, occurrences, lastAt } = event;
    return {
      schemas: [AUDIT_EVENT],
      id,
      timestamp: createdAt,
      ...(lastAt !== undefined && { lastTimestamp: lastAt }),
      ...(occurrences !== undefined && { count: occurrences }),
      action,
      result,
      ...(status !== undefined && { status }),
      realm,
      ...(tokenId !== undefined && {
        token: { value: tokenId, $ref: accessTokenLocation(tokenId, baseUrl) },
      }),
      ...(accountId !== undefined && { user: { value: accountId, $ref: userLocation(accountId, baseUrl) } }),
      ...(organizationId !== undefined && {
        organization: { value: organizationId, $ref: groupLocation(organizationId, baseUrl) },
      }),
      target: {
        type: target.type,
        ...(target.id !== undefined && { value: target.id, $ref: `${baseUrl}/${target.type}s/${target.id}` }),
        ...(target.display !== undefined && { display: target.display }),
      },
      ...(requestId !== undefined && { requestId }),
      ...(address !== undefined && { address }),
      ...(changes.length > 0 && { changes: [...changes] }),
      ...(ignored.length > 0 && { ignored: [...ignored] }),
      ...(detail !== undefined && { detail }),
      meta: {
        resourceType: "AuditEvent",
        created: createdAt,
        lastModified: lastAt ?? createdAt,
        location: auditEventLocation(id, baseUrl),
        version: entityTag(occurrences ?? 1),
      },
    };
  },
};
