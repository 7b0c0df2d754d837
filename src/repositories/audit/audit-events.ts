import type { Binding, Session } from "../../db/session.js";
import type { Dialect } from "../../db/dialect.js";
import type { AuditAction, AuditEvent, RequestNotes } from "../../domain/audit/audit-event.js";
import type { Criteria, Listing, Locations, Page } from "../../domain/listing.js";
import type { Realm } from "../../domain/access/principal.js";
import { foldCase } from "../../domain/values/text.js";
import { ListingCompiler } from "../listing/compile.js";
import { constant, text as textOf } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import { readPage } from "../listing/page.js";
import type { Source } from "../listing/source.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

interface AuditEventRow {
  id: string;
  created_at: string;
  action: AuditAction;
  result: AuditEvent["result"];
  status: number | null;
  scim_type: string | null;
  duration: number | null;
  by_provider: boolean | number;
  token_id: string | null;
  account_id: string | null;
  organization_id: string | null;
  target_type: string;
  target_id: string | null;
  target_display: string | null;
  request_id: string | null;
  address: string | null;
  request: string | RequestNotes | null;
  attributes: string | { changes: string[]; ignored: string[] };
  detail: string | null;
  occurrences: number | null;
  last_at: string | null;
}

const COLUMNS = [
  "id",
  "created_at",
  "action",
  "result",
  "status",
  "by_provider",
  "token_id",
  "account_id",
  "organization_id",
  "target_type",
  "target_id",
  "target_display",
  "request_id",
  "address",
  "request",
  "scim_type",
  "duration",
  "attributes",
  "detail",
  "occurrences",
  "last_at",
];

/** Those, and the texts that compare without case as they are compared. */
const SEEN = [...COLUMNS, "target_display_key", "detail_key"];

/** Those, and whom an event happened to: the database makes rows of that, by which it is found. */
const STORED = [...SEEN, "people"];

/** The columns about the actor and its request, which organizations do not see when the provider acted. */
const ACTOR_COLUMNS = [
  "token_id",
  "account_id",
  "request_id",
  "address",
  "request",
  "scim_type",
  "duration",
  "status",
];

/** The events that a realm sees, as a relation named `audit_events`. */
function view(realm: Realm): Sql {
  if (realm.type === "provider") return sql("muster_audit_events as audit_events");
  const columns = SEEN.map((name) =>
    ACTOR_COLUMNS.includes(name) ? `case when not by_provider then ${name} end as ${name}` : name,
  );
  return sql(
    `(select ${columns.join(", ")} from muster_audit_events where organization_id = ?) audit_events`,
    realm.organizationId,
  );
}

const fields = (dialect: Dialect, locations: Locations): ResourceFields => ({
  table: "audit_events",
  columns: {
    id: "audit_events.id",
    timestamp: "audit_events.created_at",
    action: "audit_events.action",
    result: "audit_events.result",
    status: "audit_events.status",
    realm: dialect.plainText("case when audit_events.by_provider then 'provider' else 'organization' end"),
    token: "audit_events.token_id",
    "token.value": "audit_events.token_id",
    "token.$ref": prefixed(locations("AccessToken", ""), "audit_events.token_id"),
    user: "audit_events.account_id",
    "user.value": "audit_events.account_id",
    "user.$ref": prefixed(locations("User", ""), "audit_events.account_id"),
    organization: "audit_events.organization_id",
    "organization.value": "audit_events.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "audit_events.organization_id"),
    target: "audit_events.target_type",
    "target.type": "audit_events.target_type",
    "target.value": "audit_events.target_id",
    "target.display": textOf("audit_events.target_display"),
    scimType: "audit_events.scim_type",
    duration: "audit_events.duration",
    requestId: "audit_events.request_id",
    request: "audit_events.request",
    "request.method": dialect.jsonText("audit_events.request", ["method"]),
    "request.path": dialect.jsonText("audit_events.request", ["path"]),
    address: "audit_events.address",
    detail: textOf("audit_events.detail"),
    count: "audit_events.occurrences",
    lastTimestamp: "audit_events.last_at",
    meta: "audit_events.id",
    "meta.resourceType": constant(dialect, "AuditEvent"),
    "meta.location": prefixed(locations("AuditEvent", ""), "audit_events.id"),
    "meta.created": "audit_events.created_at",
    "meta.lastModified": dialect.plainText("coalesce(audit_events.last_at, audit_events.created_at)"),
    "meta.version": dialect.plainText(`'W/"' || coalesce(audit_events.occurrences, 1) || '"'`),
  },
  collections: {
    // The target is one of them.
    affectedUsers: {
      from: `(select id as event_id, target_id as account_id, ${dialect.plainText("'target'")} as type
                from muster_audit_events where target_type = 'User'
              union all select event_id, account_id, type from muster_audit_event_people) as element`,
      owner: "element.event_id",
      columns: { value: "element.account_id", type: "element.type" },
      order: "element.account_id",
    },
  },
  documents: {
    changes: "audit_events.attributes",
    ignored: "audit_events.attributes",
    asked: "audit_events.request",
    understood: "audit_events.request",
  },
});

