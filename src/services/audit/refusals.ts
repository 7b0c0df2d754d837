import { hash } from "node:crypto";
import type { AuditEvent } from "../../domain/audit/audit-event.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Dependencies } from "../dependencies.js";
import { later } from "../limits/rate-limits.js";

/** A refusal for the audit log. */
export interface RefusedEvent {
  readonly event: AuditEvent;
  /** Identifies the actor: the limits on refusals are per owner. */
  readonly owner: string;
  /** Whether the actor may change anything at all. */
  readonly mayWrite: boolean;
}

/** Accepts refusals for the audit log. */
export interface RefusalLog {
  add(refusals: readonly RefusedEvent[]): Promise<void>;
}

/** Collects the refusals of a running transaction, which may still be rolled back or run again. */
export class PendingRefusals implements RefusalLog {
  readonly refusals: RefusedEvent[] = [];

  add(refusals: readonly RefusedEvent[]): Promise<void> {
    this.refusals.push(...refusals);
    return Promise.resolve();
  }
}

/** How long repeated refusals are counted on one event, in seconds. */
const WINDOW = 3600;

/**
 * How many different refusals of one actor get their own events in that time. A token that can write, such as an
 * identity provider's, may be refused for a different person each time; one that can only read needs few.
 */
const DIFFERENT = { writer: 1000, reader: 50 };

/** How many different refusals of all actors are held in memory; beyond that, writers get the limit of readers. */
const REMEMBERED = 20_000;

/** How many events one transaction writes, so that other writes do not wait long. */
const BATCH_SIZE = 200;

/** An audit event, and how often it has happened. */
interface Counted {
  readonly id: string;
  occurrences: number;
  lastAt: string;
}

/** The refusals of one actor in its current window, by digest. */
interface Window {
  readonly endsAt: string;
  readonly different: Map<string, Counted>;
  /** Refusals over the limit, by action, resource type and status, of which there are only a few. */
  readonly more: Map<string, Counted>;
}

/**
 * Writes refusals to the audit log. The first of a kind is written at once. Repetitions are counted in memory, and the
 * counts are written every few seconds, so that a client cannot cause a write with every request.
 */
export class Refusals implements RefusalLog {
  readonly #windows = new Map<string, Window>();
  #remembered = 0;
  /** Events that are not in the database yet. */
  readonly #unwritten = new Map<Counted, AuditEvent>();
  /** Events whose count in the database is out of date. */
  readonly #counted = new Set<Counted>();
  #writing: Promise<void> = Promise.resolve();
  /** The next insertion, which has not begun; it will include every refusal added before it begins. */
  #next: Promise<void> | undefined;

  constructor(private readonly deps: Pick<Dependencies, "work" | "now">) {}

  /** Never fails: the next `writeDown` writes what could not be written now. */
  async add(refusals: readonly RefusedEvent[]): Promise<void> {
    for (const refusal of refusals) this.#count(refusal);
    if (this.#unwritten.size > 0) await this.#nextInsertion();
  }

  /** Shared by all waiting callers: when the database fails, they do not wait for their own attempts one after another. */
  #nextInsertion(): Promise<void> {
    this.#next ??= this.#inTurn(() => {
      this.#next = undefined;
      return this.#insertUnwritten();
    }).catch(() => undefined);
    return this.#next;
  }

  /** Writes events and counts that are not in the database yet. */
  writeDown(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#insertUnwritten();
      await this.#updateCounts();
      this.#forgetWindows();
    });
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #count({ event, owner, mayWrite }: RefusedEvent): void {
    const window = this.#windowOf(owner, event.createdAt);
    const { action, target, status, detail, address } = event;
    const what = digest([action, target.type, target.id, status, detail, address]);
    const limit = mayWrite && this.#remembered < REMEMBERED ? DIFFERENT.writer : DIFFERENT.reader;
    if (window.different.has(what) || window.different.size < limit) {
      if (this.#countIn(window.different, what, event)) this.#remembered += 1;
      return;
    }
    const ofKind = `more refusals like this one; the first ${window.different.size} within an hour are events of their own`;
    this.#countIn(window.more, digest([action, target.type, status]), {
      ...event,
      target: { type: target.type },
      request: undefined,
      detail: ofKind,
    });
  }

  /** @returns whether it is the first with this key */
  #countIn(counts: Map<string, Counted>, key: string, event: AuditEvent): boolean {
    const known = counts.get(key);
    if (known) {
      known.occurrences += 1;
      known.lastAt = event.createdAt;
      if (!this.#unwritten.has(known)) this.#counted.add(known);
      return false;
    }
    const counted = { id: event.id, occurrences: 1, lastAt: event.createdAt };
    counts.set(key, counted);
    this.#unwritten.set(counted, event);
    return true;
  }

  #windowOf(owner: string, createdAt: string): Window {
    const known = this.#windows.get(owner);
    if (known && known.endsAt > createdAt) return known;
    if (known) this.#forget(owner, known);
    const window = { endsAt: later(createdAt, WINDOW), different: new Map(), more: new Map() };
    this.#windows.set(owner, window);
    return window;
  }

  #forget(owner: string, { different }: Window): void {
    this.#windows.delete(owner);
    this.#remembered -= different.size;
  }

  async #insertUnwritten(): Promise<void> {
    for (const batch of inBatches(this.#unwritten)) {
      const events = batch.map(([{ occurrences, lastAt }, event]) => ({ ...event, occurrences, lastAt }));
      await this.deps.work.write(PROVIDER_REALM, ({ auditEvents }) => auditEvents.insert(events));
      batch.forEach(([counted], index) => {
        this.#unwritten.delete(counted);
        if (counted.occurrences !== events[index]?.occurrences) this.#counted.add(counted);
      });
    }
  }

  async #updateCounts(): Promise<void> {
    for (const batch of inBatches(this.#counted)) {
      const counts = batch.map((counted) => ({ ...counted }));
      await this.deps.work.write(PROVIDER_REALM, ({ auditEvents }) => auditEvents.recount(counts));
      batch.forEach((counted, index) => {
        if (counted.occurrences === counts[index]?.occurrences) this.#counted.delete(counted);
      });
    }
  }

  #forgetWindows(): void {
    const now = this.deps.now();
    for (const [owner, window] of this.#windows) if (window.endsAt <= now) this.#forget(owner, window);
  }
}

/** Splits a copy of the items into batches for one transaction each. */
function* inBatches<T>(items: Iterable<T>): Generator<T[]> {
  const all = [...items];
  for (let start = 0; start < all.length; start += BATCH_SIZE) {
    yield all.slice(start, start + BATCH_SIZE);
  }
}

/** A key of fixed length, however long the client's texts are. */
const digest = (parts: readonly unknown[]) => hash("sha1", JSON.stringify(parts), "base64");
