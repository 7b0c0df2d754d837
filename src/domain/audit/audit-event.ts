import type { Realm } from "../access/principal.js";

/** What was done, in one word each. */
export const AUDIT_ACTIONS = [
  "create",
  "replace",
  "change",
  "delete",
  "read",
  "search",
  "export",
  "dry-run",
  "authenticate",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What an action was done to, or was to be done to. */
export interface AuditTarget {
  /** As in `meta.resourceType`. */
  readonly type: string;
  readonly id?: string | undefined;
  /** Its name at that time. */
  readonly display?: string | undefined;
}

/** How an event happened to a person: they joined or left the target, or their roles in it changed. */
export type AffectedHow = "added" | "removed" | "roles";

/** How many people an event is found by, beside its target: what one request does to more is one event all the same. */
export const MOST_AFFECTED = 1000;

/** What a request asked for, and where it was not taken as it was sent. Never values. */
export interface RequestNotes {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly asked: readonly string[];
  readonly understood: readonly string[];
}

/** Who did what to what, when, from where, and with what result. Times are ISO 8601 in UTC. */
export interface AuditEvent {
  readonly id: string;
  readonly createdAt: string;
  readonly action: AuditAction;
  /** `warning`: it was done, and an administrator should check it. */
  readonly result: "success" | "warning" | "refused";
  /** The HTTP status of the answer, and the `scimType` of an error. */
  readonly status?: number | undefined;
  readonly scimType?: string | undefined;
  /** How long it took until the event was made, in milliseconds. */
  readonly duration?: number | undefined;
  /** Where the token acts that it was done with. */
  readonly realm: Realm["type"];
  /** Undefined, like all that tells who it was, in what an organization sees of the provider's deeds. */
  readonly tokenId?: string | undefined;
  /** The person that the token belongs to. */
  readonly accountId?: string | undefined;
  /** The realm it happened in, or the organization it happened to; undefined: the provider's alone. */
  readonly organizationId?: string | undefined;
  readonly target: AuditTarget;
  /** Whom it happened to, beside the target, by the ids of their accounts. It is written, for filters, and not read again. */
  readonly people?: ReadonlyMap<string, AffectedHow> | undefined;
  readonly requestId?: string | undefined;
  /** Undefined for what no request did, and in what an organization sees of the provider's deeds. */
  readonly request?: RequestNotes | undefined;
  /** The network address of the client. */
  readonly address?: string | undefined;
  /** The attributes that changed; never their values. */
  readonly changes: readonly string[];
  /** The attributes that the caller may not change, and which were left as they are. */
  readonly ignored: readonly string[];
  readonly detail?: string | undefined;
  /** How often it was refused, with `createdAt` the first time and `lastAt` the last one; undefined for what was done. */
  readonly occurrences?: number | undefined;
  readonly lastAt?: string | undefined;
}
