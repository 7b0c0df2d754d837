import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, PatchOperation } from "../support/client.js";
import { CORE_GROUP, CORE_USER, createUser, ENTERPRISE_USER } from "../support/factories.js";
import { describeServer } from "../support/server.js";

/** One provisioning cycle as Entra ID runs it, in order: each step builds on those before it. */
describeServer("A provisioning cycle of Entra ID", (scim) => {
  const userName = "Dana.Reyes@corp.example";
  const match = (name: string) => scim.find("/Users", `userName eq "${name}"`);
  const matchGroup = (name: string) =>
    scim.find("/Groups", `displayName eq "${name}"`, "&excludedAttributes=members");
  const isMember = (userId: string) =>
    scim.find("/Groups", `id eq "${group.id}" and members eq "${userId}"`, "&excludedAttributes=members");
  const patchUser = async (...operations: PatchOperation[]) => {
    expectStatus(await scim.patch(`/Users/${user.id}`, ...operations), 200);
    return read(scim, `/Users/${user.id}`);
  };
  const patchGroup = async (...operations: PatchOperation[]) => {
    expectStatus(await scim.patch(`/Groups/${group.id}`, ...operations), 204);
    return read(scim, `/Groups/${group.id}`);
  };
  const memberIds = ({ members = [] }: Body) => members.map(({ value }) => value);
  let user: Body;
  let manager: Body;
  let colleagues: [Body, Body];
  let group: Body;

  it("tests the connection with a user that cannot be there", async () => {
    expectList(await match(randomUUID()), 0);
  });

  it("looks for the user and finds nobody", async () => {
    expectList(await match(userName), 0);
  });

  it("creates the user", async () => {
    const answer = await scim.post("/Users", {
      schemas: [CORE_USER, ENTERPRISE_USER],
      externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
      userName,
      active: true,
      displayName: "Dana Reyes",
      emails: [{ primary: true, type: "work", value: "dana@corp.example" }],
      meta: { resourceType: "User" },
      name: { formatted: "Dana Reyes", familyName: "Reyes", givenName: "Dana" },
      roles: [],
    });
    user = expectStatus(answer, 201);
    expect(answer.headers.location).to.equal(user.meta.location);
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
  });

  it("finds the user by the name in another case", async () => {
    const [found] = expectList(await match(userName.toUpperCase()), 1);
    expect(found).to.deep.equal(user);
  });

  it("updates the user's profile", async () => {
    const updated = await patchUser(
      { op: "Replace", path: "displayName", value: "Dana Ruiz" },
      { op: "Replace", path: "name.familyName", value: "Ruiz" },
      { op: "Replace", path: 'emails[type eq "work"].value', value: "dana.ruiz@corp.example" },
      { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "+1 555 0100" },
    );
    expect(updated).to.deep.include({
      displayName: "Dana Ruiz",
      name: { formatted: "Dana Reyes", familyName: "Ruiz", givenName: "Dana" },
      emails: [{ primary: true, type: "work", value: "dana.ruiz@corp.example" }],
      phoneNumbers: [{ type: "mobile", value: "+1 555 0100" }],
    });
  });

  it("adds the enterprise attributes", async () => {
    manager = await createUser(scim, { displayName: "Maria" });
    const updated = await patchUser(
      { op: "Add", path: `${ENTERPRISE_USER}:department`, value: "Sales" },
      { op: "Add", path: `${ENTERPRISE_USER}:employeeNumber`, value: "701984" },
      { op: "Add", path: `${ENTERPRISE_USER}:manager`, value: manager.id },
    );
    expect(updated.schemas).to.have.members([CORE_USER, ENTERPRISE_USER]);
    expect(updated).to.have.nested.property(`${path(ENTERPRISE_USER)}.department`, "Sales");
    expect(updated).to.have.nested.property(`${path(ENTERPRISE_USER)}.employeeNumber`, "701984");
    expect(updated).to.have.nested.property(`${path(ENTERPRISE_USER)}.manager.value`, manager.id);
  });

  it("disables the user, who is still there", async () => {
    const updated = await patchUser({ op: "Replace", path: "active", value: "False" });
    expect(updated.active).to.equal(false);
    const [found] = expectList(await match(userName), 1);
    expect(found).to.deep.equal(updated);
  });

  it("enables the user again, with everything that was there", async () => {
    const updated = await patchUser({ op: "Replace", path: "active", value: "True" });
    expect(updated).to.deep.include({ active: true, userName, displayName: "Dana Ruiz" });
  });

  it("looks for the group, finds none and creates it", async () => {
    expectList(await matchGroup("Sales Europe"), 0);
    const answer = await scim.post("/Groups", {
      schemas: [CORE_GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
      externalId: "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
      displayName: "Sales Europe",
      members: [],
      meta: { resourceType: "Group" },
    });
    group = expectStatus(answer, 201);
    const [found] = expectList(await matchGroup("SALES EUROPE"), 1);
    expect(found).to.include({ id: group.id, externalId: "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159" });
  });

  it("adds members, several at a time and one by one", async () => {
    colleagues = [await createUser(scim), await createUser(scim)];
    const [first, second] = colleagues;
    const both = await patchGroup({
      op: "Add",
      path: "members",
      value: [
        { $ref: null, value: user.id },
        { $ref: null, value: first.id },
      ],
    });
    expect(memberIds(both)).to.have.members([user.id, first.id]);
    const all = await patchGroup({ op: "Add", path: "members", value: [{ $ref: null, value: second.id }] });
    expect(memberIds(all)).to.have.members([user.id, first.id, second.id]);
  });

  it("asks whether somebody is a member", async () => {
    expectList(await isMember(user.id), 1);
    expectList(await isMember(manager.id), 0);
    expect((await read(scim, `/Users/${user.id}`)).groups).to.deep.include.members([
      { value: group.id, $ref: group.meta.location, display: "Sales Europe", type: "direct" },
    ]);
  });

  it("removes one member by a value path", async () => {
    const [first, second] = colleagues;
    const rest = await patchGroup({ op: "Remove", path: `members[value eq "${first.id}"]` });
    expect(memberIds(rest)).to.have.members([user.id, second.id]);
  });

  it("removes the members named in the value, and nobody else", async () => {
    const [, second] = colleagues;
    const rest = await patchGroup({
      op: "Remove",
      path: "members",
      value: [{ $ref: null, value: second.id }],
    });
    expect(memberIds(rest)).to.deep.equal([user.id]);
  });

  it("renames the group, which keeps its members", async () => {
    const renamed = await patchGroup({ op: "Replace", path: "displayName", value: "Sales EMEA" });
    expect(renamed.displayName).to.equal("Sales EMEA");
    expect(memberIds(renamed)).to.deep.equal([user.id]);
  });

  it("deletes the user for good", async () => {
    expectStatus(await scim.delete(`/Users/${user.id}`), 204);
    expectError(await scim.get(`/Users/${user.id}`), { status: 404 });
    expectList(await match(userName), 0);
    expect(memberIds(await read(scim, `/Groups/${group.id}`))).to.deep.equal([]);
  });

  it("deletes the group, and the people in it stay", async () => {
    const [, second] = colleagues;
    await patchGroup({ op: "Add", path: "members", value: [{ value: second.id }] });
    expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
    expectError(await scim.get(`/Groups/${group.id}`), { status: 404 });
    expect(await read(scim, `/Users/${second.id}`)).to.not.have.property("groups");
  });
});

/** A name with dots, for chai's nested properties. */
function path(name: string): string {
  return name.replaceAll(".", "\\.");
}
