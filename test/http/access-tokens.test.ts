import { expect } from "chai";
import { isWellFormedSecret } from "../../src/services/tokens/token-secret.js";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Answer, Body } from "../support/client.js";
import { ScimClient } from "../support/client.js";
import { createGroup, createUser, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

describeServer("Access tokens", (scim, server) => {
  let acme: Body;
  let globex: Body;
  let own: ScimClient;

  before(async () => {
    acme = await createGroup(scim, [], { displayName: "Acme" });
    globex = await createGroup(scim, [], { displayName: "Globex" });
    own = await clientWith(server(), { organization: acme.id });
  });

  const make = (client: ScimClient, attributes: object = {}): Promise<Answer> =>
    client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "test", ...attributes });

  const bearer = (secret: unknown) => new ScimClient(() => ({ url: scim.url, token: String(secret) }));

  const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

  it("are made, and show their secret once", async () => {
    const answer = await make(scim, { name: "Okta", organization: { value: acme.id } });
    const made = expectStatus(answer, 201);
    expect(answer.headers).to.include({ location: made.meta.location, etag: made.meta.version });
    expect(made.token).to.satisfy(isWellFormedSecret);
    expect(omit(made, "id", "meta", "token")).to.deep.equal({
      schemas: [ACCESS_TOKEN],
      name: "Okta",
      realm: "organization",
      organization: { value: acme.id, $ref: acme.meta.location, display: "Acme" },
      orphaned: false,
      readOnly: false,
      checksPasswords: false,
    });
    const seen = await read(scim, `/AccessTokens/${made.id}`);
    expect(seen).to.deep.equal(omit(made, "token"));
    const list = await scim.get("/AccessTokens?count=1000");
    expect(expectList(list).map(({ id }) => id)).to.include(made.id);
    expect(list.text).to.not.include(String(made.token));
    expect(await read(bearer(made.token), `/Groups/${acme.id}`)).to.include({ id: acme.id });
  });

  it("have a prefix and a checksum by which a leaked one is known", () => {
    expect(isWellFormedSecret("muster_")).to.equal(false);
    expect(isWellFormedSecret(`muster_${"a".repeat(46)}`)).to.equal(false);
  });

  it("only read, when they are made so", async () => {
    for (const client of [scim, own]) {
      const reader = bearer(expectStatus(await make(client, { readOnly: true }), 201).token);
      expectStatus(await reader.get("/Users"), 200);
      expectError(await reader.patch(`/Groups/${acme.id}`, { op: "remove", path: "members" }), {
        status: 403,
        detail: /read-only/,
      });
      expectError(await make(reader), { status: 403 });
    }
  });

  it("end when they expire", async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const client = bearer(expectStatus(await make(scim, { expiresAt }), 201).token);
    expectStatus(await client.get("/Users"), 200);
    expectError(await server().ahead(60_000, () => client.get("/Users")), { status: 401 });
    const over = { status: 400, scimType: "invalidValue", detail: /expiresAt/ };
    expectError(await make(scim, { expiresAt: "2020-01-01T00:00:00Z" }), over);
  });

  it("end at once when they are deleted", async () => {
    const made = expectStatus(await make(scim), 201);
    expectStatus(await bearer(made.token).get("/Users"), 200);
    expectStatus(await scim.delete(`/AccessTokens/${made.id}`), 204);
    expectError(await bearer(made.token).get("/Users"), { status: 401 });
    expectError(await scim.get(`/AccessTokens/${made.id}`), { status: 404 });
    expectError(await scim.delete(`/AccessTokens/${made.id}`), { status: 404 });
  });

  it("are renamed and prolonged, and nothing else of them changes", async () => {
    const made = expectStatus(await make(scim, { expiresAt: inAMinute() }), 201);
    const path = `/AccessTokens/${made.id}`;
    const renamed = await scim.patch(path, { op: "replace", path: "name", value: "New" });
    expect(expectStatus(renamed, 200)).to.include({ name: "New", expiresAt: made.expiresAt });
    expect(
      expectStatus(await scim.patch(path, { op: "remove", path: "expiresAt" }), 200),
    ).to.not.have.property("expiresAt");
    const resource = omit(made, "token");
    expectStatus(await scim.put(path, { ...resource, name: "Put" }), 200);
    expectStatus(await scim.put(path, { schemas: [ACCESS_TOKEN], name: "Put" }), 200);
    for (const [name, value] of [
      ["readOnly", true],
      ["realm", "organization"],
      ["organization", { value: acme.id }],
      ["user", { value: (await createUser(scim)).id }],
    ] as const) {
      const refused = { status: 400, scimType: "mutability", detail: new RegExp(name) };
      if (name !== "organization" && name !== "user") {
        expectError(await scim.put(path, { ...resource, [name]: value }), refused);
      }
      expectError(await scim.patch(path, { op: "replace", path: name, value }), refused);
    }
    const ifMatch = { headers: { "if-match": made.meta.version }, body: { ...resource, name: "Late" } };
    expectError(await scim.request("PUT", path, ifMatch), { status: 412 });
  });

  it("get another secret, beside which the old one counts for a while", async () => {
    const made = expectStatus(await make(scim), 201);
    const rotate = (body: object) => scim.post(`/AccessTokens/${made.id}/rotate`, body);
    const second = expectStatus(await rotate({}), 200);
    expect(second.id).to.equal(made.id);
    expectStatus(await bearer(made.token).get("/Users"), 200);
    expectStatus(await bearer(second.token).get("/Users"), 200);
    const third = expectStatus(await rotate({ overlap: 0 }), 200);
    expectError(await bearer(made.token).get("/Users"), { status: 401 });
    expectError(await bearer(second.token).get("/Users"), { status: 401 });
    expectStatus(await bearer(third.token).get("/Users"), 200);
    for (const overlap of [-1, 1.5, 1e9, "x"]) {
      expectError(await rotate({ overlap }), { status: 400, scimType: "invalidValue", detail: /overlap/ });
    }
    expectError(await own.post(`/AccessTokens/${made.id}/rotate`, {}), { status: 404 });
  });

  it("say when they were used last", async () => {
    const made = expectStatus(await make(scim), 201);
    await bearer(made.token).get("/Users");
    await server().services.authentication.writeDownUse();
    const { lastUsedAt, meta } = await read(scim, `/AccessTokens/${made.id}`);
    expect(Date.parse(String(lastUsedAt))).to.be.closeTo(Date.now(), 10_000);
    expect(meta).to.deep.equal(made.meta);
  });

  it("belong to a person, and do what the person may", async () => {
    const user = await createUser(scim, { displayName: "Dana" });
    const made = expectStatus(await make(scim, { user: { value: user.id } }), 201);
    expect(made.user).to.deep.equal({ value: user.id, $ref: user.meta.location, display: "Dana" });
    expectStatus(await bearer(made.token).get("/Me"), 200);
    expectError(await bearer(made.token).get("/AccessTokens"), { status: 403 });
    const found = await scim.find("/AccessTokens" as "/Users", `user.value eq "${user.id}"`);
    expect(expectList(found, 1)[0]?.id).to.equal(made.id);
  });

  describe("of an organization", () => {
    it("are made in it by default, and never outside of it", async () => {
      expect(expectStatus(await make(own), 201)).to.deep.include({ realm: "organization" });
      expectError(await make(own, { realm: "provider" }), { status: 403 });
      expectError(await make(own, { organization: { value: globex.id } }), { status: 403 });
      const nowhere = { value: "01890a5d-ac96-774b-bcce-b302099a8057" };
      expectError(await make(own, { organization: nowhere }), { status: 403 });
      expectError(await make(scim, { organization: nowhere }), { status: 400, scimType: "invalidValue" });
    });

    it("see those of their own", async () => {
      const foreign = expectStatus(await make(scim, { organization: { value: globex.id } }), 201);
      const path = `/AccessTokens/${foreign.id}`;
      expectError(await own.get(path), { status: 404 });
      expectError(await own.delete(path), { status: 404 });
      expectError(await own.patch(path, { op: "replace", path: "name", value: "x" }), { status: 404 });
      const seen = expectList(await own.get("/AccessTokens?count=1000"));
      expect(
        seen.every(({ organization }) => (organization as { value: string }).value === acme.id),
      ).to.equal(true);
      expectList(await own.find("/AccessTokens" as "/Users", `organization.value eq "${globex.id}"`), 0);
    });

    it("belong to members alone", async () => {
      const outside = await createUser(scim);
      const organization = { value: acme.id };
      const refused = { status: 400, scimType: "invalidValue", detail: /no User/ };
      expectError(await make(scim, { organization, user: { value: outside.id } }), refused);
      expectError(await make(scim, { organization, user: { value: "nobody" } }), refused);
    });

    it("are made for machines alone by a machine, whether there is such a person or not", async () => {
      const member = await createUser(own);
      const refused = { status: 403, detail: /not those of other people/ };
      const answers = [];
      for (const value of [member.id, (await createUser(scim)).id, "nobody"]) {
        const answer = await make(own, { user: { value } });
        expectError(answer, refused);
        answers.push(answer.text);
      }
      expect(new Set(answers).size).to.equal(1);
      const theirs = expectStatus(
        await make(scim, { organization: { value: acme.id }, user: { value: member.id } }),
        201,
      );
      expectError(await own.post(`/AccessTokens/${theirs.id}/rotate`, {}), refused);
    });
  });

  describe("make none that can do more:", () => {
    it("one that ends makes none that lasts longer", async () => {
      const expiresAt = inAMinute();
      const client = bearer(expectStatus(await make(scim, { expiresAt }), 201).token);
      expectError(await make(client), { status: 403, detail: /expiresAt/ });
      expectError(await make(client, { expiresAt: "2100-01-01T00:00:00Z" }), { status: 403 });
      const made = expectStatus(await make(client, { expiresAt }), 201);
      const prolong = { op: "remove", path: "expiresAt" };
      expectError(await client.patch(`/AccessTokens/${made.id}`, prolong), { status: 403 });
    });

    it("somebody's makes none for somebody else", async () => {
      const roles = [{ value: "provider-admin" }];
      const [dana, noor] = [await createUser(scim, { roles }), await createUser(scim, { roles })];
      const client = await clientWith(server(), { userName: dana.userName });
      expectStatus(await make(client, { user: { value: dana.id } }), 201);
      expectError(await make(client, { user: { value: noor.id } }), { status: 403 });
    });
  });

  it("are refused for what is wrong with them", async () => {
    for (const [attributes, named] of [
      [{ name: "" }, /name/],
      [{ realm: "galaxy" }, /realm/],
      [{ realm: "organization" }, /organization/],
      [{ realm: "provider", organization: { value: acme.id } }, /organization/],
      [{ expiresAt: "soon" }, /expiresAt/],
      [{ readOnly: "perhaps" }, /readOnly/],
      [{ name: unique("x".repeat(500)) }, /name/],
    ] as const) {
      expectError(await make(scim, attributes), { status: 400, scimType: "invalidValue", detail: named });
    }
  });
});
