import { mayDo, requireAccess } from "../../domain/access/policy.js";
import type { AskedRequest } from "../../domain/audit/asked-request.js";
import type { AuditEvent } from "../../domain/audit/audit-event.js";
import { NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import type { Listing, Page } from "../../domain/listing.js";
import { accountOf, ownerOf, tokenIdOf } from "../../domain/access/actor.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { presentPrincipal } from "../roles/current-principal.js";
import type { RefusalLog } from "./refusals.js";

/** What a service records of an action. Who did it and when comes from the author and the clock. */
export type AuditEntry = Pick<AuditEvent, "action" | "target"> &
  Partial<
    Pick<AuditEvent, "result" | "status" | "scimType" | "organizationId" | "changes" | "ignored" | "detail">
  >;

/** A refused request: what it tried, and the status, `scimType` and error text of the answer. */
export type Refusal = Pick<AuditEvent, "action" | "target" | "scimType"> & {
  readonly status: number;
  readonly detail: string;
};

/** How many old events one transaction deletes, so that other writes do not wait long. */
const PRUNED_AT_ONCE = 1000;

/** How many characters of a client's text are stored. */
const STORED_CHARACTERS = 300;

/** A client's text in a form that every database can store, so that odd characters do not keep it out of the log. */
export const storable = (text: string) =>
  text.slice(0, STORED_CHARACTERS).replace(/\p{Cc}|\p{Surrogate}/gu, "\uFFFD");

/** Who was refused: a principal, or an author without any power, such as a revoked token. */
export type Refused = Author & Partial<Pick<Principal, "power">>;

/** Writes an audit event for something that changes nothing, such as a search or a refusal. For changes, see `Changes`. */
export async function recordEvent(
  { now, newId }: Pick<Dependencies, "now" | "newId">,
  { auditEvents }: Pick<Repositories, "auditEvents">,
  author: Author,
  entry: AuditEntry,
): Promise<void> {
  await auditEvents.insert([eventOf({ now, newId }, author, entry)]);
}

/** Makes an audit event with the current time. */
export function eventOf(
  { now, newId }: Pick<Dependencies, "now" | "newId">,
  author: Author,
  entry: AuditEntry,
): AuditEvent {
  const { actor, realm, origin } = author;
  return {
    id: newId(),
    createdAt: now(),
    result: "success",
    realm: realm.type,
    tokenId: tokenIdOf(actor),
    accountId: accountOf(actor),
    organizationId: realm.type === "organization" ? realm.organizationId : undefined,
    requestId: origin?.requestId,
    address: origin?.address,
    ...(origin && told(origin.request)),
    changes: [],
    ignored: [],
    ...entry,
  };
}

/** What an event tells of the request that it came of. */
const told = ({ method, path, status, startedAt, asked, understood }: AskedRequest) => ({
  request: { method, path: storable(path), asked: asked.all(), understood: understood.all() },
  status,
  duration: Math.max(0, Math.round(performance.now() - startedAt)),
});

/** The audit log as callers see it. */
export class AuditService {
  /** @param refusals where refused requests are recorded */
  constructor(
    private readonly deps: Dependencies,
    private readonly refusals: RefusalLog,
  ) {}

  /** @throws NotFoundError, ForbiddenError */
  async get(principal: Principal, id: string): Promise<AuditEvent> {
    requireAccess(principal, "read AuditEvents");
    const event = isId(id) && (await this.deps.work.read(principal.realm).auditEvents.find(id));
    if (!event) throw new NotFoundError("AuditEvent", id);
    return event;
  }

  /** @throws ForbiddenError */
  async list(principal: Principal, listing: Listing): Promise<Page<AuditEvent>> {
    requireAccess(principal, "read AuditEvents");
    return this.deps.work.readMany(principal).auditEvents.list(listing);
  }

  /** Whether the caller may read events now: a token can be revoked, or lose its power, while it follows them. */
  async mayStillRead(principal: Principal): Promise<boolean> {
    const repositories = this.deps.work.read(principal.realm);
    const current = await presentPrincipal(this.deps, repositories, principal);
    return current !== undefined && mayDo(current, "read AuditEvents");
  }

  /** Records that all resources of a type that match are read at once. @param format the media type */
  async exported(principal: Principal, type: string, format: string): Promise<void> {
    const entry = { action: "export", target: { type }, detail: `exported as ${format}` } as const;
    await this.deps.work.write(principal.realm, (repositories) =>
      recordEvent(this.deps, repositories, principal, entry),
    );
  }

  /** Records a refused request; a repeated one is counted on the event of the first. */
  async refused(author: Refused, { action, target, status, scimType, detail }: Refusal): Promise<void> {
    const id = target.id === undefined ? undefined : storable(target.id);
    const entry = {
      action,
      target: { ...target, id },
      status,
      scimType,
      detail: storable(detail),
      result: "refused",
    } as const;
    const event = eventOf(this.deps, author, entry);
    const mayWrite = author.power === "administrator";
    await this.refusals.add([{ event, owner: ownerOf(author.actor), mayWrite }]);
  }

  /** Deletes older events. @param before ISO 8601 in UTC @returns how many were deleted */
  async prune(before: string): Promise<number> {
    let total = 0;
    for (let pruned = PRUNED_AT_ONCE; pruned === PRUNED_AT_ONCE; total += pruned) {
      pruned = await this.deps.work.write(PROVIDER_REALM, ({ auditEvents }) =>
        auditEvents.prune(before, PRUNED_AT_ONCE),
      );
    }
    return total;
  }
}
