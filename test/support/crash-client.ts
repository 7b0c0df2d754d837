import { expect } from "chai";
import { expectList } from "./assertions.js";
import { BULK_REQUEST } from "./bulk.js";
import type { BulkOutcome } from "./bulk.js";
import { ScimClient } from "./client.js";
import type { Answer, Body } from "./client.js";
import { CORE_USER, unique } from "./factories.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

/** What something is, as a text; undefined: it is not there. */
type State = string | undefined;

interface Known {
  /** As the last answer said. */
  now: State;
  /** What a request without an answer makes of it. */
  maybe?: { readonly state: State; readonly request: object };
}

/** The state of a membership. */
const IN = "in";

/** Random writes of one client, and what must be there after a crash: all that was answered, and of the rest all or nothing. */
export class CrashClient {
  readonly #prefix = unique("crash");
  /** People by user names, their memberships by ids, invitations by names. */
  readonly #people = new Map<string, Known>();
  readonly #seats = new Map<string, Known>();
  readonly #invitations = new Map<string, Known>();
  readonly #ids = new Map<string, string>();
  #group = "";
  #token = { id: "", secret: "" };
  /** What was removed since the last undo, and what it was before. */
  readonly #taken = new Map<Map<string, Known>, Map<string, State>>();
  #count = 0;

  /** @param random from 0 to 1 */
  constructor(private readonly random: () => number) {}

  /** How many writes were answered. */
  answered = 0;

  /** Makes what the writes are about. */
  async begin(scim: ScimClient): Promise<void> {
    const schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    this.#group = (await scim.post("/Groups", { schemas, displayName: this.#prefix })).body.id;
    const { body } = await scim.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: this.#prefix });
    this.#token = { id: body.id, secret: String(body.token) };
  }

  /** Writes until the server or its database is gone. */
  async write(scim: ScimClient): Promise<void> {
    const acts = [this.#create, this.#change, this.#remove, this.#seat, this.#seat, this.#unseat];
    const all = [...acts, this.#bulk, this.#invite, this.#disable, this.#rotate, this.#undo];
    // With a token of its own: what others remove is not undone by it.
    const own = new ScimClient(() => ({ url: scim.url, token: this.#token.secret }));
    try {
      for (;;) await this.#oneOf(all)?.call(this, own);
    } catch (error) {
      if (!isCutOff(error)) throw error;
    }
  }

  /** Compares what is there with what was answered. */
  async verify(scim: ScimClient): Promise<void> {
    const people = await everything(scim, "/Users", `userName sw "${this.#prefix}"`);
    settle(this.#people, new Map(people.map(({ userName, title }) => [userName, String(title)])));
    for (const { userName, id } of people) this.#ids.set(userName, id);

    const { status, text, body: group } = await scim.get(`/Groups/${this.#group}`);
    requireDone(status, text);
    settle(this.#seats, new Map((group.members ?? []).map(({ value }: { value: string }) => [value, IN])));
    // A membership ends with its account.
    for (const id of this.#seats.keys())
      if (!people.some((person) => person.id === id)) this.#seats.delete(id);

    const invitations = await everything(scim, "/Invitations", `name sw "${this.#prefix}"`);
    settle(
      this.#invitations,
      new Map(invitations.map(({ name, enabled }) => [String(name), String(enabled)])),
    );

    const { secret } = this.#token;
    const withSecret = await scim.request("GET", "/Users?count=0", {
      headers: { authorization: `Bearer ${secret}` },
    });
    requireDone(withSecret.status, "a secret that was answered is valid");
  }

  #oneOf = <T>(items: readonly T[]): T | undefined => items[Math.floor(this.random() * items.length)];

  #name(): string {
    this.#count += 1;
    return `${this.#prefix}-${String(this.#count).padStart(6, "0")}`;
  }

  #existing(map: ReadonlyMap<string, Known>): string | undefined {
    return this.#oneOf([...map].filter(([, { now }]) => now !== undefined).map(([key]) => key));
  }

  /** Sends a write that makes one state of several things, all of them or none. */
  async #attempt(
    map: Map<string, Known>,
    changes: Readonly<Record<string, State>>,
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    const request = {};
    for (const [key, state] of Object.entries(changes)) {
      const now = map.get(key)?.now;
      if (state === undefined && now !== undefined) this.#take(map, key, now);
      map.set(key, { now, maybe: { state, request } });
    }
    const answer = await send();
    requireDone(answer.status, answer.text);
    for (const [key, state] of Object.entries(changes)) map.set(key, { now: state });
    this.answered += 1;
    return answer;
  }

  async #create(scim: ScimClient): Promise<void> {
    const userName = this.#name();
    const user = {
      schemas: [CORE_USER],
      userName,
      title: "new",
      emails: [{ value: `${userName}@example.com` }],
    };
    const { body } = await this.#attempt(this.#people, { [userName]: "new" }, () =>
      scim.post("/Users", user),
    );
    this.#ids.set(userName, body.id);
  }

  async #change(scim: ScimClient): Promise<void> {
    const userName = this.#existing(this.#people);
    if (userName === undefined) return;
    const value = `title-${this.#count++}`;
    await this.#attempt(this.#people, { [userName]: value }, () =>
      scim.patch(`/Users/${this.#ids.get(userName)}`, { op: "replace", path: "title", value }),
    );
  }

  async #remove(scim: ScimClient): Promise<void> {
    const userName = this.#existing(this.#people);
    if (userName === undefined || this.random() < 0.5) return;
    const id = this.#ids.get(userName) ?? "";
    const seat = this.#seats.get(id);
    if (seat?.now !== undefined) {
      this.#take(this.#seats, id, seat.now);
      seat.maybe = { state: undefined, request: {} };
    }
    await this.#attempt(this.#people, { [userName]: undefined }, () => scim.delete(`/Users/${id}`));
    this.#seats.set(id, { now: undefined });
  }

