import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, CORE_USER, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const PROVIDER = [{ value: "provider-admin" }];
const ADMIN = [{ value: "organization-admin" }];
const BILLING = [{ value: "organization-billing-manager" }];

describeServer("Roles", (scim, server) => {
  let organization: Body;
  let machine: ScimClient;

  beforeEach(async () => {
    organization = await createGroup(scim);
    machine = await clientWith(server(), { organization: organization.id });
  });

  const setRoles = (client: ScimClient, user: Body, value: unknown) =>
    client.patch(`/Users/${user.id}`, { op: "replace", path: "roles", value });

  /** A member of the organization, and a client with a token of theirs. */
  async function member(roles: unknown = []): Promise<{ user: Body; client: ScimClient }> {
    const answer = await machine.post("/Users", { schemas: [CORE_USER], userName: unique("member"), roles });
    const user = expectStatus(answer, 201);
    const { userName } = user;
    return { user, client: await clientWith(server(), { userName, organization: organization.id }) };
  }

  async function providerAdmin(): Promise<{ user: Body; client: ScimClient }> {
    const user = await createUser(scim, { roles: PROVIDER });
    return { user, client: await clientWith(server(), { userName: user.userName }) };
  }

  describe("of an organization", () => {
    it("give power from the moment they are granted to the moment they are taken away", async () => {
      const { user, client } = await member();
      await member(ADMIN);
      expectError(await client.get("/Users"), { status: 403 });
      expect(await read(client, "/Me")).to.include({ id: user.id });
      expectStatus(await setRoles(machine, user, ADMIN), 200);
      expectStatus(await client.get("/Users"), 200);
      expectStatus(await client.post("/Users", { schemas: [CORE_USER], userName: unique("made") }), 201);
      expectStatus(await setRoles(machine, user, BILLING), 200);
      expectError(await client.get("/Users"), { status: 403 });
    });

    it("give no power to who is not active, in the organization or at all", async () => {
      const { user, client } = await member(ADMIN);
      for (const other of [machine, scim]) {
        const active = (value: boolean) =>
          other.patch(`/Users/${user.id}`, { op: "replace", path: "active", value });
        await active(false);
        expectError(await client.get("/Users"), { status: 401 });
        await active(true);
        expectStatus(await client.get("/Users"), 200);
      }
      await machine.delete(`/Users/${user.id}`);
      expectError(await client.get("/Users"), { status: 401 });
    });

    it("give no power over another organization, nor the provider", async () => {
      const { user } = await member(ADMIN);
      const elsewhere = await createGroup(scim, [user]);
      const inside = await clientWith(server(), { userName: user.userName, organization: elsewhere.id });
      expectError(await inside.get("/Users"), { status: 403 });
      const everywhere = await clientWith(server(), { userName: user.userName });
      expectError(await everywhere.get("/Users"), { status: 403 });
    });

    it("are granted by its administrators, who cannot grant those of the provider", async () => {
      const { client } = await member(ADMIN);
      const { user } = await member();
      expectStatus(await setRoles(client, user, BILLING), 200);
      for (const raised of [client, machine]) {
        for (const value of ["provider-admin", "Provider-Admin"]) {
          expectError(await setRoles(raised, user, [{ value }]), { status: 403, detail: /provider roles/ });
          const roles = [{ value: "engineer" }, { value }];
          const put = { schemas: [CORE_USER], userName: user.userName, roles };
          expectError(await raised.put(`/Users/${user.id}`, put), { status: 403 });
          expectError(await raised.post("/Users", { ...put, userName: unique("new") }), { status: 403 });
        }
      }
      expect((await read(machine, `/Users/${user.id}`)).roles).to.deep.equal([
        { ...BILLING[0], type: "direct" },
      ]);
    });

    it("are not granted by who has none, nor by who can only read", async () => {
      const { user, client } = await member();
      expectError(await setRoles(client, user, ADMIN), { status: 403 });
      const { userName } = (await member(ADMIN)).user;
      const reader = await clientWith(server(), { userName, organization: organization.id, readOnly: true });
      expectStatus(await reader.get(`/Users/${user.id}`), 200);
      expectError(await setRoles(reader, user, ADMIN), { status: 403, detail: /read-only/ });
    });

    it("that Muster does not know are kept and grant nothing", async () => {
      const roles = [{ value: "organization-administrator", display: "Admin", type: "App", primary: true }];
      const { user, client } = await member(roles);
      expect((await read(machine, `/Users/${user.id}`)).roles).to.deep.equal(roles);
      expectError(await client.get("/Users"), { status: 403 });
    });

    it("stay through a PUT that says nothing of roles, and go with one that says there are none", async () => {
      const { user, client } = await member(ADMIN);
      await member(ADMIN);
      const put = { schemas: [CORE_USER], userName: user.userName };
      expectStatus(await machine.put(`/Users/${user.id}`, put), 200);
      expectStatus(await client.get("/Users"), 200);
      expectStatus(await machine.put(`/Users/${user.id}`, { ...put, roles: [] }), 200);
      expectError(await client.get("/Users"), { status: 403 });
    });
  });

  describe("of the provider", () => {
    it("give power over everything", async () => {
      const { client } = await providerAdmin();
      const user = await createUser(client);
      expectStatus(await setRoles(client, user, PROVIDER), 200);
      expectStatus(await client.delete(`/Groups/${organization.id}`), 204);
    });

    it("give no power to who is not active", async () => {
      const { user, client } = await providerAdmin();
      await scim.patch(`/Users/${user.id}`, { op: "remove", path: "active" });
      expectError(await client.get("/Users"), { status: 401 });
    });

    it("of an organization's kind grant nothing there", async () => {
      const user = await createUser(scim, { roles: ADMIN });
      const client = await clientWith(server(), { userName: user.userName });
      expectError(await client.get("/Users"), { status: 403 });
    });
  });

  describe("that somebody must have:", () => {
    /** All ways by which an organization can lose a member's power. */
    const ways: [string, (client: ScimClient, user: Body) => Promise<{ status: number }>][] = [
      ["demoted", (client, user) => setRoles(client, user, [])],
      ["given another role", (client, user) => setRoles(client, user, BILLING)],
      [
        "deactivated",
        (client, user) => client.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: false }),
      ],
      ["removed", (client, user) => client.delete(`/Users/${user.id}`)],
      [
        "taken out of the group",
        (client, user) =>
          client.patch(`/Groups/${organization.id}`, {
            op: "remove",
            path: `members[value eq "${user.id}"]`,
          }),
      ],
      [
        "left out of the group",
        (client) => client.patch(`/Groups/${organization.id}`, { op: "replace", path: "members", value: [] }),
      ],
    ];

    for (const [title, way] of ways) {
      it(`the last administrator of an organization is not ${title} by a person, but by a machine`, async () => {
        const { user, client } = await member(ADMIN);
        const before = await read(machine, `/Users/${user.id}`);
        const answer = await way(client, user);
        expectError(answer as never, { status: 403, detail: /administrator/ });
        expect(await read(machine, `/Users/${user.id}`)).to.deep.equal(before);
        expect((await way(machine, user)).status).to.be.oneOf([200, 204]);
        expectError(await client.get("/Users"), {
          status: title === "demoted" || title === "given another role" ? 403 : 401,
        });
      });
    }

    it("the last but one can go", async () => {
      const { client } = await member(ADMIN);
      const { user } = await member(ADMIN);
      expectStatus(await client.delete(`/Users/${user.id}`), 204);
    });

    it("of two who demote each other at once, one stays", async () => {
      const [one, other] = [await member(ADMIN), await member(ADMIN)];
      const answers = await Promise.all([
        setRoles(one.client, other.user, []),
        setRoles(other.client, one.user, []),
      ]);
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([200, 403]);
    });

    it("the last administrator of the provider goes by no person's hand", async () => {
      const fresh = await scim.find("/Users", 'roles.value eq "provider-admin"');
      for (const { id } of fresh.body.Resources) await scim.delete(`/Users/${id}`);
      const { user, client } = await providerAdmin();
      expectError(await setRoles(client, user, []), { status: 403, detail: /the provider/ });
      expectError(await client.delete(`/Users/${user.id}`), { status: 403, detail: /the provider/ });
      const active = { op: "replace", path: "active", value: false };
      expectError(await client.patch(`/Users/${user.id}`, active), { status: 403 });
      expectStatus(await client.get(`/Users/${user.id}`), 200);
      expectStatus(await scim.delete(`/Users/${user.id}`), 204);
    });

    it("a provider administrator does not leave an organization without one by deleting the account", async () => {
      const { user } = await member(ADMIN);
      const { client } = await providerAdmin();
      expectError(await client.delete(`/Users/${user.id}`), { status: 403, detail: /an organization/ });
      expectStatus(await scim.delete(`/Users/${user.id}`), 204);
    });
  });
});
