import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser } from "../support/factories.js";
import { forEachEngine } from "../support/engines.js";
import { clientWith } from "../support/realms.js";
import { describeServer, startServer } from "../support/server.js";

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

const find = (client: ScimClient, filter: string) => client.find("/Candidates" as "/Users", filter);

describeServer("Candidates", (scim, server) => {
  let member: Body;
  let organization: Body;
  let outsider: Body;
  let own: ScimClient;
  let another: ScimClient;

  before(async () => {
    member = await createUser(scim, { userName: "dana.reyes@acme.example", displayName: "Dana Reyes" });
    outsider = await createUser(scim, {
      userName: "dana.ray@globex.example",
      displayName: "Dana Ray",
      title: "Secret agent",
      emails: [{ value: "ray@private.example" }],
    });
    await createUser(scim, { userName: "dana.gone@globex.example", active: false });
    await server().database((session) =>
      session.rows(
        "insert into muster_proved_addresses (account_id, value_key, proved_at) values (?, ?, ?)",
        [...[outsider.id, "RAY@PROVED.EXAMPLE", "2026-01-01T00:00:00.000Z"]],
      ),
    );
    organization = await createGroup(scim, [member]);
    own = await clientWith(server(), { organization: organization.id });
    another = await clientWith(server(), { organization: organization.id });
  });

  const forgetCounts = () => server().database((session) => session.rows("delete from muster_rate_limits"));
  beforeEach(forgetCounts);

  it("are active accounts that are no members yet, with what it takes to tell who they are", async () => {
    const answer = await find(own, 'userName sw "DANA"');
    const [candidate] = expectList(answer, 1);
    expect(candidate).to.deep.include({
      id: outsider.id,
      userName: outsider.userName,
      displayName: "Dana Ray",
    });
    expect(candidate).to.have.all.keys("schemas", "id", "userName", "displayName", "meta");
    expect(answer.text).to.not.match(/agent|private/);
    const added = { op: "add", path: "members", value: [{ value: outsider.id }] };
    expectStatus(await own.patch(`/Groups/${organization.id}`, added), 204);
    expectList(await find(own, 'userName sw "dana"'), 0);
    expectStatus(await own.delete(`/Users/${outsider.id}`), 204);
  });

  it("are not found by an address that they have not proved", async () => {
    expectList(await find(own, 'emails.value eq "ray@private.example"'), 0);
  });

  it("are not found by a name that another organization gave them", async () => {
    const elsewhere = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const person = { schemas: [CORE_USER], userName: "mallory@x.example", displayName: "Dana of Initech" };
    expectStatus(await elsewhere.post("/Users", person), 201);
    expectList(await find(own, 'displayName co "Initech"'), 0);
    const [found] = expectList(await find(own, 'userName eq "mallory@x.example"'), 1);
    expect(found).to.not.have.property("displayName");
  });

  it("are found by what is known of them, three characters at least", async () => {
    for (const filter of [
      'userName eq "dana.ray@globex.example"',
      'displayName co "a ray"',
      'emails.value eq "ray@proved.example"',
      'emails[value eq "RAY@proved.example"]',
      'userName sw "dana" and displayName co "ray"',
      'userName sw "dana.ray" or displayName co "dana ray"',
    ]) {
      expect(
        expectList(await find(own, filter)).map(({ id }) => id),
        filter,
      ).to.deep.equal([outsider.id]);
    }
    for (const filter of [
      'userName sw "da"',
      "userName pr",
      'userName ne "dana"',
      'userName gt "dan"',
      'not (userName eq "dana.ray")',
      'userName sw "dana" or displayName pr',
      `id eq "${outsider.id}"`,
      'emails.value ew "example"',
      'emails.value co "ray@private"',
      'emails.value sw "ray@private"',
      'emails[value sw "ray@private"]',
      'emails[value eq "ray@private.example" and value co "private"]',
      'emails.value eq "ra"',
      'displayName co "a\u0301\u0301"',
      // Each term obeys, so that a name that is known tells nothing else.
      'userName sw "dana" and displayName pr',
      'userName sw "dana" and emails.value co "private"',
      'userName sw "dana" and emails.value sw "r"',
      'userName sw "dana" and displayName co "r"',
      'userName sw "dana" and not (displayName co "ray")',
      'userName sw "dana" and userName gt "dana.r"',
      `userName sw "dana" and id lt "${outsider.id}"`,
      'userName sw "dana" and (displayName co "ray" or displayName sw "D")',
      'userName sw "dana" and meta.resourceType eq "Candidate"',
    ]) {
      await forgetCounts();
      const refused = { status: 403, detail: /'eq'.* 3 characters/ };
      expectError(await find(own, filter), refused);
      expectError(await own.post("/Candidates/.search", { schemas: [SEARCH], filter }), refused);
    }
    expectError(await own.get("/Candidates"), { status: 403, detail: /filter/ });
    expectError(await find(own, 'title eq "Secret agent"'), { status: 400, scimType: "invalidFilter" });
  });

  it("are sorted by what is shown of them alone", async () => {
    const query = (by: string) =>
      own.get(`/Candidates?filter=${encodeURIComponent('userName sw "dana"')}&sortBy=${by}`);
    expectList(await query("displayName"), 1);
    expectError(await query("emails.value"), { status: 403, detail: /sorted by userName or displayName/ });
    expectError(await query("emails"), { status: 403, detail: /sorted by userName or displayName/ });
  });

  it("show nothing more by projections, cursors and searches", async () => {
    const filter = 'emails.value eq "ray@private.example"';
    const query = `/Candidates?filter=${encodeURIComponent(filter)}`;
    for (const more of [
      "&attributes=emails,title",
      "&attributes=emails.value",
      "&excludedAttributes=userName",
    ]) {
      expect((await own.get(query + more)).text).to.not.match(/agent|private/);
    }
    const first = await own.get(`${query}&count=1&cursor`);
    expect(first.text).to.not.match(/private/);
    const anywhere = await own.post("/.search", { schemas: [SEARCH], filter: 'userName sw "dana.ray"' });
    expectList(anywhere, 0);
  });

  it("are not read one by one, nor by the provider, nor by who may not", async () => {
    expectError(await own.get(`/Candidates/${outsider.id}`), { status: 404 });
    expectError(await find(scim, 'userName sw "dana"'), { status: 403, detail: /Users/ });
    expectError(await own.post("/Candidates", {}), { status: 405 });
  });

  it("are not looked for in secret", async () => {
    await find(own, 'displayName co "nobody at all"');
    const { Resources } = expectStatus(await own.get("/AuditEvents?count=1000"), 200);
    const last = Resources.at(-1);
    expect(last).to.include({ action: "search", result: "success" });
    expect(last?.detail).to.equal('0 found by displayName co "nobody at all"');
    await find(another, 'emails.value co "private"');
    const refused = expectStatus(await another.get("/AuditEvents?count=1000"), 200).Resources.at(-1);
    expect(refused).to.deep.include({ action: "search", result: "refused" });
  });
});