/** The audit log: events are added, read, and finally deleted. Only the counts of refusals change. */
export class AuditEventRepository {
  /** @param pending collects events instead of inserting them, when an enclosing unit of work writes them later */
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
    private readonly pending?: AuditEvent[],
  ) {}

  async insert(events: readonly AuditEvent[]): Promise<void> {
    if (this.pending) {
      this.pending.push(...events);
      return;
    }
    await this.session.insertLater("muster_audit_events", STORED, events.map(toBindings));
  }

  /** Writes the current counts of refusals. */
  async recount(counts: readonly { id: string; occurrences: number; lastAt: string }[]): Promise<void> {
    for (const { id, occurrences, lastAt } of counts) {
      await this.session.rows("update muster_audit_events set occurrences = ?, last_at = ? where id = ?", [
        occurrences,
        lastAt,
        id,
      ]);
    }
  }

  async find(id: string): Promise<AuditEvent | undefined> {
    const { text, bindings } = view(this.realm);
    const row = await this.session.first<AuditEventRow>(
      `select ${COLUMNS.join(", ")} from ${text} where id = ?`,
      [...bindings, id],
    );
    return row && toEvent(row);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing): Promise<Page<AuditEvent>> {
    const page = await readPage<AuditEventRow>(
      this.session,
      [this.#source(listing.locations, listing)],
      listing,
    );
    return { ...page, items: page.items.map(toEvent) };
  }

  /**
   * Deletes events older than a time, at most `limit` of them.
   *
   * @returns how many were deleted
   */
  async prune(before: string, limit: number): Promise<number> {
    const pruned = await this.session.rows(
      `delete from muster_audit_events where id in
         (select id from muster_audit_events where created_at < ? order by created_at, id limit ?) returning 1`,
      [before, limit],
    );
    return pruned.length;
  }

  #source(locations: Locations, criteria: Criteria): Source {
    const { dialect } = this.session;
    return {
      from: view(this.realm),
      table: "audit_events",
      columns: COLUMNS.map((name) => `audit_events.${name}`).join(", "),
      compiler: new ListingCompiler(dialect, fields(dialect, locations)),
      criteria,
    };
  }
}

const toBindings = (event: AuditEvent): Binding[] => [
  event.id,
  event.createdAt,
  event.action,
  event.result,
  event.status ?? null,
  event.realm === "provider",
  event.tokenId ?? null,
  event.accountId ?? null,
  event.organizationId ?? null,
  event.target.type,
  event.target.id ?? null,
  event.target.display ?? null,
  event.requestId ?? null,
  event.address ?? null,
  event.request ? JSON.stringify(event.request) : null,
  event.scimType ?? null,
  event.duration ?? null,
  JSON.stringify({ changes: event.changes, ignored: event.ignored }),
  event.detail ?? null,
  event.occurrences ?? (event.result === "refused" ? 1 : null),
  event.lastAt ?? (event.result === "refused" ? event.createdAt : null),
  event.target.display === undefined ? null : foldCase(event.target.display),
  event.detail === undefined ? null : foldCase(event.detail),
  event.people && event.people.size > 0 ? JSON.stringify(Object.fromEntries(event.people)) : null,
];

/** SQLite gives back JSON as text. */
const document = <T extends object>(column: string | T): T =>
  typeof column === "string" ? (JSON.parse(column) as T) : column;

function toEvent(row: AuditEventRow): AuditEvent {
  const attributes = document<Pick<AuditEvent, "changes" | "ignored">>(row.attributes);
  return {
    id: row.id,
    createdAt: row.created_at,
    action: row.action,
    result: row.result,
    status: row.status ?? undefined,
    scimType: row.scim_type ?? undefined,
    duration: row.duration ?? undefined,
    realm: row.by_provider ? "provider" : "organization",
    tokenId: row.token_id ?? undefined,
    accountId: row.account_id ?? undefined,
    organizationId: row.organization_id ?? undefined,
    target: {
      type: row.target_type,
      id: row.target_id ?? undefined,
      display: row.target_display ?? undefined,
    },
    requestId: row.request_id ?? undefined,
    address: row.address ?? undefined,
    request: row.request === null ? undefined : document<RequestNotes>(row.request),
    ...attributes,
    detail: row.detail ?? undefined,
    occurrences: row.occurrences ?? undefined,
    lastAt: row.last_at ?? undefined,
  };
}
