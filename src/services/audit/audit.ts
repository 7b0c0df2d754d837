import { requireAccess } from "../../domain/access/policy.js";
import type { AuditEvent } from "../../domain/audit/audit-event.js";
import { NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import type { Listing, Page } from "../../domain/listing.js";
import { accountOf, ownerOf, tokenIdOf } from "../../domain/access/actor.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { RefusalLog } from "./refusals.js";

/** What a service tells of an action; who did it and when, the principal and the clock tell. */
export type AuditEntry = Pick<AuditEvent, "action" | "target"> &
  Partial<Pick<AuditEvent, "result" | "status" | "organizationId" | "changes" | "ignored" | "detail">>;

/** What was refused, as the protocol saw it. */
export type Refusal = Pick<AuditEvent, "action" | "target"> & {
  readonly status: number;
  readonly detail: string;
};

/** At how many events a time the old ones are forgotten, so that nobody waits long for the writer. */
const PRUNED_AT_ONCE = 1000;

/** The longest part of what a client wrote that is kept. */
const KEPT_CHARACTERS = 300;

/** What a client wrote, in a form that every database takes: it must not escape the log by being odd. */
export const storable = (text: string) =>
  text.slice(0, KEPT_CHARACTERS).replace(/\p{Cc}|\p{Surrogate}/gu, "\uFFFD");

/** Who was refused: an actor that can do something, or one that has no power left. */
export type Refused = Author & Partial<Pick<Principal, "power">>;

/** Writes an event of something that changes nothing, such as a search or a refusal. Changes are recorded as such. */
export async function recordEvent(
  { now, newId }: Pick<Dependencies, "now" | "newId">,
  { auditEvents }: Pick<Repositories, "auditEvents">,
  author: Author,
  entry: AuditEntry,
): Promise<void> {
  await auditEvents.insert([eventOf({ now, newId }, author, entry)]);
}

/** An event of the audit log, as of now. */
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
    changes: [],
    ignored: [],
    ...entry,
  };
}

/** The audit log as callers see it. */
export class AuditService {
  /** @param refusals where what was refused goes */
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

  /** Writes down what was refused, or counts it when it was refused before. */
  async refused(author: Refused, { action, target, status, detail }: Refusal): Promise<void> {
    const id = target.id === undefined ? undefined : storable(target.id);
    const entry = {
      action,
      target: { ...target, id },
      status,
      detail: storable(detail),
      result: "refused",
    } as const;
    const event = eventOf(this.deps, author, entry);
    const mayWrite = author.power === "administrator";
    await this.refusals.add([{ event, owner: ownerOf(author.actor), mayWrite }]);
  }

  /** Forgets what is older. @param before ISO 8601 in UTC @returns how many events that were */
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
