import { expect } from "chai";
import { expectError, expectList, expectStatus, memberCount, read } from "../support/assertions.js";
import { patchData, sendBulk, statusesOf } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  omit,
  ORGANIZATION,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

const refs = (...users: readonly Body[]) => users.map(({ id }) => ({ value: id }));
const memberIds = ({ members = [] }: Body) => members.map(({ value }) => value).sort();
const idsOf = (...resources: readonly Body[]) => resources.map(({ id }) => id).sort();

describeServer("The Groups of an organization's realm", (scim, server) => {
  let acme: Body;
  let globex: Body;
  let people: [Body, Body, Body];
  let own: ScimClient;
  let other: ScimClient;

  beforeEach(async () => {
    acme = await createGroup(scim);
    globex = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
    other = await clientWith(server(), { organization: globex.id });
    people = [await createUser(own), await createUser(own), await createUser(own)];
  });

  const make = (members: readonly Body[] = [], attributes: object = {}) =>
    createGroup(own, members, attributes);

  const find = async (filter: string, client = own) =>
    expectList(await client.find("/Groups", filter)).map(({ id }) => id);

  const add = (...members: readonly Body[]) => ({ op: "add", path: "members", value: refs(...members) });

  it("are apart from the organization itself, for which it has an externalId of its own", async () => {
    const path = `/Groups/${acme.id}`;
    const set = (value: string) => ({ op: "add", path: "externalId", value });
    expectStatus(await scim.patch(path, set("provider")), 200, 204);
    expect(await read(own, path)).to.not.have.property("externalId");
    expectStatus(await own.patch(path, set("own")), 200, 204);
    expect((await read(own, path)).externalId).to.equal("own");
    expect((await read(scim, path)).externalId).to.equal("provider");
    expect(
      expectList(await scim.find("/Groups", 'externalId eq "provider"')).map(({ id }) => id),
    ).to.deep.equal([acme.id]);
    expectList(await scim.find("/Groups", 'externalId eq "own"'), 0);
  });

  it("are created and read as its identity provider sends them, and are the same object as a Team", async () => {
    const [dana, noor] = people;
    const answer = await own.post("/Groups", {
      schemas: [CORE_GROUP],
      displayName: unique("IT"),
      externalId: "entra-1",
      members: refs(dana, noor),
      [ORGANIZATION]: { description: "Computers" },
    });
    const group = expectStatus(answer, 201);
    expect(answer.headers).to.include({ location: group.meta.location, etag: group.meta.version });
    expect(group.meta).to.include({ resourceType: "Group", location: `${own.url}/Groups/${group.id}` });
    expect(group).to.deep.include({
      schemas: [CORE_GROUP, ORGANIZATION],
      externalId: "entra-1",
      [ORGANIZATION]: { description: "Computers" },
    });
    expect(memberIds(group)).to.deep.equal(idsOf(dana, noor));
    expect(await memberCount(own, group.id)).to.equal(2);
    const team = await read(own, `/Teams/${group.id}`);
    expect(team).to.deep.include({
      ...omit(group, "schemas", "meta", "members", ORGANIZATION),
      description: "Computers",
    });
    expect(team.meta).to.include({
      ...group.meta,
      resourceType: "Team",
      location: `${own.url}/Teams/${group.id}`,
    });
    expect(await read(scim, `/Teams/${group.id}`)).to.deep.equal(team);
    expectError(await scim.get(`/Groups/${group.id}`), { status: 404 });
  });

  it("show what is changed in the other view, in the same version, and have one audit trail", async () => {
    const [dana, noor, jonas] = people;
    const group = await make([dana]);
    const team = expectStatus(
      await own.post("/Teams", { schemas: [TEAM], displayName: unique("T"), members: refs(jonas) }),
      201,
    );
    const rename = () => ({ op: "replace", path: "displayName", value: unique("Renamed") });
    const renamed = rename();
    expectStatus(await own.patch(`/Teams/${group.id}`, renamed, add(noor)), 204);
    expectStatus(await own.patch(`/Groups/${team.id}`, rename()), 204);
    for (const { id } of [group, team]) {
      const [asGroup, asTeam] = [await read(own, `/Groups/${id}`), await read(own, `/Teams/${id}`)];
      expect(asGroup.meta.version).to.equal(asTeam.meta.version);
      expect(asGroup.displayName).to.equal(asTeam.displayName);
      expect(asGroup.members).to.deep.equal(asTeam.members);
    }
    expect((await read(own, `/Groups/${group.id}`)).displayName).to.equal(renamed.value);
    expectStatus(await own.delete(`/Groups/${team.id}`), 204);
    expectError(await own.get(`/Teams/${team.id}`), { status: 404 });
    const trail = expectList(
      await own.find("/AuditEvents", `target.value eq "${team.id}" and result eq "success"`),
    );
    expect(trail.map(({ action }) => action)).to.have.members(["create", "change", "delete"]);
  });

  it("are listed, filtered, sorted and paged, without the organization", async () => {
    const [dana] = people;
    const names = ["Charlie", "alpha", "Bravo"];
    const made: Body[] = [];
    for (const displayName of names)
      made.push(await make(displayName === "Bravo" ? [dana] : [], { displayName }));
    const [charlie, alpha, bravo] = made.map(({ id }) => id);
    expect(await find("id pr")).to.have.members([charlie, alpha, bravo]);
    expect(await find(`displayName eq "ALPHA"`)).to.deep.equal([alpha]);
    expect(await find(`members.value eq "${dana.id}"`)).to.deep.equal([bravo]);
    expect(await find(`${ORGANIZATION}:memberCount gt 0`)).to.deep.equal([bravo]);
    expect(await find(`${ORGANIZATION}:kind eq "team"`)).to.have.length(3);
    for (const filter of [
      `id eq "${acme.id}"`,
      `displayName eq "${acme.displayName ?? ""}"`,
      `${ORGANIZATION}:kind eq "organization"`,
    ]) {
      expect(await find(filter), filter).to.deep.equal([]);
    }
    const sorted = await own.get("/Groups?sortBy=displayName&startIndex=2&count=2");
    expect(expectList(sorted, 3).map(({ id }) => id)).to.deep.equal([bravo, charlie]);
    const first = await own.get("/Groups?sortBy=displayName&count=2&cursor=");
    const { nextCursor } = first.body as unknown as { nextCursor: string };
    const second = await own.get(`/Groups?sortBy=displayName&count=2&cursor=${nextCursor}`);
    expect([...expectList(first, 3), ...expectList(second, 3)].map(({ id }) => id)).to.deep.equal([
      alpha,
      bravo,
      charlie,
    ]);
    const search = { schemas: [SEARCH_REQUEST], filter: 'displayName sw "b"' };
    expect(expectList(await own.post("/Groups/.search", search), 1).map(({ id }) => id)).to.deep.equal([
      bravo,
    ]);
    const all = expectList(await own.post("/.search", { schemas: [SEARCH_REQUEST], count: 100 }), 6);
    expect(all.map(({ id }) => id).sort()).to.deep.equal([...idsOf(...people), ...idsOf(...made)].sort());
    expect(all.find(({ id }) => id === bravo)?.meta.resourceType).to.equal("Group");
    expectList(
      await own.get(`/?filter=${encodeURIComponent(`displayName eq "${acme.displayName ?? ""}"`)}`),
      0,
    );
    expectList(await scim.find("/Groups", `id eq "${bravo ?? ""}"`), 0);
  });

  it("change by PUT, PATCH and the dialects of Okta and Entra ID, on condition of their version", async () => {
    const [dana, noor, jonas] = people;
    const group = await make([dana], { [ORGANIZATION]: { description: "Stays" } });
    const path = `/Groups/${group.id}`;
    const put = {
      schemas: [CORE_GROUP],
      id: group.id,
      displayName: unique("Put"),
      members: refs(noor, jonas),
    };
    expect(memberIds(expectStatus(await own.put(path, put), 200))).to.deep.equal(idsOf(noor, jonas));
    const okta = { op: "replace", value: { id: group.id, displayName: unique("Okta") } };
    expectStatus(await own.patch(path, okta), 204);
    const entra = [
      { op: "Replace", path: "externalId", value: "e-2" },
      { op: "Remove", path: "members", value: refs(noor) },
      { op: "Add", path: "members", value: [{ $ref: null, value: dana.id }] },
    ];
    expectStatus(await own.patch(path, ...entra), 204);
    const now = await read(own, path);
    expect(now).to.deep.include({
      displayName: okta.value.displayName,
      externalId: "e-2",
      [ORGANIZATION]: { description: "Stays" },
    });
    expect(memberIds(now)).to.deep.equal(idsOf(dana, jonas));
    expect(await find('externalId eq "e-2"')).to.deep.equal([group.id]);
    const stale = { headers: { "if-match": group.meta.version }, body: patchData(add(noor)) };
    expectError(await own.request("PATCH", path, stale), { status: 412, detail: /^Group / });
    expectStatus(await own.get(path, { "if-none-match": now.meta.version }), 304);
    expectStatus(await own.delete(path), 204);
    expectError(await own.get(path), { status: 404 });
    for (const { id } of people) expectStatus(await own.get(`/Users/${id}`), 200);
  });

  it("have names that are unique in the organization, which has its own for itself", async () => {
    const { displayName = "" } = await make();
    const taken = { status: 409, scimType: "uniqueness", detail: /displayName/ };
    const named = (client: ScimClient, name: string) =>
      client.post("/Groups", { schemas: [CORE_GROUP], displayName: name });
    expectError(await named(own, displayName.toUpperCase()), taken);
    expectStatus(await named(own, acme.displayName ?? ""), 201);
    expectStatus(await named(other, displayName), 201);
  });

  for (const [what, stranger] of [
    ["nested groups", () => make()],
    [
      "people who left",
      async () => {
        const leaver = await createUser(own);
        expectStatus(await own.delete(`/Users/${leaver.id}`), 204);
        return leaver;
      },
    ],
  ] as const)
    it(`pass over ${what} while the rest is done, and say so in the audit log`, async () => {
      const [dana, noor] = people;
      const [nested, group] = [await stranger(), await make()];
      const path = `/Groups/${group.id}`;
      expectStatus(await own.patch(path, add(nested, dana)), 204);
      const replace = { op: "replace", path: "members", value: refs(noor, nested) };
      expectStatus(await own.patch(path, replace), 204);
      const now = await read(own, path);
      expect(memberIds(now)).to.deep.equal([noor.id]);
      const events = expectList(
        await own.find("/AuditEvents", `target.value eq "${group.id}" and ignored eq "members"`),
        2,
      );
      expect(events[0]?.detail).to.include(nested.id);
      const refused = { status: 400, scimType: "invalidValue" };
      for (const op of ["add", "replace"]) {
        expectError(await own.patch(path, { op, path: "members", value: refs(nested) }), refused);
        for (const id of ["nobody", acme.id, "01a20a8f-e6b2-71f7-81e8-401545d35924"]) {
          const value = [...refs(dana), { value: id }];
          expectError(await own.patch(path, { op, path: "members", value }), {
            ...refused,
            detail: new RegExp(id),
          });
        }
      }
      const put = { schemas: [CORE_GROUP], displayName: group.displayName, members: refs(nested) };
      expectError(await own.put(path, put), refused);
      expect(await read(own, path)).to.deep.equal(now);
    });

  it("of another organization do not exist", async () => {
    const group = await make(people);
    const random = "01a20a8f-e6b2-71f7-81e8-401545d35924";
    const rename = { op: "replace", path: "displayName", value: "x" };
    const put = { schemas: [CORE_GROUP], displayName: "x" };
    for (const request of [
      (id: string) => other.get(`/Groups/${id}`),
      (id: string) => other.patch(`/Groups/${id}`, rename),
      (id: string) => other.put(`/Groups/${id}`, put),
      (id: string) => other.delete(`/Groups/${id}`),
    ]) {
      const [theirs, none] = [await request(group.id), await request(random)];
      expectError(theirs, { status: 404 });
      expect(theirs.text.replaceAll(group.id, random)).to.equal(none.text);
    }
    expect(await find("id pr", other)).to.deep.equal([]);
    const shared = await createUser(scim);
    for (const { id } of [acme, globex]) expectStatus(await scim.patch(`/Groups/${id}`, add(shared)), 204);
    expectStatus(await own.patch(`/Groups/${group.id}`, add(shared)), 204);
    expectList(
      await other.find(
        "/Users",
        `groups.value eq "${group.id}" or groups.display eq "${group.displayName ?? ""}"`,
      ),
      0,
    );
  });

  it("are the groups of a User, with the type `direct`, and find the User", async () => {
    const [dana, noor] = people;
    const group = await make([dana]);
    const user = await read(own, `/Users/${dana.id}`);
    expect(user.groups).to.deep.equal([
      { value: group.id, $ref: group.meta.location, display: group.displayName, type: "direct" },
    ]);
    expect(await read(own, `/Users/${noor.id}`)).to.not.have.property("groups");
    const users = async (filter: string) => expectList(await own.find("/Users", filter)).map(({ id }) => id);
    for (const filter of [
      `groups.value eq "${group.id}"`,
      `groups.display eq "${(group.displayName ?? "").toUpperCase()}"`,
      `groups[value eq "${group.id}" and type eq "direct"]`,
      `groups.$ref eq "${group.meta.location}"`,
    ]) {
      expect(await users(filter), filter).to.deep.equal([dana.id]);
    }
    expect(await users(`groups.value eq "${acme.id}"`)).to.deep.equal([]);
    expectStatus(await own.get(`/Users/${dana.id}`, { "if-none-match": user.meta.version }), 304);
    expectStatus(
      await own.patch(`/Groups/${group.id}`, add(noor), {
        op: "remove",
        path: `members[value eq "${dana.id}"]`,
      }),
      204,
    );
    expect((await read(own, `/Users/${dana.id}`)).meta.version).to.not.equal(user.meta.version);
  });

  it("lose who leaves the organization, and count their members", async () => {
    const [dana, noor, jonas] = people;
    const group = await make(people);
    expectStatus(await own.delete(`/Users/${dana.id}`), 204);
    expect(await memberCount(own, group.id)).to.equal(2);
    expectStatus(await scim.delete(`/Users/${noor.id}`), 204);
    expect(await memberCount(own, group.id)).to.equal(1);
    expectStatus(await own.patch(`/Groups/${acme.id}`, { op: "remove", path: "members" }), 204);
    expect(await memberCount(own, group.id)).to.equal(0);
    const emptied = await read(own, `/Groups/${group.id}`);
    expect(emptied.meta.version).to.not.equal(group.meta.version);
    expectStatus(await own.patch(`/Groups/${acme.id}`, add(jonas)), 204);
    expect(await memberCount(own, group.id)).to.equal(0);
  });

  it("are pushed by Bulk, one member at a time or by reference", async () => {
    const group = await make();
    const path = `/Groups/${group.id}`;
    const patch = (operation: object) => ({ method: "PATCH", path, data: patchData(operation) });
    const added = await sendBulk(
      own,
      people.map((user) => patch(add(user))),
    );
    expect(statusesOf(added)).to.deep.equal([200, 200, 200].map(() => statusesOf(added)[0]));
    expect(new Set(added.map(({ version }) => version)).size).to.equal(3);
    expect(await memberCount(own, group.id)).to.equal(3);
    const stranger = { id: "01a20a8f-e6b2-71f7-81e8-401545d35924" } as Body;
    const [first, second] = people;
    const mixed = await sendBulk(own, [
      patch({ op: "remove", path: "members", value: refs(first) }),
      patch({ op: "remove", path: "members", value: refs(second) }),
      patch(add(stranger)),
      {
        method: "POST",
        path: "/Users",
        bulkId: "u",
        data: { schemas: [CORE_USER], userName: unique("bulk") },
      },
      {
        method: "POST",
        path: "/Groups",
        bulkId: "g",
        data: { schemas: [CORE_GROUP], displayName: unique("Bulk"), members: [{ value: "bulkId:u" }] },
      },
    ]);
    expect(statusesOf(mixed).slice(2)).to.deep.equal([400, 201, 201]);
    expect(await memberCount(own, group.id)).to.equal(1);
  });

  it("leave the organization itself at its id: with its members, neither renamed nor deleted", async () => {
    const path = `/Groups/${acme.id}`;
    const itself = await read(own, path);
    expect(itself).to.deep.include({ displayName: acme.displayName });
    expect((await read(own, `${path}?attributes=${ORGANIZATION}:kind`))[ORGANIZATION]).to.deep.equal({
      kind: "organization",
    });
    expect(memberIds(itself)).to.deep.equal(idsOf(...people));
    expectError(await own.patch(path, { op: "replace", path: "displayName", value: "x" }), { status: 403 });
    expectError(await own.put(path, { schemas: [CORE_GROUP], displayName: "x" }), { status: 403 });
    expectError(await own.delete(path), { status: 403 });
    expect(await read(own, path)).to.deep.equal(itself);
  });
});
