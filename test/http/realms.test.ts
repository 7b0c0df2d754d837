import { expect } from "chai";
import { expectError, expectList, expectStatus, memberCount, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

describeServer("An organization's realm", (scim, server) => {
  let acme: Body;
  let globex: Body;
  let own: ScimClient;
  let other: ScimClient;

  before(async () => {
    acme = await createGroup(scim, [], { displayName: "Acme" });
    globex = await createGroup(scim, [], { displayName: "Globex" });
    own = await clientWith(server(), { organization: acme.id });
    other = await clientWith(server(), { organization: "GLOBEX" });
  });

  const post = (client: ScimClient, attributes: object) =>
    client.post("/Users", { schemas: [CORE_USER], userName: unique("person"), ...attributes });

  /** A person of both organizations, whom the provider created. */
  async function shared(attributes: object = {}): Promise<Body> {
    const user = await createUser(scim, { displayName: "Ines", ...attributes });
    for (const { id } of [acme, globex]) {
      await scim.patch(`/Groups/${id}`, { op: "add", path: "members", value: [{ value: user.id }] });
    }
    return user;
  }

  describe("has for Users its members:", () => {
    it("whom it creates, and nobody else", async () => {
      const userName = unique("Dana");
      const made = await post(own, { userName, externalId: "a-1", roles: [{ value: "engineer" }] });
      const user = expectStatus(made, 201);
      expect(user).to.deep.include({ userName, externalId: "a-1", active: true });
      expect(user.groups).to.equal(undefined);
      expect(made.headers).to.include({ location: user.meta.location, etag: user.meta.version });
      expect(await read(own, `/Users/${user.id}`)).to.deep.equal(user);
      expect(expectList(await own.find("/Users", `userName eq "${userName}"`))).to.deep.equal([user]);
      expectError(await other.get(`/Users/${user.id}`), { status: 404 });
      expectList(await other.find("/Users", `userName eq "${userName}"`), 0);
      expect(await read(scim, `/Users/${user.id}`)).to.include({ userName, active: true });
      expect(await read(scim, `/Users/${user.id}`)).to.not.have.any.keys("externalId", "roles");
    });

    it("taking the account that there is, by its user name in any case, with a standing of its own", async () => {
      const user = await createUser(scim, { displayName: "Ines", externalId: "p", title: "Consultant" });
      const again = {
        userName: user.userName.toUpperCase(),
        externalId: "a-2",
        displayName: "Somebody else",
      };
      const taken = expectStatus(await post(own, again), 201);
      expect(taken).to.include({
        id: user.id,
        userName: user.userName.toUpperCase(),
        displayName: "Somebody else",
        externalId: "a-2",
      });
      expect(taken).to.not.have.property("title");
      expect(omit(await read(scim, `/Users/${user.id}`), "groups", "meta")).to.deep.equal(omit(user, "meta"));
    });

    it("once: who is an active member is not created again", async () => {
      const user = expectStatus(await post(own, {}), 201);
      expectError(await post(own, { userName: user.userName }), { status: 409, scimType: "uniqueness" });
    });

    it("again: who was deactivated or removed comes back when posted again", async () => {
      const user = expectStatus(await post(own, { externalId: "one" }), 201);
      await own.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: false });
      const back = expectStatus(await post(own, { userName: user.userName, externalId: "two" }), 201);
      expect(back).to.include({ id: user.id, active: true, externalId: "two" });
      expectStatus(await own.delete(`/Users/${user.id}`), 204);
      expectError(await own.get(`/Users/${user.id}`), { status: 404 });
      expect(await read(scim, `/Users/${user.id}`)).to.include({ active: true });
      expect(expectStatus(await post(own, { userName: user.userName }), 201)).to.include({ id: user.id });
    });

    it("whose removal ends the membership and counts it", async () => {
      const before = await memberCount(own, acme.id);
      const user = expectStatus(await post(own, {}), 201);
      expect(await memberCount(own, acme.id)).to.equal(before + 1);
      expectStatus(await own.delete(`/Users/${user.id}`), 204);
      expect(await memberCount(own, acme.id)).to.equal(before);
      expectError(await own.delete(`/Users/${user.id}`), { status: 404 });
    });
  });

  describe("says of a member for itself alone", () => {
    it("whether it is active", async () => {
      const user = await shared();
      await own.patch(`/Users/${user.id}`, { op: "replace", value: { active: false } });
      expect(await read(own, `/Users/${user.id}`)).to.include({ active: false });
      expect(await read(other, `/Users/${user.id}`)).to.include({ active: true });
      expect(await read(scim, `/Users/${user.id}`)).to.include({ active: true });
      expectList(await own.find("/Users", `id eq "${user.id}" and active eq false`), 1);
      expectList(await other.find("/Users", `id eq "${user.id}" and active eq false`), 0);
    });

    it("its external id and its roles, which filters and sorting see", async () => {
      const user = await shared({ externalId: "provider" });
      const say = (client: ScimClient, externalId: string, role: string) =>
        client.patch(
          `/Users/${user.id}`,
          { op: "add", path: "externalId", value: externalId },
          { op: "add", path: "roles", value: [{ value: role }] },
        );
      expectStatus(await say(own, "acme", "Engineer"), 200);
      expectStatus(await say(other, "globex", "Auditor"), 200);
      expect(await read(own, `/Users/${user.id}`)).to.deep.include({
        externalId: "acme",
        roles: [{ value: "Engineer", type: "direct" }],
      });
      expectList(await own.find("/Users", 'externalId eq "acme" and roles eq "ENGINEER"'), 1);
      expectList(await own.find("/Users", 'externalId eq "globex" or roles.value eq "auditor"'), 0);
      expectList(await scim.find("/Users", `id eq "${user.id}" and externalId eq "provider"`), 1);
      const sorted = await own.get(`/Users?filter=id%20eq%20%22${user.id}%22&sortBy=roles.value`);
      expectList(sorted, 1);
    });

    it("when it became one, and in which version it is", async () => {
      const user = await shared();
      const seen = await read(own, `/Users/${user.id}`);
      await other.patch(`/Users/${user.id}`, { op: "add", path: "externalId", value: unique("x") });
      await scim.patch(`/Users/${user.id}`, { op: "add", path: "externalId", value: unique("x") });
      expect(await read(own, `/Users/${user.id}`)).to.deep.equal(seen);
      await scim.patch(`/Users/${user.id}`, { op: "add", path: "title", value: "Lead" });
      const after = await read(own, `/Users/${user.id}`);
      expect(after.meta.version).to.not.equal(seen.meta.version);
      expect(after.title).to.equal("Lead");
      const patch = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [] };
      const stale = { body: { ...patch, Operations: [{ op: "add", path: "externalId", value: "y" }] } };
      expectError(
        await own.request("PATCH", `/Users/${user.id}`, {
          ...stale,
          headers: { "if-match": seen.meta.version },
        }),
        { status: 412 },
      );
    });

    it("everything, and nothing of it changes the account of a person whom it shares", async () => {
      const user = await shared({ title: "Consultant" });
      const userName = unique("own");
      const patched = await own.patch(
        `/Users/${user.id}`,
        { op: "replace", path: "displayName", value: "Own" },
        { op: "replace", path: "userName", value: userName },
        { op: "replace", path: "password", value: "correct horse battery staple 7" },
        { op: "replace", path: "active", value: false },
      );
      expect(expectStatus(patched, 200)).to.include({ userName, displayName: "Own", active: false });
      const put = { schemas: [CORE_USER], userName: unique("own"), displayName: "Whole", active: true };
      const { userName: name, displayName } = put;
      expect(expectStatus(await own.put(`/Users/${user.id}`, put), 200)).to.include({
        ...{ userName: name, displayName, active: true },
      });
      const now = await read(scim, `/Users/${user.id}`);
      expect(omit(now, "groups", "meta")).to.deep.equal(omit(user, "groups", "meta"));
    });

    it("everything, and the account follows while it is in the organization's care", async () => {
      const user = expectStatus(
        await post(own, { displayName: "Dana", userName: `${unique("d")}@x.example` }),
        201,
      );
      const rename = async (value: string) => {
        const operation = { op: "replace", path: "displayName", value };
        expect(expectStatus(await own.patch(`/Users/${user.id}`, operation), 200)).to.include({
          displayName: value,
        });
        return (await read(scim, `/Users/${user.id}`)).displayName as unknown;
      };
      expect(await rename("D.")).to.equal("D.");
      expectStatus(await post(other, { userName: user.userName }), 201);
      expect(await rename("Dee")).to.equal("D.");
      expectStatus(await other.delete(`/Users/${user.id}`), 204);
      expect(await rename("Deed")).to.equal("D.");
    });
  });

  describe("has for Groups its teams, and itself by its id:", () => {
    it("it is read and in no list, the others are not there", async () => {
      expect(await read(own, `/Groups/${acme.id}`)).to.include({ displayName: "Acme" });
      expectList(await own.get("/Groups"), 0);
      for (const name of ["Acme", "Globex"])
        expectList(await own.find("/Groups", `displayName eq "${name}"`), 0);
      expectList(await own.find("/Groups", `id eq "${acme.id}"`), 0);
      expectList(await own.find("/Users", `groups.value eq "${globex.id}" or groups.display eq "Globex"`), 0);
      expectError(await own.get(`/Groups/${globex.id}`), { status: 404 });
      const add = { op: "add", path: "members", value: [] };
      expectError(await own.patch(`/Groups/${globex.id}`, add), { status: 404 });
      const everything = expectList(await own.get("/?attributes=id&count=1000"));
      const seen = expectList(await own.get("/Users?attributes=id&count=1000"));
      expect(everything.length).to.equal(seen.length);
    });

    it("its members are added, by the ids of any accounts, and removed", async () => {
      const user = await createUser(scim);
      const value = [{ value: user.id }];
      expectStatus(await own.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value }), 204);
      expect(await read(own, `/Users/${user.id}`)).to.include({ userName: user.userName });
      expectStatus(await own.patch(`/Groups/${acme.id}`, { op: "remove", path: "members", value }), 204);
      expectError(await own.get(`/Users/${user.id}`), { status: 404 });
      expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
    });

    it("it is neither renamed nor deleted", async () => {
      expectError(await own.delete(`/Groups/${acme.id}`), { status: 403 });
      expectError(await own.delete(`/Groups/${globex.id}`), { status: 404 });
      const rename = { op: "replace", path: "displayName", value: "Globex" };
      expectError(await own.patch(`/Groups/${acme.id}`, rename), { status: 403, detail: /rename/ });
      expectStatus(
        await own.patch(`/Groups/${acme.id}`, { op: "add", path: "externalId", value: "okta-1" }),
        204,
      );
    });
  });

  it("lasts as long as the organization", async () => {
    const short = await createGroup(scim);
    const client = await clientWith(server(), { organization: short.id });
    expectStatus(await client.get("/Users"), 200);
    await scim.delete(`/Groups/${short.id}`);
    expectError(await client.get("/Users"), { status: 401 });
  });

  it("does not take the cursors of another", async () => {
    for (const client of [own, other]) {
      expectStatus(await post(client, {}), 201);
      expectStatus(await post(client, {}), 201);
    }
    const { nextCursor } = expectStatus(await own.get("/Users?count=1&cursor="), 200);
    expectStatus(await own.get(`/Users?count=1&cursor=${String(nextCursor)}`), 200);
    const path = `/Users?count=1&cursor=${String(nextCursor)}`;
    for (const client of [other, scim]) {
      expectError(await client.get(path), { status: 400, scimType: "invalidCursor" });
    }
  });

  it("is not seen through by two who create the same person at once", async () => {
    const userName = `${unique("Race")}@example.com`;
    const answers = await Promise.all([own, other].map((client) => post(client, { userName })));
    const [first, second] = answers.map((answer) => expectStatus(answer, 201));
    expect(first?.id).to.equal(second?.id);
  });
});