describe("Looking for candidates", () => {
  forEachEngine((engine) => {
    const started = async (settings: Record<string, string>) => {
      const server = await startServer(engine, settings);
      const { id } = await createGroup(server.scim);
      await createUser(server.scim, { userName: "dana@acme.example" });
      return { server, own: await clientWith(server, { organization: id }), organization: id };
    };

    it("can be narrowed to whole names", async () => {
      const { server, own } = await started({ CANDIDATES: "exact" });
      expectError(await find(own, 'userName sw "dana@"'), { status: 403, detail: /'eq'/ });
      expectList(await find(own, 'userName eq "dana@acme.example"'), 1);
      await server.stop();
    });

    it("can be switched off", async () => {
      const { server, own } = await started({ CANDIDATES: "off" });
      expectError(await find(own, 'userName eq "dana@acme.example"'), {
        status: 403,
        detail: /disabled/,
      });
      await server.stop();
    });

    it("is counted for all tokens of an organization together, in all processes", async () => {
      const settings = { CANDIDATES_PER_MINUTE: "3" };
      const { server, own, organization } = await started(settings);
      const second = await startServer(engine, { ...settings, DATABASE_URL: server.databaseUrl });
      const other = await clientWith(second, { organization });
      const reader = await clientWith(server, { organization, readOnly: true });
      expectList(await find(own, 'userName sw "dana"'), 1);
      expectList(await find(other, 'userName sw "dana"'), 1);
      // What is refused counts, too.
      expectError(await find(reader, 'userName sw "d"'), { status: 403 });
      for (const client of [own, other, reader]) {
        const answer = await find(client, 'userName sw "dana"');
        expectError(answer, { status: 429, detail: /seconds/ });
        expect(Number(answer.headers["retry-after"])).to.be.within(1, 60);
      }
      const elsewhere = await createGroup(server.scim);
      const stranger = await clientWith(server, { organization: elsewhere.id });
      expectList(await find(stranger, 'userName sw "dana"'), 1);
      await second.stop();
      await server.stop();
    });
  });
});