  #take(map: Map<string, Known>, key: string, before: State): void {
    const taken = this.#taken.get(map) ?? new Map<string, State>();
    this.#taken.set(map, taken.set(key, before));
  }

  /** Brings back all that was removed since the last time, as far as nothing was written since. */
  async #undo(scim: ScimClient): Promise<void> {
    if (this.random() < 0.5) return;
    const filter = `actor.value eq "${this.#token.id}" and status eq "undoable"`;
    // There are several after an undo that was interrupted. The last comes back first.
    const found = await scim.get(
      `/Removals?filter=${encodeURIComponent(filter)}&sortBy=timestamp&sortOrder=descending`,
    );
    requireDone(found.status, found.text);
    const removals = expectList(found);
    if (removals.length === 0) return;
    const gone = [...this.#taken].flatMap(([map, taken]) =>
      [...taken].filter(([key]) => map.get(key)?.now === undefined).map((each) => [map, ...each] as const),
    );
    for (const [map, key, before] of gone)
      map.set(key, { now: undefined, maybe: { state: before, request: {} } });
    let failed = 0;
    for (const { id } of removals) {
      const { status, body, text } = await scim.post(`/Removals/${id}/undo`, {});
      requireDone(status, text);
      failed += Number(body.failed);
      this.answered += 1;
    }
    if (failed === 0) for (const [map, key, before] of gone) map.set(key, { now: before });
    this.#taken.clear();
    await this.verify(scim);
  }

  /** Several people at once become members. */
  async #seat(scim: ScimClient): Promise<void> {
    const ids = this.#some();
    if (ids.length === 0) return;
    await this.#attempt(this.#seats, Object.fromEntries(ids.map((id) => [id, IN])), () =>
      scim.patch(`/Groups/${this.#group}`, {
        op: "add",
        path: "members",
        value: ids.map((value) => ({ value })),
      }),
    );
  }

  async #unseat(scim: ScimClient): Promise<void> {
    const ids = this.#some();
    if (ids.length === 0) return;
    await this.#attempt(this.#seats, Object.fromEntries(ids.map((id) => [id, undefined])), () =>
      scim.patch(`/Groups/${this.#group}`, {
        op: "remove",
        path: "members",
        value: ids.map((value) => ({ value })),
      }),
    );
  }

  #some(): string[] {
    const names = [1, 2, 3, 4].map(() => this.#existing(this.#people) ?? "");
    return [...new Set(names)].flatMap((name) => this.#ids.get(name) ?? []);
  }

  /** Each operation is a request of its own, which may be done or not. */
  async #bulk(scim: ScimClient): Promise<void> {
    const names = Array.from({ length: 20 }, () => this.#name());
    for (const name of names)
      this.#people.set(name, { now: undefined, maybe: { state: "new", request: {} } });
    const answer = await scim.post("/Bulk", {
      schemas: [BULK_REQUEST],
      Operations: names.map((userName) => ({
        ...{ method: "POST", path: "/Users", bulkId: userName },
        data: { schemas: [CORE_USER], userName, title: "new" },
      })),
    });
    requireDone(answer.status, answer.text);
    const outcomes = answer.body.Operations as BulkOutcome[];
    for (const [index, { status, location }] of outcomes.entries()) {
      const name = names[index] ?? "";
      requireDone(Number(status), name);
      this.#people.set(name, { now: "new" });
      this.#ids.set(name, location?.split("/").at(-1) ?? "");
      this.answered += 1;
    }
  }

  async #invite(scim: ScimClient): Promise<void> {
    const name = this.#name();
    await this.#attempt(this.#invitations, { [name]: "true" }, () =>
      scim.post("/Invitations", {
        ...{ schemas: [INVITATION], name, organization: { value: this.#group } },
        emails: [{ value: `${name}@example.com` }],
      }),
    );
  }

  async #disable(scim: ScimClient): Promise<void> {
    const name = this.#existing(this.#invitations);
    if (name === undefined) return;
    const found = await scim.find("/Invitations", `name eq "${name}"`);
    requireDone(found.status, found.text);
    const [invitation] = expectList(found);
    const enabled = this.#invitations.get(name)?.now !== "true";
    await this.#attempt(this.#invitations, { [name]: String(enabled) }, () =>
      scim.patch(`/Invitations/${invitation?.id}`, { op: "replace", path: "enabled", value: enabled }),
    );
  }

  /** The secret before stays valid for a day, so one that was answered always is. */
  async #rotate(scim: ScimClient): Promise<void> {
    if (this.random() < 0.7) return;
    const { status, body, text } = await scim.post(`/AccessTokens/${this.#token.id}/rotate`, {});
    requireDone(status, text);
    this.#token.secret = String(body.token);
    this.answered += 1;
  }
}

