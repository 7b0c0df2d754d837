import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, PatchOperation, ScimClient } from "../support/client.js";
import { createGroup, createUser, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

describeServer("A team", (scim, server) => {
  let people: [Body, Body, Body];
  let outsider: Body;
  let acme: Body;
  let globex: Body;
  let own: ScimClient;

  beforeEach(async () => {
    people = [await createUser(scim), await createUser(scim), await createUser(scim)];
    outsider = await createUser(scim);
    acme = await createGroup(scim, people);
    globex = await createGroup(scim, [outsider]);
    own = await clientWith(server(), { organization: acme.id });
  });

  const make = (client: ScimClient, attributes: object = {}) =>
    client.post("/Teams", { schemas: [TEAM], displayName: unique("Team"), ...attributes });

  const created = async (members: readonly object[] = [], attributes: object = {}) =>
    expectStatus(await make(own, { members, ...attributes }), 201);

  const member = (user: Body, role?: string) => ({ value: user.id, ...(role !== undefined && { role }) });

  const rolesOf = async (team: Body) =>
    Object.fromEntries(
      ((await read(scim, `/Teams/${team.id}`)).members ?? []).map(({ value, role }) => [value, role]),
    );

  const patch = async (team: Body, ...operations: PatchOperation[]) => {
    expectStatus(await own.patch(`/Teams/${team.id}`, ...operations), 204);
    return rolesOf(team);
  };

  it("comes back with everything that it was created with", async () => {
    const [dana, noor] = people;
    const displayName = unique("Pastry");
    const answer = await make(scim, {
      displayName,
      description: "Bakers",
      externalId: "t-1",
      organization: { value: acme.id },
      members: [member(dana, "team-admin"), member(noor)],
    });
    const team = expectStatus(answer, 201);
    expect(answer.headers).to.include({ location: team.meta.location, etag: team.meta.version });
    const ordered = [dana, noor].sort((one, other) => (one.id < other.id ? -1 : 1));
    expect(omit(team, "id", "meta")).to.deep.equal({
      schemas: [TEAM],
      displayName,
      description: "Bakers",
      externalId: "t-1",
      organization: { value: acme.id, $ref: acme.meta.location, display: acme.displayName },
      members: ordered.map((user) => ({
        value: user.id,
        $ref: user.meta.location,
        type: "User",
        ...(user === dana && { role: "team-admin" }),
      })),
    });
    expect(await read(own, `/Teams/${team.id}`)).to.deep.equal(team);
  });

  it("has members and roles that come, change and go", async () => {
    const [dana, noor, jonas] = people;
    const team = await created([member(dana)]);
    const add = { op: "add", path: "members", value: [member(noor, "team-manager"), member(dana)] };
    expect(await patch(team, add)).to.deep.equal({ [dana.id]: undefined, [noor.id]: "team-manager" });
    const role = { op: "replace", path: `members[value eq "${dana.id}"].role`, value: "team-admin" };
    expect(await patch(team, role)).to.deep.equal({ [dana.id]: "team-admin", [noor.id]: "team-manager" });
    const gone = { op: "remove", path: `members[value eq "${noor.id}"].role` };
    expect(await patch(team, gone)).to.deep.equal({ [dana.id]: "team-admin", [noor.id]: undefined });
    const byRole = { op: "remove", path: 'members[role eq "TEAM-ADMIN"]' };
    expect(await patch(team, byRole)).to.deep.equal({ [noor.id]: undefined });
    const replaced = { op: "replace", path: "members", value: [member(jonas, "guest")] };
    expect(await patch(team, replaced)).to.deep.equal({ [jonas.id]: "guest" });
    // A role that is not named stays.
    const put = { schemas: [TEAM], displayName: team.displayName, members: [member(jonas), member(dana)] };
    expectStatus(await own.put(`/Teams/${team.id}`, put), 200);
    expect(await rolesOf(team)).to.deep.equal({ [jonas.id]: "guest", [dana.id]: undefined });
    expect(await patch(team, { op: "remove", path: "members" })).to.deep.equal({});
  });

  it("has a new version when something changes, and the same when nothing does", async () => {
    const [dana, noor] = people;
    const team = await created([member(dana)]);
    const version = async () => (await read(own, `/Teams/${team.id}`)).meta.version;
    await patch(team, { op: "add", path: "members", value: [member(dana)] });
    expect(await version()).to.equal(team.meta.version);
    await patch(team, { op: "add", path: "members", value: [member(noor)] });
    const later = await version();
    expect(later).to.not.equal(team.meta.version);
    await patch(team, { op: "add", path: "members", value: [member(noor, "team-admin")] });
    expect(await version()).to.not.equal(later);
    const stale = { headers: { "if-match": team.meta.version }, body: omit(team, "members") };
    expectError(await own.request("PUT", `/Teams/${team.id}`, stale), { status: 412 });
    expectStatus(await own.get(`/Teams/${team.id}`, { "if-none-match": await version() }), 304);
  });

  it("loses who leaves its organization, whichever way, and is in a new version then", async () => {
    const [dana, noor, jonas] = people;
    const team = await created(people.map((user) => member(user)));
    let { version } = team.meta;
    const ways: [Body, () => Promise<unknown>][] = [
      [dana, () => own.delete(`/Users/${dana.id}`)],
      [
        noor,
        () => scim.patch(`/Groups/${acme.id}`, { op: "remove", path: `members[value eq "${noor.id}"]` }),
      ],
      [jonas, () => scim.delete(`/Users/${jonas.id}`)],
    ];
    for (const [user, leave] of ways) {
      await leave();
      const now = await read(own, `/Teams/${team.id}`);
      expect(now.members?.map(({ value }) => value) ?? []).to.not.include(user.id);
      expect(now.meta.version).to.not.equal(version);
      ({ version } = now.meta);
    }
    expectStatus(await own.get(`/Teams/${team.id}`), 200);
    await scim.delete(`/Groups/${acme.id}`);
    expectError(await scim.get(`/Teams/${team.id}`), { status: 404 });
  });

  it("takes members of its organization alone", async () => {
    const refused = { status: 400, scimType: "invalidValue", detail: new RegExp(outsider.id) };
    expectError(await make(own, { members: [member(outsider)] }), refused);
    const [dana] = people;
    const team = await created([member(dana)]);
    const value = [member(people[1]), member(outsider)];
    for (const op of ["add", "replace"]) {
      expectError(await own.patch(`/Teams/${team.id}`, { op, path: "members", value }), refused);
    }
    const role = { op: "add", path: `members[value eq "${outsider.id}"].role`, value: "team-admin" };
    expectError(await own.patch(`/Teams/${team.id}`, role), refused);
    expect(await rolesOf(team)).to.deep.equal({ [dana.id]: undefined });
  });

  it("has a name that no other team of its organization has", async () => {
    const { displayName = "" } = await created();
    const taken = { status: 409, scimType: "uniqueness", detail: /displayName/ };
    expectError(await make(own, { displayName: displayName.toUpperCase() }), taken);
    expectStatus(await make(scim, { displayName, organization: { value: globex.id } }), 201);
  });

  it("stays in its organization", async () => {
    const team = await created();
    const value = { value: globex.id };
    const refused = { status: 400, scimType: "mutability" };
    expectError(
      await scim.patch(`/Teams/${team.id}`, { op: "replace", path: "organization", value }),
      refused,
    );
    const put = { schemas: [TEAM], displayName: "x", organization: value };
    expectError(await scim.put(`/Teams/${team.id}`, put), refused);
    expectStatus(await scim.put(`/Teams/${team.id}`, { ...put, organization: { value: acme.id } }), 200);
  });

  it("is not there for another organization", async () => {
    const team = await created();
    const other = await clientWith(server(), { organization: globex.id });
    expectError(await other.get(`/Teams/${team.id}`), { status: 404 });
    expectError(await other.delete(`/Teams/${team.id}`), { status: 404 });
    const rename = { op: "replace", path: "displayName", value: "x" };
    expectError(await other.patch(`/Teams/${team.id}`, rename), { status: 404 });
    expectList(await other.get("/Teams"), 0);
    const invalid = { status: 400, scimType: "invalidValue" };
    expectError(await make(other, { organization: { value: acme.id } }), invalid);
    expectError(await make(scim, {}), { ...invalid, detail: /organization/ });
  });

  it("is found by filter, by its members and by its organization", async () => {
    const [dana] = people;
    const team = await created([member(dana, "team-admin")], { description: "Straße" });
    const find = async (filter: string) =>
      expectList(await scim.find("/Teams" as "/Users", filter)).map(({ id }) => id);
    for (const filter of [
      `members.value eq "${dana.id}"`,
      `members[value eq "${dana.id}" and role eq "team-ADMIN"]`,
      `organization.value eq "${acme.id}"`,
      `organization eq "${acme.id}"`,
      `displayName eq "${(team.displayName ?? "").toUpperCase()}" and description co "STRASSE"`,
    ]) {
      expect(await find(filter), filter).to.deep.equal([team.id]);
    }
    expect(await find(`organization.value eq "${globex.id}"`)).to.deep.equal([]);
  });

  it("ends", async () => {
    const team = await created(people.map((user) => member(user)));
    expectStatus(await own.delete(`/Teams/${team.id}`), 204);
    expectError(await own.get(`/Teams/${team.id}`), { status: 404 });
    expect((await read(own, `/Groups/${acme.id}`)).members).to.have.length(3);
  });
});
