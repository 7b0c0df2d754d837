import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  MEMBERSHIP,
  omit,
  ORGANIZATION,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const ADMIN = { value: "organization-admin" };
const BY_TEAM = { ...ADMIN, type: "team" };
const DIRECT = { ...ADMIN, type: "direct" };

const refs = (...users: readonly Body[]) => users.map(({ id }) => ({ value: id }));
const add = (...users: readonly Body[]) => ({ op: "add", path: "members", value: refs(...users) });
const remove = ({ id }: Body) => ({ op: "remove", path: `members[value eq "${id}"]` });
const ROLES = `${ORGANIZATION}:roles`;

describeServer("Roles by team", (scim, server) => {
  let acme: Body;
  /** The token of its identity provider. */
  let own: ScimClient;
  let people: [Body, Body, Body];
  let admins: Body;

  beforeEach(async () => {
    acme = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
    people = [await createUser(own), await createUser(own), await createUser(own)];
    admins = await createGroup(own, [], { [ORGANIZATION]: { roles: [ADMIN], description: "Computers" } });
  });

  const rolesOf = async ({ id }: Body, client = own) => (await read(client, `/Users/${id}`)).roles;
  const patch = async (group: Body, ...operations: { op: string; path?: string; value?: unknown }[]) =>
    expectStatus(await own.patch(`/Groups/${group.id}`, ...operations), 204);
  const personal = ({ userName }: Body) => clientWith(server(), { organization: acme.id, userName });
  const eventsOf = async ({ id }: Body, more = "") =>
    expectList(await own.find("/AuditEvents", `target.value eq "${id}"${more}`));

  describe("are given to members as long as they are in it", () => {
    it("in both views of the team, to joiners and leavers", async () => {
      const [dana, noor] = people;
      expect(admins[ORGANIZATION]).to.deep.include({ roles: [ADMIN] });
      expect((await read(own, `/Teams/${admins.id}`)).roles).to.deep.equal([ADMIN]);
      await patch(admins, add(dana, noor));
      expect(await rolesOf(dana)).to.deep.equal([BY_TEAM]);
      await patch(admins, remove(noor));
      expect(await rolesOf(noor)).to.equal(undefined);
      const path = `/Teams/${admins.id}`;
      const billing = { value: "organization-billing-manager" };
      expectStatus(await own.patch(path, { op: "add", path: "roles", value: [billing] }), 204);
      expect(await rolesOf(dana)).to.deep.equal([BY_TEAM, { ...billing, type: "team" }]);
      expectStatus(
        await own.patch(path, { op: "remove", path: 'roles[value eq "organization-admin"]' }),
        204,
      );
      expect(await rolesOf(dana)).to.deep.equal([{ ...billing, type: "team" }]);
      expectStatus(await own.delete(`/Groups/${admins.id}`), 204);
      expect(await rolesOf(dana)).to.equal(undefined);
    });

    it("in the provider's realm, too, and in the version, the filters and the sorting of Users", async () => {
      const [dana, noor] = people;
      const before = await read(own, `/Users/${dana.id}`);
      await patch(admins, add(dana));
      await own.patch(`/Users/${noor.id}`, { op: "add", path: "roles", value: [{ value: "engineer" }] });
      expect((await read(own, `/Users/${dana.id}`)).meta.version).to.not.equal(before.meta.version);
      const all = await read(scim, `/Users/${dana.id}?attributes=${MEMBERSHIP}:organizationRoles`);
      expect((all[MEMBERSHIP] as Record<string, unknown>).organizationRoles).to.deep.equal([
        { ...BY_TEAM, organization: acme.id, display: acme.displayName },
      ]);
      const found = async (client: ScimClient, filter: string) =>
        expectList(await client.find("/Users", filter)).map(({ id }) => id);
      for (const filter of [
        'roles.value eq "ORGANIZATION-admin"',
        'roles[type eq "team"]',
        'roles.type eq "team"',
      ]) {
        expect(await found(own, filter), filter).to.deep.equal([dana.id]);
      }
      expect(await found(own, 'roles[type eq "direct"]')).to.deep.equal([noor.id]);
      const filter = `${MEMBERSHIP}:organizationRoles[organization eq "${acme.id}" and type eq "team"]`;
      expect(await found(scim, filter)).to.deep.equal([dana.id]);
      const sorted = await own.get("/Users?sortBy=roles.value&count=2");
      expect(expectList(sorted).map(({ id }) => id)).to.deep.equal([noor.id, dana.id]);
      expect(
        expectList(await own.find("/Groups", `${ROLES}.value eq "organization-admin"`)).map(({ id }) => id),
      ).to.deep.equal([admins.id]);
    });

    it("and give power, which ends at once", async () => {
      const [dana] = people;
      const client = await personal(dana);
      expectError(await client.get("/Users"), { status: 403 });
      await patch(admins, add(dana));
      expectStatus(await client.get("/Users"), 200);
      expectStatus(
        await client.patch(`/Groups/${admins.id}`, { op: "add", path: "externalId", value: "x" }),
        204,
      );
      await patch(admins, remove(dana));
      expectError(await client.get("/Users"), { status: 403 });
    });

    it("and stay when a PUT names neither them nor the description", async () => {
      for (const [path, schema] of [
        [`/Groups/${admins.id}`, CORE_GROUP],
        [`/Teams/${admins.id}`, TEAM],
      ] as const) {
        expectStatus(await own.put(path, { schemas: [schema], displayName: unique("Put") }), 200);
        expect((await read(own, `/Groups/${admins.id}`))[ORGANIZATION]).to.deep.equal({
          ...{ description: "Computers", roles: [ADMIN] },
        });
      }
      const none = {
        schemas: [CORE_GROUP],
        displayName: unique("Put"),
        [ORGANIZATION]: { roles: [], description: null },
      };
      expectStatus(await own.put(`/Groups/${admins.id}`, none), 200);
      expect(await read(own, `/Groups/${admins.id}`)).to.not.have.property(ORGANIZATION);
    });

    it("but only those that an organization has", async () => {
      for (const value of ["provider-admin", "engineer", "team-admin"]) {
        const body = {
          schemas: [CORE_GROUP],
          displayName: unique("No"),
          [ORGANIZATION]: { roles: [{ value }] },
        };
        expectError(await own.post("/Groups", body), {
          status: 400,
          scimType: "invalidValue",
          detail: new RegExp(value),
        });
      }
    });
  });

  describe("never become a person's own by being sent back", () => {
    let dana: Body;
    beforeEach(async () => {
      [dana] = people;
      await patch(admins, add(dana));
    });

    const put = async (roles: readonly object[] | undefined) => {
      const body = { ...omit(dana, "id", "meta", "groups"), schemas: [CORE_USER], ...(roles && { roles }) };
      expectStatus(await own.put(`/Users/${dana.id}`, body), 200);
      return rolesOf(dana);
    };

    it("with their type, without it, or not at all", async () => {
      for (const roles of [[BY_TEAM], [ADMIN], undefined, []]) {
        expect(await put(roles), JSON.stringify(roles)).to.deep.equal([BY_TEAM]);
        const value = roles ?? [];
        await own.patch(`/Users/${dana.id}`, { op: "replace", path: "roles", value });
        expect(await rolesOf(dana)).to.deep.equal([BY_TEAM]);
      }
      await own.patch(`/Users/${dana.id}`, { op: "remove", path: 'roles[value eq "organization-admin"]' });
      await own.patch(`/Users/${dana.id}`, { op: "add", path: "roles", value: [ADMIN] });
      await patch(admins, remove(dana));
      expect(await rolesOf(dana)).to.equal(undefined);
      expect(await put([BY_TEAM])).to.equal(undefined);
    });

    it("unless they are sent as direct", async () => {
      expect(await put([DIRECT])).to.deep.equal([DIRECT, BY_TEAM]);
      expect(await put([ADMIN])).to.deep.equal([DIRECT, BY_TEAM]);
      expect(await put(undefined)).to.deep.equal([DIRECT, BY_TEAM]);
      await patch(admins, remove(dana));
      expect(await rolesOf(dana)).to.deep.equal([DIRECT]);
      await patch(admins, add(dana));
      expect(await put([BY_TEAM])).to.deep.equal([BY_TEAM]);
    });

    it("in the provider's realm, neither", async () => {
      const path = `${MEMBERSHIP}:organizationRoles`;
      const role = { ...ADMIN, organization: acme.id };
      const say = async (value: readonly object[]) => {
        expectStatus(await scim.patch(`/Users/${dana.id}`, { op: "replace", path, value }), 200);
        return rolesOf(dana);
      };
      expect(await say([role])).to.deep.equal([BY_TEAM]);
      expect(await say([{ ...role, type: "team" }])).to.deep.equal([BY_TEAM]);
      expect(await say([{ ...role, type: "direct" }])).to.deep.equal([DIRECT, BY_TEAM]);
      expect(await say([])).to.deep.equal([BY_TEAM]);
    });

    it("while a client's own type stays on a role that Muster does not know", async () => {
      const app = { value: "App.Admin", type: "WindowsAzureActiveDirectoryRole" };
      expect(await put([app])).to.deep.equal([app, BY_TEAM]);
      expect(await put(undefined)).to.deep.equal([app, BY_TEAM]);
    });
  });

  describe("count for the last administrator:", () => {
    let dana: Body;
    let client: ScimClient;
    beforeEach(async () => {
      [dana] = people;
      await patch(admins, add(dana));
      client = await personal(dana);
    });

    const last = { status: 403, detail: /without an administrator/ };

    it("a person removes neither the last member of such a team, nor its role, nor the team", async () => {
      const path = `/Groups/${admins.id}`;
      expectError(await client.patch(path, remove(dana)), last);
      expectError(await client.patch(path, { op: "remove", path: "members" }), last);
      expectError(await client.patch(path, { op: "remove", path: ROLES }), last);
      expectError(
        await client.patch(`/Teams/${admins.id}`, { op: "replace", path: "roles", value: [] }),
        last,
      );
      expectError(await client.delete(path), last);
      expectError(await client.delete(`/Users/${dana.id}`), last);
      expectError(
        await client.patch(`/Users/${dana.id}`, { op: "replace", path: "active", value: false }),
        last,
      );
      expect(await rolesOf(dana)).to.deep.equal([BY_TEAM]);
    });

    it("another administrator, of either kind, is enough", async () => {
      const [, noor] = people;
      await own.patch(`/Users/${noor.id}`, { op: "add", path: "roles", value: [ADMIN] });
      expectStatus(await client.patch(`/Groups/${admins.id}`, remove(dana)), 204);
      expectError(
        await (await personal(noor)).patch(`/Users/${noor.id}`, { op: "replace", path: "roles", value: [] }),
        last,
      );
      await patch(admins, add(dana));
      expectStatus(await client.patch(`/Users/${noor.id}`, { op: "replace", path: "roles", value: [] }), 200);
    });

    it("a machine may, and the audit log warns", async () => {
      await patch(admins, remove(dana));
      expect((await eventsOf(admins, ' and result eq "warning"'))[0]?.detail).to.match(
        /without an administrator/,
      );
      await patch(admins, add(dana));
      expectStatus(await own.delete(`/Groups/${admins.id}`), 204);
      expect(await eventsOf(admins, ' and result eq "warning" and action eq "delete"')).to.have.length(1);
    });
  });

  describe("are given by those alone who may grant them:", () => {
    let orphaned: ScimClient;
    beforeEach(async () => {
      const [dana] = people;
      await own.patch(`/Users/${dana.id}`, { op: "add", path: "roles", value: [ADMIN] });
      const made = await (
        await personal(dana)
      ).post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "Okta" });
      const { token } = expectStatus(made, 201);
      orphaned = new ScimClient(() => ({ url: scim.url, token: String(token) }));
      await own.patch(`/Users/${dana.id}`, { op: "replace", path: "roles", value: [] });
    });

    const refused = { status: 403, detail: /orphaned.*may not grant organization roles/ };

    it("an orphaned token puts none on a team, and changes no members where there are some", async () => {
      const [, noor, jonas] = people;
      await patch(admins, add(noor));
      const plain = await createGroup(orphaned, [noor]);
      const body = { schemas: [CORE_GROUP], displayName: unique("G"), [ORGANIZATION]: { roles: [ADMIN] } };
      expectError(await orphaned.post("/Groups", body), refused);
      const role = { op: "add", path: ROLES, value: [ADMIN] };
      expectError(await orphaned.patch(`/Groups/${plain.id}`, role), refused);
      expectError(await orphaned.patch(`/Groups/${admins.id}`, add(jonas)), refused);
      expectError(await orphaned.patch(`/Groups/${admins.id}`, remove(noor)), refused);
      const bulk = {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        Operations: [jonas, people[0]].map((user) => ({
          ...{ method: "PATCH", path: `/Groups/${admins.id}` },
          data: { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [add(user)] },
        })),
      };
      const { Operations } = expectStatus(await orphaned.post("/Bulk", bulk), 200);
      expect((Operations as Body[]).map(({ status }) => status)).to.deep.equal(["403", "403"]);
      expect(await rolesOf(jonas)).to.equal(undefined);
      expectStatus(await orphaned.patch(`/Groups/${plain.id}`, add(jonas)), 204);
      expectStatus(
        await orphaned.patch(`/Groups/${admins.id}`, {
          op: "replace",
          path: "displayName",
          value: unique("R"),
        }),
        204,
      );
    });
  });

  it("end with what was made by them: machines' tokens are orphaned, invitations disabled", async () => {
    const [dana, noor] = people;
    for (const end of [
      () => patch(admins, remove(dana)),
      () => patch(admins, { op: "remove", path: ROLES }),
      async () => expectStatus(await own.delete(`/Groups/${admins.id}`), 204),
    ]) {
      await patch(admins, { op: "replace", path: ROLES, value: [ADMIN] }, add(dana, noor));
      const client = await personal(dana);
      const token = expectStatus(
        await client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "CI" }),
        201,
      );
      const other = await createGroup(own, [], { [ORGANIZATION]: { roles: [ADMIN] } });
      const invitation = expectStatus(
        await client.post("/Invitations", {
          ...{ schemas: [INVITATION], emails: [{ value: `${unique("g")}@example.com` }] },
          teams: [{ value: other.id }],
        }),
        201,
      );
      await end();
      expect(await read(own, `/AccessTokens/${token.id}`)).to.deep.include({ orphaned: true });
      expect(await read(own, `/Invitations/${invitation.id}`)).to.deep.include({ enabled: false });
      expectError(await client.get("/Users"), { status: 403 });
    }
  });

  it("disable the pending invitations into a team when they change, and say so", async () => {
    const plain = await createGroup(own);
    const invitation = expectStatus(
      await own.post("/Invitations", { schemas: [INVITATION], teams: [{ value: plain.id }] }),
      201,
    );
    await patch(plain, { op: "replace", path: "displayName", value: unique("Renamed") });
    expect(await read(own, `/Invitations/${invitation.id}`)).to.include({ enabled: true });
    await patch(plain, { op: "add", path: ROLES, value: [ADMIN] });
    expect(await read(own, `/Invitations/${invitation.id}`)).to.include({ enabled: false });
    const detailsOf = async (resource: Body) => (await eventsOf(resource)).map(({ detail }) => detail).join();
    expect(await detailsOf(invitation)).to.match(/roles of the team .* changed/);
    expect(await detailsOf(plain)).to.include("disabled 1 invitations into the team");
  });

  it("are not changed from another organization", async () => {
    const [dana] = people;
    await patch(admins, add(dana));
    const globex = await createGroup(scim, [dana]);
    const other = await clientWith(server(), { organization: globex.id });
    expectError(await other.patch(`/Groups/${admins.id}`, { op: "remove", path: ROLES }), { status: 404 });
    expect(await rolesOf(dana, other)).to.equal(undefined);
    expectList(await other.find("/Users", 'roles.value eq "organization-admin"'), 0);
    expectError(
      await (await clientWith(server(), { organization: globex.id, userName: dana.userName })).get("/Users"),
      {
        status: 403,
      },
    );
  });
});
