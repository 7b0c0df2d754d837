import { setTimeout as pause } from "node:timers/promises";
import { turnOf } from "../../domain/access/principal.js";
import type { Listing, Page, Position } from "../../domain/listing.js";
import { isId } from "../../domain/values/id.js";
import type { ScimContext } from "../context.js";
import { invalidValue } from "../errors.js";
import { toCriteria } from "../requests/query.js";
import type { Query } from "../requests/query.js";
import type { ResourceSchema } from "../schema/attribute.js";
import { ScimAnswer } from "./answer.js";
import { EVENT_STREAM } from "./formats.js";
import type { Render } from "./list-response.js";

const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;

/**
 * A transaction commits later than it made the id of its event, so the last seconds are read again each time, and what was
 * sent of them is left out.
 */
const OVERLAP_MS = 5000;

const PORTION = { limit: 200, maxBytes: 256 * 1024 };

/** What is followed: resources whose ids grow with time, and which do not change. */
export interface Followed<T extends { readonly id: string }> {
  readonly schema: ResourceSchema;
  readonly read: (listing: Listing) => Promise<Page<T>>;
  readonly renderer: (items: readonly T[]) => Render<T> | Promise<Render<T>>;
  /** Whether the caller may still read them. */
  readonly mayRead: () => Promise<boolean>;
}

/**
 * Answers with an event for each new resource that matches, until the client hangs up, the server stops, or the caller loses the
 * power to read it. A client that sends `Last-Event-ID` gets what came since, and of the last seconds before that some again.
 *
 * @throws ScimError 400, UnavailableError when too many follow, and what `read` throws
 */
export async function answerWithEvents<T extends { readonly id: string }>(
  context: ScimContext,
  query: Query,
  followed: Followed<T>,
): Promise<ScimAnswer> {
  const { lastEventId } = context;
  if (lastEventId !== undefined && !isId(lastEventId)) {
    throw invalidValue("'Last-Event-ID' must be the id of an event");
  }
  const turn = turnOf(context.principal);
  await context.followers.enter(turn, () => context.principal.signal);
  context.holdWhileSending({
    bytes: 0,
    shrink: () => undefined,
    release: () => {
      context.followers.leave(turn);
    },
  });
  const since = lastEventId === undefined ? context.now() : timeOf(lastEventId) - OVERLAP_MS;
  const events = new Events(context, toCriteria(followed.schema, query), followed, since, lastEventId);
  // A filter that cannot be read is refused before the answer begins.
  const first = await events.next();
  const headers = {
    "Content-Type": EVENT_STREAM,
    // No proxy and no compression may hold events back.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
  };
  return new ScimAnswer(200, events.stream(first), headers, "live");
}

class Events<T extends { readonly id: string }> {
  /** The ids of what was sent, of the seconds that are read again. */
  readonly #sent = new Set<string>();
  #latest: number;

  constructor(
    private readonly context: ScimContext,
    private readonly criteria: Pick<Listing, "filter">,
    private readonly followed: Followed<T>,
    /** What was made before is not sent; in milliseconds since 1970. */
    private readonly since: number,
    lastEventId: string | undefined,
  ) {
    this.#latest = since;
    if (lastEventId !== undefined) this.#sent.add(lastEventId);
  }

  /** What is new since the last call. */
  async next(): Promise<string[]> {
    const events: string[] = [];
    const begin = Math.max(this.since, this.#latest - OVERLAP_MS);
    let position: Position | undefined = { value: null, id: firstIdAt(begin) };
    while (position) {
      const page: Page<T> = await this.followed.read({
        ...{ ...PORTION, locations: this.context.locations },
        ...(this.criteria.filter && { filter: this.criteria.filter }),
        start: { type: "position", after: position, total: 0 },
      });
      const fresh = page.items.filter(({ id }) => !this.#sent.has(id));
      const render = await this.followed.renderer(fresh);
      for (const item of fresh) {
        const text = render(item);
        if (typeof text === "string") events.push(`id: ${item.id}\ndata: ${text}\n\n`);
        this.#sent.add(item.id);
        this.#latest = Math.max(this.#latest, Math.min(timeOf(item.id), this.context.now()));
      }
      position = page.next;
    }
    for (const id of this.#sent) if (timeOf(id) < this.#latest - 2 * OVERLAP_MS) this.#sent.delete(id);
    return events;
  }

  async *stream(first: readonly string[]): AsyncGenerator<string, void, undefined> {
    const { ending, principal } = this.context;
    yield `retry: ${POLL_MS}\n\n${first.join("")}`;
    let quietSince = performance.now();
    while (!ending.aborted && principal.signal?.aborted !== true) {
      await pause(POLL_MS, undefined, { ref: false });
      if (!(await this.followed.mayRead())) return;
      const events = await this.next();
      if (events.length > 0) yield events.join("");
      else if (performance.now() - quietSince >= HEARTBEAT_MS) yield ":\n\n";
      else continue;
      quietSince = performance.now();
    }
  }
}

/** When a UUIDv7 was made, in milliseconds since 1970. */
const timeOf = (id: string) => Number.parseInt(id.replace("-", "").slice(0, 12), 16);

/** An id before all UUIDv7 that are made at a time. */
function firstIdAt(time: number): string {
  const hex = Math.max(0, time).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