/** What there is must be what was answered, or what one request without an answer makes of it as a whole. */
function settle(known: Map<string, Known>, there: ReadonlyMap<string, string>): void {
  const done = new Map<object, boolean>();
  for (const key of there.keys()) expect(known.has(key), `${key} was written`).to.equal(true);
  for (const [key, { now, maybe }] of known) {
    const state = there.get(key);
    if (maybe && maybe.state !== now) {
      expect([now, maybe.state], key).to.include(state);
      const isDone = state === maybe.state;
      expect(done.get(maybe.request) ?? isDone, `${key}, as the rest of its request`).to.equal(isDone);
      done.set(maybe.request, isDone);
    } else {
      expect(state, key).to.equal(now);
    }
    known.set(key, { now: state });
  }
}

/** All that match, page by page. */
async function everything(
  scim: ScimClient,
  endpoint: "/Users" | "/Invitations",
  filter: string,
): Promise<Body[]> {
  const found: Body[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const { status, body, text } = await scim.find(
      endpoint,
      filter,
      `&count=500&cursor=${encodeURIComponent(cursor)}`,
    );
    requireDone(status, text);
    found.push(...body.Resources);
    cursor = body.nextCursor as string | undefined;
  }
  return found;
}

/** The database is gone in the middle of it, or even of the commit. */
class CutOffError extends Error {}

function requireDone(status: number, text: string): void {
  if (status === 503) throw new CutOffError(text);
  expect(status, text).to.be.within(200, 299);
}

const isCutOff = (error: unknown) =>
  error instanceof CutOffError ||
  ["ECONNRESET", "ECONNREFUSED", "EPIPE"].includes(String((error as { code?: unknown }).code)) ||
  /socket hang up|aborted/.test(String(error));
