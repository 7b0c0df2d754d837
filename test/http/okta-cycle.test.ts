import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, PatchOperation } from "../support/client.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser, omit } from "../support/factories.js";
import { describeServer } from "../support/server.js";

/** One provisioning cycle as Okta runs it, in order: each step builds on those before it. */
describeServer("A provisioning cycle of Okta", (scim) => {
  const userName = "octavia@corp.example";
  const profile = {
    schemas: [CORE_USER],
    userName,
    name: { givenName: "Octavia", familyName: "Stone" },
    emails: [{ primary: true, value: userName, type: "work" }],
    displayName: "Octavia Stone",
    locale: "en-US",
    externalId: "00ujl29u0le5T6Aj10h7",
    groups: [],
    active: true,
  };
  const match = () => scim.find("/Users", `userName eq "${userName}"`, "&startIndex=1&count=100");
  const patchGroup = async (...operations: PatchOperation[]) => {
    expectStatus(await scim.patch(`/Groups/${group.id}`, ...operations), 204);
    return read(scim, `/Groups/${group.id}`);
  };
  const setActive = async (active: boolean) => {
    expectStatus(await scim.patch(`/Users/${user.id}`, { op: "replace", value: { active } }), 200);
    return read(scim, `/Users/${user.id}`);
  };
  const memberIds = ({ members = [] }: Body) => members.map(({ value }) => value);
  let imported: Body[];
  let user: Body;
  let group: Body;

  before("people and a group are there already", async () => {
    imported = [];
    for (let index = 0; index < 5; index += 1) imported.push(await createUser(scim));
    await createGroup(scim, imported.slice(0, 2), { displayName: "Everyone" });
  });

  it("tests the connection with a page of two users and one of groups", async () => {
    const answer = await scim.get("/Users?startIndex=1&count=2");
    expect(expectList(answer, 5)).to.have.length(2);
    expect(answer.body).to.include({ startIndex: 1, itemsPerPage: 2 });
    expectList(await scim.get("/Groups?startIndex=1&count=100"), 1);
  });

  it("imports all users page by page, each once", async () => {
    const found: Body[] = [];
    for (let total = 1; found.length < total;) {
      const answer = await scim.get(`/Users?startIndex=${found.length + 1}&count=2`);
      found.push(...expectList(answer, 5));
      total = answer.body.totalResults;
    }
    const ids = found.map(({ id }) => id);
    expect(ids).to.have.members(imported.map(({ id }) => id));
  });

  it("looks for the user, finds nobody and creates the user with a password", async () => {
    expectList(await match(), 0);
    user = expectStatus(await scim.post("/Users", { ...profile, password: "1mz050nq!Zx" }), 201);
    expect(user).to.include({ userName, active: true, externalId: profile.externalId });
    expect(user).to.not.have.property("password");
    const [found] = expectList(await match(), 1);
    expect(found).to.deep.equal(user);
  });

  it("updates the user by PUT of what it read, and what is missing goes", async () => {
    const current = omit(await read(scim, `/Users/${user.id}`), "displayName");
    const changed = { ...current, name: { givenName: "Octavia", familyName: "Rock" }, title: "Lead" };
    const updated = expectStatus(await scim.put(`/Users/${user.id}`, changed), 200);
    expect(updated).to.deep.include({ id: user.id, userName, name: changed.name, title: "Lead" });
    expect(updated).to.not.have.property("displayName");
    expect(updated.meta.created).to.equal(user.meta.created);
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(updated);
  });

  it("pushes a group with its members", async () => {
    expectList(await scim.find("/Groups", 'displayName eq "Engineering"', "&startIndex=1&count=100"), 0);
    const [first] = imported as [Body];
    const answer = await scim.post("/Groups", {
      schemas: [CORE_GROUP],
      displayName: "Engineering",
      members: [user, first].map(({ id, userName: display }) => ({ value: id, display })),
    });
    group = expectStatus(answer, 201);
    expect(memberIds(group)).to.have.members([user.id, first.id]);
    expect((await read(scim, `/Users/${user.id}`)).groups).to.have.length(1);
  });

  it("changes the group's members in one request", async () => {
    const [first, second] = imported as [Body, Body];
    const changed = await patchGroup(
      { op: "remove", path: `members[value eq "${first.id}"]` },
      { op: "add", path: "members", value: [{ value: second.id, display: second.userName }] },
    );
    expect(memberIds(changed)).to.have.members([user.id, second.id]);
  });

  it("renames the group, which keeps its members", async () => {
    const renamed = await patchGroup({ op: "replace", value: { id: group.id, displayName: "Platform" } });
    expect(renamed).to.include({ id: group.id, displayName: "Platform" });
    expect(renamed.members).to.have.length(2);
  });

  it("deactivates the user, who is still found and still a member", async () => {
    expect(await setActive(false)).to.include({ active: false, userName });
    const [found] = expectList(await match(), 1);
    expect(found).to.include({ id: user.id, active: false });
    expect(memberIds(await read(scim, `/Groups/${group.id}`))).to.include(user.id);
  });

  it("reactivates the user, by PATCH and by PUT", async () => {
    expect((await setActive(true)).active).to.equal(true);
    const inactive = await setActive(false);
    const updated = expectStatus(await scim.put(`/Users/${user.id}`, { ...inactive, active: true }), 200);
    expect(updated).to.deep.include({ active: true, name: inactive.name });
  });

  it("does not bring somebody back with a PUT that says nothing of active", async () => {
    const silent = omit(await setActive(false), "active");
    expect(expectStatus(await scim.put(`/Users/${user.id}`, silent), 200).active).to.equal(false);
  });

  it("removes the pushed group, and its people stay", async () => {
    expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
    expectError(await scim.get(`/Groups/${group.id}`), { status: 404 });
    expect(await read(scim, `/Users/${user.id}`)).to.not.have.property("groups");
  });
});
