import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import type { ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, omit } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const ROLES = `${MEMBERSHIP}:organizationRoles`;
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

describeServer("What a user is in organizations and teams", (scim, server) => {
  let user: Body;
  let acme: Body;
  let globex: Body;
  let own: ScimClient;

  beforeEach(async () => {
    user = await createUser(scim);
    acme = await createGroup(scim, [user]);
    globex = await createGroup(scim, [user]);
    own = await clientWith(server(), { organization: acme.id });
  });

  const extension = async (client: ScimClient) =>
    omit(
      (await read(client, `/Users/${user.id}?attributes=${MEMBERSHIP}`))[MEMBERSHIP] ?? {},
      ...["memberships", "lastActiveAt", "hasSecondFactor"],
    ) as {
      organizationRoles?: { value: string; organization: string; display: string }[];
      teams?: { value: string }[];
    };

  const admin = (organization: Body) => ({ value: "organization-admin", organization: organization.id });

  it("is shown to who asks", async () => {
    expect(await read(scim, `/Users/${user.id}`)).to.not.have.property(MEMBERSHIP);
    expect(await extension(scim)).to.deep.equal({});
    const roles = [{ value: "organization-admin", display: "Boss" }, { value: "engineer" }];
    await own.patch(`/Users/${user.id}`, { op: "add", path: "roles", value: roles });
    const team = expectStatus(
      await own.post("/Teams", { schemas: [TEAM], displayName: "Bakers", members: [{ value: user.id }] }),
      201,
    );
    expect(await extension(scim)).to.deep.equal({
      organizationRoles: ["organization-admin", "engineer"].map((value) => ({
        ...{ value, type: "direct" },
        organization: acme.id,
        display: acme.displayName,
      })),
      teams: [{ value: team.id, $ref: team.meta.location, display: "Bakers" }],
    });
    const [listed] = expectList(
      await scim.find("/Users", `id eq "${user.id}"`, `&attributes=${MEMBERSHIP}:teams.display`),
    );
    expect(listed?.[MEMBERSHIP]).to.deep.equal({ teams: [{ display: "Bakers" }] });
  });

  it("is granted by the provider, organization by organization", async () => {
    const client = await clientWith(server(), { userName: user.userName, organization: acme.id });
    expectError(await client.get("/Users"), { status: 403 });
    const add = (value: unknown) => scim.patch(`/Users/${user.id}`, { op: "add", path: ROLES, value });
    expectStatus(await add([admin(acme)]), 200);
    expectStatus(await client.get("/Users"), 200);
    expectStatus(await add([admin(globex)]), 200);
    expect((await extension(scim)).organizationRoles).to.have.length(2);
    const remove = { op: "remove", path: `${ROLES}[organization eq "${acme.id}"]` };
    expectStatus(await scim.patch(`/Users/${user.id}`, remove), 200);
    expectError(await client.get("/Users"), { status: 403 });
    expect((await extension(scim)).organizationRoles?.map(({ organization }) => organization)).to.deep.equal([
      globex.id,
    ]);
  });

  it("keeps what a role carries in its organization", async () => {
    const roles = [{ value: "engineer", display: "Baking engineer", primary: true }];
    await own.patch(`/Users/${user.id}`, { op: "add", path: "roles", value: roles });
    await scim.patch(`/Users/${user.id}`, { op: "add", path: ROLES, value: [admin(acme)] });
    expect((await read(own, `/Users/${user.id}`)).roles).to.deep.equal(
      [...roles, { value: "organization-admin" }].map((role) => ({ ...role, type: "direct" })),
    );
  });

  it("is replaced by a PUT that says so, and stays through one that does not", async () => {
    const put = (more: object) =>
      scim.put(`/Users/${user.id}`, { schemas: [CORE_USER], userName: user.userName, ...more });
    expectStatus(await put({ [MEMBERSHIP]: { organizationRoles: [admin(acme)] } }), 200);
    expectStatus(await put({}), 200);
    expect((await extension(scim)).organizationRoles).to.have.length(1);
    expectStatus(await put({ [MEMBERSHIP]: { organizationRoles: [admin(globex)] } }), 200);
    expect((await extension(scim)).organizationRoles?.[0]?.organization).to.equal(globex.id);
    expect(omit(await read(scim, `/Users/${user.id}`), "meta", "groups")).to.deep.equal(omit(user, "meta"));
  });

  it("has roles in organizations of the user's alone", async () => {
    const elsewhere = await createGroup(scim);
    for (const value of [
      [admin(elsewhere)],
      [{ value: "organization-admin" }],
      [{ organization: acme.id }],
    ]) {
      const answer = await scim.patch(`/Users/${user.id}`, { op: "add", path: ROLES, value });
      expectError(answer, { status: 400, scimType: "invalidValue" });
    }
    expect(await extension(scim)).to.deep.equal({});
  });

  it("has no last administrator taken away by a person", async () => {
    await scim.patch(`/Users/${user.id}`, { op: "add", path: ROLES, value: [admin(acme)] });
    const boss = await createUser(scim, { roles: [{ value: "provider-admin" }] });
    const client = await clientWith(server(), { userName: boss.userName });
    expectError(await client.patch(`/Users/${user.id}`, { op: "remove", path: ROLES }), { status: 403 });
    expect((await extension(scim)).organizationRoles).to.have.length(1);
  });

  it("is, in an organization's realm, its teams alone", async () => {
    const other = await clientWith(server(), { organization: globex.id });
    await scim.patch(`/Users/${user.id}`, { op: "add", path: ROLES, value: [admin(acme), admin(globex)] });
    const body = { schemas: [TEAM], displayName: "Secret", members: [{ value: user.id }] };
    const team = expectStatus(await other.post("/Teams", body), 201);
    expect(await extension(own)).to.deep.equal({});
    expect((await extension(other)).teams).to.have.length(1);
    const raise = { op: "add", path: ROLES, value: [admin(globex)] };
    expectStatus(await own.patch(`/Users/${user.id}`, raise), 200);
    for (const filter of [
      `${MEMBERSHIP}:teams.value eq "${team.id}"`,
      `${MEMBERSHIP}:teams.display eq "Secret"`,
      `${ROLES}.organization eq "${globex.id}"`,
      `${ROLES} pr`,
    ]) {
      expectList(await own.find("/Users", filter), 0);
      expectList(await scim.find("/Users", `(${filter}) and id eq "${user.id}"`), 1);
    }
    expectList(await other.find("/Users", `${MEMBERSHIP}:teams.value eq "${team.id}"`), 1);
  });
});
