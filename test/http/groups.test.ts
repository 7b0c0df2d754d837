import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { expectError, expectStatus, read, memberCount } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import {
  CORE_GROUP,
  ORGANIZATION,
  createGroup,
  createUser,
  createUsers,
  omit,
  unique,
} from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("A group", (scim) => {
  const add = (...users: Body[]) => ({
    op: "add",
    path: "members",
    value: users.map(({ id }) => ({ value: id })),
  });
  const ids = ({ members = [] }: Body) => members.map(({ value }) => value).sort();
  const idsOf = (...users: Body[]) => users.map(({ id }) => id).sort();
  const count = ({ id }: Body) => memberCount(scim, id);
  const readGroup = ({ id }: Body) => read(scim, `/Groups/${id}`);

  it("comes back with everything that it was created with", async () => {
    const user = await createUser(scim, { displayName: "Dana" });
    const displayName = unique("Éclair & Söhne");
    const answer = await scim.post("/Groups", {
      schemas: [CORE_GROUP, ORGANIZATION],
      displayName,
      externalId: "g-1",
      members: [{ value: user.id }],
      [ORGANIZATION]: { description: "Pastry" },
    });
    const group = expectStatus(answer, 201);
    expect(answer.headers).to.include({ location: group.meta.location, etag: group.meta.version });
    expect(omit(group, "id", "meta")).to.deep.equal({
      schemas: [CORE_GROUP, ORGANIZATION],
      displayName,
      externalId: "g-1",
      members: [{ value: user.id, $ref: user.meta.location, type: "User" }],
      [ORGANIZATION]: { description: "Pastry" },
    });
    expect(group.meta).to.include({ resourceType: "Group", location: `${scim.url}/Groups/${group.id}` });
    expect(await readGroup(group)).to.deep.equal(group);
  });

  it("shows a member by the display name, else by the userName", async () => {
    const named = await createUser(scim, { displayName: "Named" });
    const unnamed = await createUser(scim);
    const group = await createGroup(scim, [named, unnamed]);
    const { members } = await read(scim, `/Groups/${group.id}?attributes=members.display`);
    expect(members?.map(({ display }) => display)).to.have.members(["Named", unnamed.userName]);
  });

  it("takes a member once, however often it is named", async () => {
    const user = await createUser(scim);
    const group = await createGroup(scim, [user, user]);
    expect(ids(group)).to.deep.equal([user.id]);
    expectStatus(await scim.patch(`/Groups/${group.id}`, add(user, user), add(user)), 204);
    expect(await readGroup(group)).to.deep.equal(group);
  });

  it("has the members of the PUT after a PUT, and nobody else", async () => {
    const [first, second, third] = (await createUsers(scim, 3)) as [Body, Body, Body];
    const group = await createGroup(scim, [first, second], { externalId: "old" });
    const { displayName } = group;
    const members = [{ value: second.id }, { value: third.id }];
    const replaced = expectStatus(
      await scim.put(`/Groups/${group.id}`, { schemas: [CORE_GROUP], displayName, members }),
      200,
    );
    expect(ids(replaced)).to.deep.equal(idsOf(second, third));
    expect(await count(replaced)).to.equal(2);
    expect(replaced).to.not.have.property("externalId");
    const emptied = expectStatus(
      await scim.put(`/Groups/${group.id}`, { schemas: [CORE_GROUP], displayName }),
      200,
    );
    expect(emptied).to.not.have.property("members");
    expect(await count(emptied)).to.equal(0);
  });

  describe("answers a PATCH", () => {
    it("with 204 and nothing else", async () => {
      const group = await createGroup(scim);
      const answer = await scim.patch(`/Groups/${group.id}`, add(await createUser(scim)));
      expectStatus(answer, 204);
      expect(answer.text).to.equal("");
      expect(answer.headers).to.not.have.property("content-type");
      expect(answer.headers.etag).to.equal((await readGroup(group)).meta.version);
    });

    it("with what `attributes` asks for", async () => {
      const user = await createUser(scim);
      const group = await createGroup(scim);
      const path = `/Groups/${group.id}`;
      const named = expectStatus(await scim.patch(`${path}?attributes=displayName`, add(user)), 200);
      expect(omit(named, "schemas")).to.deep.equal({ id: group.id, displayName: group.displayName });
      const members = expectStatus(await scim.patch(`${path}?attributes=members.value`, add(user)), 200);
      expect(members.members).to.deep.equal([{ value: user.id }]);
    });
  });

  describe("and PATCH of its members", () => {
    let users: [Body, Body, Body, Body];
    let group: Body;

    beforeEach(async () => {
      users = (await createUsers(scim, 4)) as typeof users;
      group = await createGroup(scim, users.slice(0, 2));
    });

    const patched = async (...operations: Parameters<typeof scim.patch>[1][]) => {
      expectStatus(await scim.patch(`/Groups/${group.id}`, ...operations), 204);
      const changed = await readGroup(group);
      expect(await count(changed)).to.equal(ids(changed).length);
      return changed;
    };

    it("does operations in order", async () => {
      const [first, second, third, fourth] = users;
      const changed = await patched(
        { op: "replace", path: "members", value: [{ value: third.id }] },
        add(first, fourth),
        { op: "remove", path: `members[value eq "${third.id}"]` },
      );
      expect(ids(changed)).to.deep.equal(idsOf(first, fourth));
      expect(await read(scim, `/Users/${second.id}`)).to.not.have.property("groups");
    });

    it("removes those that a filter matches", async () => {
      const [first, second, third] = users;
      await patched(add(third));
      const path = `members[value eq "${first.id}" or value eq "${third.id}"]`;
      expect(ids(await patched({ op: "remove", path }))).to.deep.equal([second.id]);
    });

    it("removes all when it does not say whom", async () => {
      expect(ids(await patched({ op: "remove", path: "members" }))).to.deep.equal([]);
    });

    it("replaces all, also by nobody", async () => {
      const [, second, third] = users;
      const value = [{ value: second.id }, { value: third.id }];
      const changed = await patched({ op: "replace", path: "members", value });
      expect(ids(changed)).to.deep.equal(idsOf(second, third));
      expect(ids(await patched({ op: "replace", path: "members", value: [] }))).to.deep.equal([]);
    });

    it("removes nobody when the one to remove is not in it", async () => {
      const path = `members[value eq "${users[3].id}"]`;
      expect(await patched({ op: "remove", path })).to.deep.equal(group);
    });

    it("is refused by the first member who does not exist, in the order of the request", async () => {
      const strangers = Array.from({ length: 40 }, () => ({ value: randomUUID() }));
      for (const value of [strangers, [...strangers].reverse()]) {
        const refused = await scim.patch(`/Groups/${group.id}`, { op: "add", path: "members", value });
        const detail = new RegExp(`no User '${value[0]?.value ?? ""}'`);
        expectError(refused, { status: 400, scimType: "invalidValue", detail });
      }
    });

    it("goes together with other changes", async () => {
      const displayName = unique("Renamed");
      const changed = await patched(
        { op: "replace", path: "displayName", value: displayName },
        add(users[2]),
        { op: "add", path: `${ORGANIZATION}:description`, value: "All of us" },
      );
      expect(changed).to.deep.include({
        displayName,
        [ORGANIZATION]: { description: "All of us" },
      });
    });

    it("takes a thousand members at once, and gives them all back", async () => {
      const many = await createUsers(scim, 1000);
      const changed = await patched(add(...many));
      expect(ids(changed)).to.deep.equal(idsOf(...users.slice(0, 2), ...many));
      const value = many.map(({ id }) => ({ value: id }));
      expect(ids(await patched({ op: "remove", path: "members", value }))).to.deep.equal(ids(group));
    });
  });

  it("loses a member whose account is deleted, and its version changes", async () => {
    const [leaver, stayer] = (await createUsers(scim, 2)) as [Body, Body];
    const group = await createGroup(scim, [leaver, stayer]);
    expectStatus(await scim.delete(`/Users/${leaver.id}`), 204);
    const changed = await readGroup(group);
    expect(ids(changed)).to.deep.equal([stayer.id]);
    expect(await count(changed)).to.equal(1);
    expect(changed.meta.version).to.not.equal(group.meta.version);
  });

  it("leaves its people as they are when it is deleted", async () => {
    const user = await createUser(scim);
    const group = await createGroup(scim, [user]);
    expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
    expectError(await scim.get(`/Groups/${group.id}`), { status: 404 });
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
    await createGroup(scim, [], { displayName: group.displayName });
  });

  it("shows members by the names that they have now", async () => {
    const user = await createUser(scim, { displayName: "Before" });
    const group = await createGroup(scim, [user]);
    await scim.patch(`/Users/${user.id}`, { op: "replace", path: "displayName", value: "After" });
    const { members } = await read(scim, `/Groups/${group.id}?attributes=members.display`);
    expect(members).to.deep.equal([{ display: "After" }]);
  });
});
