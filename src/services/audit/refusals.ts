import { createHash } from "node:crypto";
import type { AuditEvent } from "../../domain/audit/audit-event.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Dependencies } from "../dependencies.js";
import { later } from "../limits/rate-limits.js";

/** A refusal as the audit log is to have it. */
export interface RefusedEvent {
  readonly event: AuditEvent;
  /** What tells the actor from others, by which refusals are limited. */
  readonly owner: string;
  /** Whether the actor may change anything at all. */
  readonly mayWrite: boolean;
}

/** Takes refusals for the audit log. */
export interface RefusalLog {
  add(refusals: readonly RefusedEvent[]): Promise<void>;
}

/** Keeps refusals of a transaction that is under way, and may yet be undone or done again. */
export class HeldRefusals implements RefusalLog {
  readonly refusals: RefusedEvent[] = [];

  add(refusals: readonly RefusedEvent[]): Promise<void> {
    this.refusals.push(...refusals);
    return Promise.resolve();
  }
}

/** How long refusals that repeat are one event, in seconds. */
const WINDOW = 3600;

/**
 * How many different refusals of one actor have an event of their own in that time: many for a token that an
 * identity provider works with, whose every refusal is about another person; few where nothing can be done at all.
 */
const DIFFERENT = { writer: 1000, reader: 50 };

/** How many different refusals are remembered, of all actors; beyond that, a writer has what a reader has. */
const REMEMBERED = 20_000;

/** How many events a transaction writes, so that nobody waits long for the writer. */
const WRITTEN_AT_ONCE = 200;

/** An event of the log, and how often it has happened. */
interface Counted {
  readonly id: string;
  occurrences: number;
  lastAt: string;
}

/** What one actor was refused since its window began, by digests of what it was. */
interface Window {
  readonly endsAt: string;
  readonly different: Map<string, Counted>;
  /** What went beyond that, by its kind: there are only so many kinds. */
  readonly more: Map<string, Counted>;
}

/**
 * Refusals in the audit log: what repeats becomes a count on one event. The first of each is written at once. What
 * follows is counted in memory and written every few seconds, so that no client has the server write as often as it asks.
 */
export class Refusals implements RefusalLog {
  readonly #windows = new Map<string, Window>();
  #remembered = 0;
  /** Events that are not in the database yet. */
  readonly #fresh = new Map<Counted, AuditEvent>();
  /** Events whose count there is too low. */
  readonly #counted = new Set<Counted>();
  #writing: Promise<void> = Promise.resolve();
  /** The next writing of what is fresh, which has not begun: all that comes until then is in it. */
  #next: Promise<void> | undefined;

  constructor(private readonly deps: Pick<Dependencies, "work" | "now">) {}

  /** Never fails: what cannot be written now is kept for the next `writeDown`. */
  async add(refusals: readonly RefusedEvent[]): Promise<void> {
    for (const refusal of refusals) this.#count(refusal);
    if (this.#fresh.size > 0) await this.#nextInsertion();
  }

  /** Shared by all who wait for it: while the database is at fault, each of them would wait as long again. */
  #nextInsertion(): Promise<void> {
    this.#next ??= this.#inTurn(() => {
      this.#next = undefined;
      return this.#insertFresh();
    }).catch(() => undefined);
    return this.#next;
  }

  /** Writes down what has been counted since the last time. */
  writeDown(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#insertFresh();
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
      detail: ofKind,
    });
  }

  /** @returns whether it is the first */
  #countIn(counts: Map<string, Counted>, key: string, event: AuditEvent): boolean {
    const known = counts.get(key);
    if (known) {
      known.occurrences += 1;
      known.lastAt = event.createdAt;
      if (!this.#fresh.has(known)) this.#counted.add(known);
      return false;
    }
    const counted = { id: event.id, occurrences: 1, lastAt: event.createdAt };
    counts.set(key, counted);
    this.#fresh.set(counted, event);
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

  async #insertFresh(): Promise<void> {
    for (const some of inPortions(this.#fresh)) {
      const events = some.map(([{ occurrences, lastAt }, event]) => ({ ...event, occurrences, lastAt }));
      await this.deps.work.write(PROVIDER_REALM, ({ auditEvents }) => auditEvents.insert(events));
      some.forEach(([counted], index) => {
        this.#fresh.delete(counted);
        if (counted.occurrences !== events[index]?.occurrences) this.#counted.add(counted);
      });
    }
  }

  async #updateCounts(): Promise<void> {
    for (const some of inPortions(this.#counted)) {
      const counts = some.map((counted) => ({ ...counted }));
      await this.deps.work.write(PROVIDER_REALM, ({ auditEvents }) => auditEvents.recount(counts));
      some.forEach((counted, index) => {
        if (counted.occurrences === counts[index]?.occurrences) this.#counted.delete(counted);
      });
    }
  }

  #forgetWindows(): void {
    const now = this.deps.now();
    for (const [owner, window] of this.#windows) if (window.endsAt <= now) this.#forget(owner, window);
  }
}

/** What there is now, as many at a time as a transaction writes. */
function* inPortions<T>(items: Iterable<T>): Generator<T[]> {
  const all = [...items];
  for (let start = 0; start < all.length; start += WRITTEN_AT_ONCE) {
    yield all.slice(start, start + WRITTEN_AT_ONCE);
  }
}

/** Of a fixed length, whatever clients write. */
const digest = (parts: readonly unknown[]) =>
  createHash("sha1").update(JSON.stringify(parts)).digest("base64");
