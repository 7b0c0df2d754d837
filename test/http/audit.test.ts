import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { BULK_REQUEST } from "../support/bulk.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

interface Event extends Body {
  readonly action: string;
  readonly result: string;
  readonly changes?: string[];
  readonly ignored?: string[];
  readonly request?: { readonly method: string; readonly path: string };
  readonly duration?: number;
  readonly asked?: string[];
  readonly understood?: string[];
  readonly target: { readonly value: string; readonly type: string; readonly display: string };
}

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

describeServer("The audit log", (scim, server) => {
  let organization: Body;
  let own: ScimClient;
  let other: ScimClient;

  before(async () => {
    organization = await createGroup(scim, [], { displayName: "Acme" });
    own = await clientWith(server(), { organization: organization.id });
    other = await clientWith(server(), { organization: (await createGroup(scim)).id });
  });

  /** What happened to something, the latest first. */
  async function eventsOf(client: ScimClient, { id }: { id: string }): Promise<Event[]> {
    const filter = encodeURIComponent(`target.value eq "${id}"`);
    const answer = await client.get(`/AuditEvents?filter=${filter}&sortBy=timestamp&sortOrder=descending`);
    return expectList(answer) as Event[];
  }

  it("finds names and details whatever their case, in both realms", async () => {
    const name = unique("Übergröße Pushed");
    const team = await createGroup(own, [], { displayName: name });
    for (const client of [scim, own]) {
      for (const text of [name.toUpperCase(), name.toLowerCase(), name]) {
        const found = await client.find("/AuditEvents", `target.display co "${text}"`);
        expect(expectList(found).map(({ target }) => (target as Event["target"]).value)).to.include(team.id);
      }
    }
    const user = await createUser(own);
    await own.patch(`/Groups/${team.id}`, { op: "add", path: "members", value: [{ value: user.id }] });
    const details = await own.find("/AuditEvents", `detail co "ADDED ${user.id.toUpperCase()}"`);
    expect(expectList(details).map(({ target }) => (target as Event["target"]).value)).to.include(team.id);
  });

  it("says who did what to what, when, from where, and what changed", async () => {
    const made = await scim.request("POST", "/Users", {
      body: { schemas: [CORE_USER], userName: unique("Dana"), title: "Lead", password: "correct horse" },
      headers: { "x-request-id": "trace-1" },
    });
    const user = expectStatus(made, 201);
    expect(made.headers["x-request-id"]).to.equal("trace-1");
    const [event] = await eventsOf(scim, user);
    expect(event).to.deep.include({ action: "create", result: "success", requestId: "trace-1" });
    expect(event?.target).to.deep.equal({
      type: "User",
      value: user.id,
      $ref: user.meta.location,
      display: user.userName,
    });
    expect(event?.changes).to.include.members(["userName", "title", "active"]);
    expect(event?.address).to.match(/127\.0\.0\.1/);
    expect(Date.parse(String(event?.timestamp))).to.be.closeTo(Date.now(), 60_000);
    expect(JSON.stringify(event)).to.not.include("horse");
    expect(await read(scim, `/AuditEvents/${event?.id ?? ""}`)).to.deep.equal(event);
  });

  it("says what was asked for, what was answered, and how long that took", async () => {
    const user = await createUser(scim);
    const group = await createGroup(scim, [user]);
    await scim.patch(`/Groups/${group.id}?attributes=id`, {
      op: "replace",
      path: "displayName",
      value: unique("A"),
    });
    await scim.patch(`/Groups/${group.id}`, { op: "replace", path: "displayName", value: unique("B") });
    await scim.put(`/Groups/${group.id}`, { schemas: [CORE_GROUP], displayName: unique("C") });
    await scim.delete(`/Groups/${group.id}`);
    expectError(await scim.delete(`/Groups/${group.id}?secret=query`), { status: 404 });
    const events = await eventsOf(scim, group);
    const path = `/Groups/${group.id}`;
    expect(events.map(({ request, status }) => [request, status])).to.deep.equal([
      [{ method: "DELETE", path }, 404],
      [{ method: "DELETE", path }, 204],
      [{ method: "PUT", path }, 200],
      [{ method: "PATCH", path }, 204],
      [{ method: "PATCH", path }, 200],
      [{ method: "POST", path: "/Groups" }, 201],
    ]);
    for (const { duration } of events) expect(duration).to.be.a("number").within(0, 60_000);
    expectError(await scim.put(`/Users/${user.id}`, { schemas: [CORE_USER], userName: 1, active: "x" }), {
      ...{ status: 400, scimType: "invalidValue" },
    });
    const [refused] = await eventsOf(scim, user);
    expect(refused).to.deep.include({ result: "refused", status: 400, scimType: "invalidValue" });
    const filter = `request.method eq "PUT" and request.path eq "/Users/${user.id}" and scimType eq "invalidValue"`;
    expectList(await scim.find("/AuditEvents", `${filter} and duration ge 0 and status eq 400`), 1);
  });

  it("says how it understood what identity providers send, and never a value", async () => {
    const secret = "s3cret value";
    const made = await scim.post("/Users", {
      ...{ schemas: [CORE_USER], userName: unique("dialect"), id: secret, active: "True", shoeSize: secret },
      ...{
        [`odd ${secret}`]: 1,
        "name.givenName": secret,
        emails: { value: "a@example.com", colour: secret },
      },
      password: "c0rrect horse!",
    });
    const user = expectStatus(made, 201);
    const [created] = await eventsOf(scim, user);
    const asked = ["userName", "active", "name.givenName", "emails", "password"].map(
      (name) => `${name}: set`,
    );
    expect(created?.asked).to.have.members(asked);
    expect(created?.understood).to.have.members([
      ...[
        "id: read-only, ignored",
        "active: boolean as string",
        "shoeSize: ignored",
        "(an odd name): ignored",
      ],
      ...["emails: one value for a list", "emails.colour: ignored"],
    ]);
    const patch = await scim.patch(
      `/Users/${user.id}`,
      { op: "Replace", path: 'phoneNumbers[type eq "work"].value', value: "+49 1" },
      { op: "add", value: { "name.familyName": secret, active: "False", meta: {}, shoeSize: secret } },
      { op: "replace", path: "title", value: "" },
      { op: "remove", path: "emails", value: [{ value: "a@example.com" }] },
    );
    expectStatus(patch, 200);
    const [changed] = await eventsOf(scim, user);
    expect(changed?.asked).to.deep.equal([
      ...["phoneNumbers[...]: replace", "name.familyName: add", "active: add", "title: replace"],
      "emails: remove",
    ]);
    expect(changed?.understood).to.have.members([
      ...["op: not in lower case", "phoneNumbers[...]: selects nothing, an element was made"],
      ...["name.familyName: a path as the name of a value", "active: boolean as string"],
      ...["meta: read-only, ignored", "shoeSize: ignored", "title: removed, since its value is empty"],
      "emails: removed by value",
    ]);
    expectList(
      await scim.find("/AuditEvents", `target.value eq "${user.id}" and understood eq "shoeSize: ignored"`),
      2,
    );
    for (const event of [created, changed]) {
      expect(JSON.stringify({ ...event, target: undefined })).to.not.match(/s3cret|horse|example|49 1|"work/);
    }
  });

  it("says so much of a request and no more, and nothing to note of one in strict form", async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`unknown${index}`, "x"]));
    const body = { schemas: [CORE_USER], userName: unique("many"), ...many, ["y".repeat(5000)]: 1 };
    const user = expectStatus(await scim.post("/Users", body), 201);
    const [created] = await eventsOf(scim, user);
    expect(created?.understood).to.have.length(21);
    expect(created?.understood?.at(-1)).to.equal("and more");
    await scim.patch(`/Users/${user.id}`, { op: "replace", path: "title", value: "Lead" });
    const [changed] = await eventsOf(scim, user);
    expect(changed)
      .to.deep.include({ asked: ["title: replace"] })
      .and.not.have.property("understood");
  });

  it("tells of an operation of a Bulk like of a single request", async () => {
    const user = await createUser(scim);
    const group = await createGroup(scim);
    const value = [{ value: user.id }];
    const patch = (op: string) => ({
      ...{ method: "PATCH", path: `/Groups/${group.id}` },
      data: { schemas: [PATCH_OP], Operations: [{ op, path: "members", value }] },
    });
    const Operations = [
      ...[patch("add"), patch("remove"), patch("add"), patch("add")],
      { method: "DELETE", path: `/Groups/${group.id}` },
      { method: "DELETE", path: `/Groups/${group.id}` },
    ];
    expectStatus(await scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations }), 200);
    const path = `/Groups/${group.id}`;
    const requests = (await eventsOf(scim, group)).map(({ request, status }) => [request, status]);
    expect(requests).to.have.deep.members([
      [{ method: "POST", path: "/Groups" }, 201],
      ...["add", "remove", "add"].map(() => [{ method: "PATCH", path }, 204]),
      [{ method: "DELETE", path }, 204],
      [{ method: "DELETE", path }, 404],
    ]);
  });

  it("says which request a refused token came with", async () => {
    const { token, secret } = await server().services.operator.issueToken(unique("Soon revoked"));
    expectStatus(await scim.delete(`/AccessTokens/${token.id}`), 204);
    expectError(await scim.get("/Users?filter=title%20pr", { authorization: `Bearer ${secret}` }), {
      status: 401,
    });
    const [event] = await eventsOf(scim, token);
    expect(event).to.deep.include({
      action: "authenticate",
      status: 401,
      request: { method: "GET", path: "/Users" },
    });
  });

  it("shows what the operator did without a token or a person", async () => {
    const { token } = await server().services.operator.issueToken(unique("By the operator"));
    const [event] = await eventsOf(scim, token);
    expect(event).to.deep.include({ action: "create", result: "success", realm: "provider" });
    expect(event).to.not.have.any.keys("token", "user", "requestId", "address", "request", "duration");
  });

  it("has every change, and nothing of what changes nothing", async () => {
    const user = await createUser(scim);
    const rename = { op: "replace", path: "displayName", value: "D." };
    for (const operation of [rename, rename]) await scim.patch(`/Users/${user.id}`, operation);
    await scim.patch(`/Users/${user.id}`, { op: "replace", path: "password", value: "correct horse" });
    const group = await createGroup(scim, [user]);
    await scim.patch(`/Groups/${group.id}`, { op: "remove", path: "members" });
    await scim.delete(`/Groups/${group.id}`);
    await scim.delete(`/Users/${user.id}`);
    const deeds = (events: Event[]) => events.map(({ action, changes }) => [action, changes]);
    expect(deeds(await eventsOf(scim, user))).to.deep.equal([
      ["delete", undefined],
      ["change", ["password"]],
      ["change", ["displayName"]],
      ["create", ["userName", "active"]],
    ]);
    const ofGroup = await eventsOf(scim, group);
    expect(deeds(ofGroup)).to.deep.equal([
      ["delete", undefined],
      ["change", ["members"]],
      ["create", ["displayName", "members"]],
    ]);
    expect(ofGroup[1]?.detail).to.equal(`removed ${user.id}`);
  });

  it("has refused writes, and what an organization asks for and does not get", async () => {
    const outside = await createUser(scim);
    expectError(await own.get(`/Users/${outside.id}`), { status: 404 });
    expectError(await own.delete(`/Users/${outside.id}`), { status: 404 });
    const put = { schemas: [CORE_USER], userName: unique("x"), roles: [{ value: "provider-admin" }] };
    const user = expectStatus(await own.post("/Users", { schemas: [CORE_USER], userName: unique("y") }), 201);
    expectError(await own.put(`/Users/${user.id}`, put), { status: 403 });
    const refusals = async (target: Body) =>
      (await eventsOf(own, target)).filter(({ result }) => result === "refused");
    expect((await refusals(outside)).map(({ action, status }) => [action, status])).to.deep.equal([
      ["delete", 404],
      ["read", 404],
    ]);
    const [refused] = await refusals(user);
    expect(refused).to.include({ action: "replace", status: 403 });
    expect(refused?.detail).to.match(/provider roles/);
  });

  it("has refusals however odd what was asked for is", async () => {
    const before = expectStatus(await own.get("/AuditEvents?count=0"), 200).totalResults;
    for (const id of ["%00", "x".repeat(20_000), "%F0%9F%8D%9E".repeat(400)]) {
      expectError(await own.delete(`/Users/${id}`), { status: 404 });
    }
    expect(expectStatus(await own.get("/AuditEvents?count=0"), 200).totalResults).to.equal(before + 3);
  });

  it("says what an organization wrote, alike of every person, also of a password that was not used", async () => {
    const elsewhere = await createUser(scim, { title: "Lead" });
    for (const userName of [elsewhere.userName, `${unique("new")}@example.com`]) {
      const body = { schemas: [CORE_USER], userName, displayName: "Own" };
      const user = expectStatus(await own.post("/Users", body), 201);
      const [created] = await eventsOf(own, user);
      expect(created).to.deep.include({ action: "create", changes: ["userName", "displayName", "active"] });
      await own.patch(
        `/Users/${user.id}`,
        { op: "replace", path: "displayName", value: "Other" },
        { op: "replace", path: "password", value: "taken 0ver by Acme" },
        { op: "replace", path: "active", value: false },
      );
      const [event] = await eventsOf(own, user);
      expect(event).to.deep.include({ changes: ["active", "displayName", "password"] });
      for (const each of [created, event]) expect(each).to.not.have.property("ignored");
    }
  });

  it("warns when a machine leaves nobody to administer an organization", async () => {
    const roles = [{ value: "organization-admin" }];
    const body = { schemas: [CORE_USER], userName: unique("admin"), roles };
    const user = expectStatus(await own.post("/Users", body), 201);
    await own.delete(`/Users/${user.id}`);
    const [event] = await eventsOf(own, user);
    expect(event).to.include({ action: "delete", result: "warning" });
    expect(event?.detail).to.match(/administrator/);
  });

  it("shows an organization what happened in its realm, and to it, and nothing else", async () => {
    const user = expectStatus(await own.post("/Users", { schemas: [CORE_USER], userName: unique("z") }), 201);
    await scim.patch(`/Users/${user.id}`, { op: "add", path: "externalId", value: "provider" });
    await scim.patch(`/Groups/${organization.id}`, { op: "add", path: "externalId", value: "provider" });
    expect((await eventsOf(own, user)).map(({ action }) => action)).to.deep.equal(["create"]);
    expect((await eventsOf(scim, user)).map(({ action }) => action)).to.deep.equal(["change", "create"]);
    const [change] = await eventsOf(own, organization);
    const provided = 'realm eq "provider"';
    expect(change).to.include({ action: "change", realm: "provider" });
    const hidden = ["token", "user", "address", "requestId", "request", "status", "scimType", "duration"];
    expect(change).to.not.have.any.keys(...hidden, "asked", "understood");
    expectList(
      await own.find("/AuditEvents", `${provided} and (status pr or duration pr or request.path pr)`),
      0,
    );
    expectList(await own.find("/AuditEvents", `${provided} and (asked pr or understood pr)`), 0);
    const [seen] = await eventsOf(scim, organization);
    expect(seen).to.include.all.keys("token", "address", "requestId");
    const { token } = seen as unknown as { token: { value: string } };
    expectList(await own.find("/AuditEvents", `token.value eq "${token.value}"`), 0);
    expect(await eventsOf(other, user)).to.deep.equal([]);
    const [event] = await eventsOf(own, user);
    expectError(await other.get(`/AuditEvents/${event?.id ?? ""}`), { status: 404 });
    const all = expectList(await own.get("/AuditEvents?count=1000")) as Event[];
    expect(new Set(all.map((each) => (each.organization as { value: string }).value))).to.deep.equal(
      new Set([organization.id]),
    );
  });

  it("is read by filter and by cursor, and not written by anybody", async () => {
    const filter = encodeURIComponent('changes eq "members" and result eq "success"');
    const { totalResults, nextCursor } = expectStatus(
      await scim.get(`/AuditEvents?filter=${filter}&count=1&cursor=`),
      200,
    );
    expect(totalResults).to.be.greaterThan(1);
    expectStatus(await scim.get(`/AuditEvents?filter=${filter}&count=1&cursor=${String(nextCursor)}`), 200);
    const search = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], count: 1 };
    expectStatus(await scim.post("/AuditEvents/.search", search), 200);
    const [event] = expectList(await scim.get("/AuditEvents?count=1"));
    for (const [method, path] of [
      ["POST", "/AuditEvents"],
      ["PUT", `/AuditEvents/${event?.id ?? ""}`],
      ["PATCH", `/AuditEvents/${event?.id ?? ""}`],
      ["DELETE", `/AuditEvents/${event?.id ?? ""}`],
    ] as const) {
      const answer = await scim.request(method, path, { body: {} });
      expectError(answer, { status: 405 });
      expect(answer.headers.allow).to.equal("GET, HEAD");
    }
  });

  it("has the writes to what does not exist, and which methods were refused", async () => {
    const user = await createUser(scim);
    const name = unique("nothing");
    expectError(await scim.post(`/${name}`, {}), { status: 404 });
    expectError(await scim.get(`/${name}`), { status: 404 });
    expectError(await scim.request("DELETE", "/Users"), { status: 405 });
    expectError(await scim.request("POST", `/Users/${user.id}`, { body: {} }), { status: 405 });
    const events = expectList(await scim.get("/AuditEvents?count=1000")) as Event[];
    const refused = events.slice(-3).map(({ action, result, status, target, detail }) => ({
      ...{ action, result, status, target },
      isNamed: detail.includes(name),
    }));
    expect(refused).to.deep.equal([
      { action: "create", result: "refused", status: 404, target: { type: "Endpoint" }, isNamed: true },
      { action: "delete", result: "refused", status: 405, target: { type: "User" }, isNamed: false },
      {
        ...{ action: "change", result: "refused", status: 405, isNamed: false },
        target: { type: "User", value: user.id, $ref: `${scim.url}/Users/${user.id}` },
      },
    ]);
  });

  it("is kept with the change, or neither is", async () => {
    const before = expectList(await scim.get("/AuditEvents?count=1000")).length;
    const value = [{ value: "01890a5d-ac96-774b-bcce-b302099a8057" }];
    const group = await createGroup(scim);
    const refused = await scim.patch(`/Groups/${group.id}`, { op: "add", path: "members", value });
    expectError(refused, { status: 400, scimType: "invalidValue" });
    const after = expectList(await scim.get("/AuditEvents?count=1000")) as Event[];
    expect(after.slice(before).map(({ action, result }) => [action, result])).to.deep.equal([
      ["create", "success"],
      ["change", "refused"],
    ]);
  });

  it("forgets what is older than it goes back", async () => {
    const { audit } = server().services;
    const user = await createUser(scim);
    expect(await audit.prune(new Date(Date.now() - 60_000).toISOString())).to.equal(0);
    expect(await eventsOf(scim, user)).to.have.length(1);
    expect(await audit.prune(new Date(Date.now() + 60_000).toISOString())).to.be.greaterThan(10);
    expect(await eventsOf(scim, user)).to.have.length(0);
  });
});
