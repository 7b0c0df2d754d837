import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer, startServer } from "../support/server.js";
import { forEachEngine } from "../support/engines.js";

interface Refused extends Body {
  readonly action: string;
  readonly count: number;
  readonly timestamp: string;
  readonly lastTimestamp: string;
  readonly target: { readonly type: string; readonly value?: string };
}

const sum = (events: readonly Refused[]) => events.reduce((total, { count }) => total + count, 0);

/** Asks for something often, some requests at a time. */
async function often(times: number, ask: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const some = async () => {
    while (next < times) await ask(next++);
  };
  await Promise.all(Array.from({ length: 20 }, some));
}

describeServer("Refusals in the audit log", (scim, server) => {
  let organization: Body;
  let own: ScimClient;
  let reader: ScimClient;

  before(async () => {
    organization = await createGroup(scim);
    own = await clientWith(server(), { organization: organization.id });
    reader = await clientWith(server(), { organization: organization.id, readOnly: true });
  });

  /** A client of a new organization. */
  const clientOfItsOwn = async () => clientWith(server(), { organization: (await createGroup(scim)).id });

  /** What was refused in a client's realm, by now. */
  async function refusalsOf(client: ScimClient, more = ""): Promise<Refused[]> {
    await server().services.refusals.writeDown();
    return expectList(
      await client.find("/AuditEvents", `result eq "refused"${more}`, "&count=1000&sortBy=timestamp"),
    ) as Refused[];
  }

  it("are one event with a count when they repeat", async () => {
    const client = await clientOfItsOwn();
    const { id } = await createUser(scim);
    for (let time = 0; time < 3; time += 1) expectError(await client.delete(`/Users/${id}`), { status: 404 });
    const [event, ...more] = await refusalsOf(client);
    expect(more).to.deep.equal([]);
    expect(event).to.include({ action: "delete", count: 3 });
    expect(Date.parse(event?.lastTimestamp ?? "")).to.be.greaterThan(Date.parse(event?.timestamp ?? ""));
    expect(event?.meta).to.include({ lastModified: event?.lastTimestamp, version: 'W/"3"' });
    expectError(await client.delete(`/Users/${id}`), { status: 404 });
    const [counted] = await refusalsOf(client);
    expect(counted).to.include({ id: event?.id, count: 4, timestamp: event?.timestamp });
  });

  it("are found by how often and when they happened last", async () => {
    const client = await clientOfItsOwn();
    const [one, other] = [await createUser(scim), await createUser(scim)];
    for (const { id } of [one, other, other]) await client.delete(`/Users/${id}`);
    const [often] = await refusalsOf(client, " and count gt 1");
    expect(often?.target.value).to.equal(other.id);
    expect(await refusalsOf(client, ` and lastTimestamp ge "${often?.lastTimestamp ?? ""}"`)).to.have.length(
      1,
    );
    const sorted = expectList(
      await client.get("/AuditEvents?filter=count%20pr&sortBy=count&attributes=count,lastTimestamp"),
    ) as Refused[];
    expect(sorted.map(({ count }) => count)).to.deep.equal([1, 2]);
  });

  it("are seen at once, the first of each", async () => {
    const client = await clientOfItsOwn();
    const ids = [(await createUser(scim)).id, (await createUser(scim)).id];
    for (const id of ids) {
      await client.delete(`/Users/${id}`);
      await client.get(`/Users/${id}`);
    }
    const events = expectList(await client.find("/AuditEvents", 'result eq "refused"')) as Refused[];
    expect(events.map(({ action, count, target }) => [action, count, target.value])).to.deep.equal(
      ids.flatMap((id) => [
        ["delete", 1, id],
        ["read", 1, id],
      ]),
    );
  });

  it("of a token that may only read do not fill the log, however they differ, and nobody waits", async function () {
    this.timeout(120_000);
    await whileOthersAreServed(own, () =>
      often(5000, async (number) => {
        const body = { schemas: [CORE_USER], userName: `refused-${number}` };
        const path = number % 2 === 0 ? "/Users" : `/Users/${"x".repeat(number % 200)}${number}`;
        const answer = await (number % 2 === 0 ? reader.post(path, body) : reader.delete(path));
        expect(answer.status).to.equal(403);
      }),
    );
    const events = await refusalsOf(own, " and status eq 403");
    expect(sum(events)).to.equal(5000);
    expect(events.length).to.be.below(60);
    expect(events.map(({ detail }) => detail)).to.include(
      "more refusals like this one; the first 50 within an hour are events of their own",
    );
  });

  it("of many operations in one Bulk are few events, and no write is missing", async function () {
    this.timeout(120_000);
    const client = await clientOfItsOwn();
    const Operations = Array.from({ length: 2000 }, (_, number) =>
      number % 100 === 0
        ? {
            method: "POST",
            bulkId: `new-${number}`,
            path: "/Users",
            data: { schemas: [CORE_USER], userName: unique("bulk") },
          }
        : { method: "DELETE", path: `/Users/unknown-${number}` },
    );
    const request = { schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], Operations };
    const answer = expectStatus(await client.post("/Bulk", request), 200);
    const statuses = (answer.Operations as { status: string }[]).map(({ status }) => status);
    expect(statuses.filter((status) => status === "404")).to.have.length(1980);
    const [summary, ...more] = await refusalsOf(client, " and count gt 1");
    expect(more).to.deep.equal([]);
    expect(summary).to.include({ action: "delete", count: 980 });
    const others = await client.get("/AuditEvents?count=0&filter=count%20eq%201");
    expect(expectStatus(others, 200).totalResults).to.equal(1000);
    const made = await client.get(
      '/AuditEvents?count=0&filter=action%20eq%20"create"%20and%20target.type%20eq%20"User"',
    );
    expect(expectStatus(made, 200).totalResults).to.equal(20);
  });

  it("are forgotten in time like everything else", async () => {
    const client = await clientOfItsOwn();
    const { id } = await createUser(scim);
    await client.delete(`/Users/${id}`);
    await server().services.audit.prune(new Date(Date.now() + 60_000).toISOString());
    await client.delete(`/Users/${id}`);
    await server().services.refusals.writeDown();
    expectList(await client.find("/AuditEvents", 'result eq "refused"'), 0);
  });
});

describe("Refusals that are counted in memory", () => {
  forEachEngine((engine) => {
    it("are written when the server stops", async () => {
      const first = await startServer(engine);
      const { id } = await createUser(first.scim);
      for (let time = 0; time < 5; time += 1) await first.scim.put(`/Users/${id}`, { schemas: [] });
      await first.stop();
      const second = await startServer(engine, { DATABASE_URL: first.databaseUrl });
      const [event] = expectList(await second.scim.find("/AuditEvents", 'result eq "refused"'), 1);
      expect(event).to.include({ count: 5 });
      expect(await read(second.scim, `/AuditEvents/${event?.id ?? ""}`)).to.deep.equal(event);
      await second.stop();
    });
  });
});
