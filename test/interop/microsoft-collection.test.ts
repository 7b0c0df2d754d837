import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_GROUP, CORE_USER, ENTERPRISE_USER, omit } from "../support/factories.js";
import { describeInBothRealms } from "../support/realms.js";

/**
 * What the Postman collection of Microsoft's reference code for SCIM asks of a server, in our own words and with our own
 * people. What contradicts the RFCs is left out:
 *
 * - filters with bare words (`userName sw O`), which are no JSON values (RFC 7644 section 3.4.2.2); they are quoted here,
 * - filters in the parameter `attributes`, which takes names (section 3.9),
 * - members that do not exist (`"value": "string id 1"`), and names of members as the client calls them,
 * - `/serviceConfiguration`, which is `/ServiceProviderConfig` (section 4),
 * - 204 for each PATCH: here, 200 with the resource will do (section 3.5.2).
 */

const person = (userName: string, attributes: object = {}) => ({
  schemas: [CORE_USER],
  externalId: randomUUID(),
  userName,
  active: true,
  displayName: `Person ${userName}`,
  name: { formatted: "Robin Field", familyName: "Field", givenName: "Robin" },
  emails: [
    { Primary: true, type: "work", value: `${userName}@work.example` },
    { Primary: false, type: "home", value: `${userName}@home.example` },
  ],
  ...attributes,
});

const create = async (scim: ScimClient, userName: string, attributes: object = {}) =>
  expectStatus(await scim.post("/Users", person(userName, attributes)), 201);

const idsOf = (resources: readonly Body[]) => resources.map(({ id }) => id);

describeInBothRealms("Microsoft's collection: endpoints", (scim) => {
  it("reads the lists, empty ones too", async () => {
    expectList(await scim.get("/Users"), 0);
    expectList(await scim.get("/Groups"));
  });

  it("finds Users first among the resource types", async () => {
    const [type] = expectList(await scim.get("/ResourceTypes"));
    expect(type).to.include({ endpoint: "/Users" });
  });

  it("reads that PATCH is supported, and the schema of Users", async () => {
    expect((await read(scim, "/ServiceProviderConfig")).patch).to.deep.equal({ supported: true });
    const schemas = expectList(await scim.get("/Schemas"));
    expect(idsOf(schemas)).to.include.members([CORE_USER, ENTERPRISE_USER, CORE_GROUP]);
  });
});

describeInBothRealms("Microsoft's collection: users", (scim) => {
  let first: Body;
  let second: Body;

  it("creates users, with the enterprise extension in any case", async () => {
    first = await create(scim, "first");
    second = await create(scim, "second", {
      schemas: [ENTERPRISE_USER, CORE_USER],
      [ENTERPRISE_USER]: { Department: "Tools", Manager: { Value: first.id } },
    });
    expect(second[ENTERPRISE_USER]).to.deep.include({ department: "Tools" });
    for (const { id } of [first, second]) expect((await read(scim, `/Users/${id}`)).id).to.equal(id);
  });

  it("lists some attributes, and finds by a name in any case", async () => {
    const listed = expectList(await scim.get("/Users?attributes=userName,emails"), 2);
    expect(idsOf(listed)).to.have.members([first.id, second.id]);
    expect(listed[0]).to.have.all.keys("schemas", "id", "userName", "emails");
    const found = expectList(await scim.get("/Users/?filter=DisplayName+eq+%22Person%20first%22"), 1);
    expect(idsOf(found)).to.deep.equal([first.id]);
  });

  it("renames a user", async () => {
    const answer = await scim.patch(`/Users/${first.id}`, {
      op: "replace",
      path: "userName",
      value: "renamed",
    });
    expectStatus(answer, 200, 204);
    expect(await read(scim, `/Users/${first.id}`)).to.include({ id: first.id, userName: "renamed" });
  });

  it("replaces a user", async () => {
    const name = { formatted: "New Name", familyName: "Name", givenName: "New" };
    const body = person("second-replaced", { id: second.id, name });
    expectStatus(await scim.put(`/Users/${second.id}`, body), 200);
    const replaced = await read(scim, `/Users/${second.id}`);
    expect(replaced).to.deep.include({ userName: "second-replaced", name });
    expect(replaced).not.to.have.property(ENTERPRISE_USER);
  });

  it("deletes them", async () => {
    for (const { id } of [first, second]) {
      expectStatus(await scim.delete(`/Users/${id}`), 204);
      expectError(await scim.get(`/Users/${id}`), { status: 404 });
    }
  });
});

describeInBothRealms("Microsoft's collection: odd users", (scim) => {
  const addresses = [
    { type: "work", country: "Bermuda", locality: "Hamilton", postalCode: "HM 11", primary: false },
    { type: "other", country: null, formatted: "1 Long Lane\nSmall Town", locality: null, primary: false },
  ];
  const odd = (userName: string, attributes: object = {}) => person(userName, { addresses, ...attributes });
  let first: Body;

  it("creates users with null in their attributes, and with True as text", async () => {
    first = expectStatus(await scim.post("/Users", odd("owen")), 201);
    expect(first).to.include({ userName: "owen", active: true });
    const named = expectStatus(await scim.post("/Users", odd("emil", { active: "True" })), 201);
    expect(named.active).to.equal(true);
    const listed = expectList(await scim.get("/Users"), 2);
    expect(listed.map(({ userName }) => userName)).to.have.members(["owen", "emil"]);
  });

  it("is refused without a userName, and with what is no JSON", async () => {
    const { userName, ...nameless } = odd("nobody");
    expectError(await scim.post("/Users", nameless), { status: 400, scimType: "invalidValue" });
    const raw = `{ "userName": "${userName}", "active": tru, "addresses": [ { "country`;
    expectError(await scim.request("POST", "/Users", { raw }), { status: 400, scimType: "invalidSyntax" });
    expectError(await scim.put(`/Users/${first.id}`, nameless), { status: 400, scimType: "invalidValue" });
  });

  it("is refused the same user again, each time", async () => {
    for (let time = 0; time < 3; time++) {
      expectError(await scim.post("/Users", odd("EMIL")), { status: 409, scimType: "uniqueness" });
    }
  });

  it("replaces a user, and ignores an attribute that is misspelt", async () => {
    const body = person("owen", { id: first.id, active: false, adreses: addresses });
    const replaced = await scim.put(`/Users/${first.id}`, body);
    expect(expectStatus(replaced, 200)).to.not.have.any.keys("addresses", "adreses");
  });

  it("renames and deactivates a user", async () => {
    for (const [path, value] of [
      ["userName", "owen-renamed"],
      ["active", false],
    ] as const) {
      expectStatus(await scim.patch(`/Users/${first.id}`, { op: "Replace", path, value }), 200, 204);
    }
    expect(await read(scim, `/Users/${first.id}`)).to.include({ userName: "owen-renamed", active: false });
    const german = [{ type: "work", country: "Germany", locality: "Ulm", primary: false }];
    const body = odd("owen", { id: first.id, active: false, addresses: german });
    const replaced = expectStatus(await scim.put(`/Users/${first.id}`, body), 200);
    expect(replaced).to.deep.include({ userName: "owen", active: false, addresses: german });
  });

  it("reads pages, filters by several attributes and by time", async () => {
    await create(scim, "ella", { name: { familyName: "Employee" } });
    await create(scim, "elmo", {
      name: { familyName: "Employee" },
      emails: [{ value: "elmo@else.example" }],
    });
    const page = await scim.get("/Users?startIndex=1&count=2");
    expect(expectList(page, 4)).to.have.length(2);
    const found = async (filter: string) =>
      expectList(await scim.find("/Users", filter)).map(({ userName }) => userName);
    expect(
      await found(
        'name.FamilyName eq "Employee" and (emails.Value co "work.example" or emails.Value co "none.example")',
      ),
    ).to.deep.equal(["ella"]);
    expect(await found('userName sw "O"')).to.deep.equal(["owen"]);
    expect(await found('meta.Created gt "2015-10-10T14:38:21.8617979-07:00"')).to.have.length(4);
    expect(
      await found('(ActiVe eq true) and meta.lastmodified ge "2021-09-23T19:35:41.8420572Z"'),
    ).to.have.members(["emil", "ella", "elmo"]);
  });
});

describeInBothRealms("Microsoft's collection: groups", (scim) => {
  let people: [Body, Body];
  let group: Body;
  const groupOf = (displayName: string, members: readonly Body[]) => ({
    schemas: [CORE_GROUP],
    externalId: randomUUID(),
    displayName,
    members: members.map(({ id }) => ({ value: id, display: "VP" })),
  });
  const members = async () =>
    ((await read(scim, `/Groups/${group.id}`)).members ?? []).map(({ value }) => value);

  before(async () => {
    people = [await create(scim, "gina"), await create(scim, "greg")];
  });

  it("creates groups without members and with some, and lists them", async () => {
    group = expectStatus(await scim.post("/Groups", groupOf("Empty", [])), 201);
    const filled = expectStatus(await scim.post("/Groups", groupOf("Filled", [people[0]])), 201);
    expect(idsOf(expectList(await scim.get("/Groups")))).to.include.members([group.id, filled.id]);
    expectStatus(await scim.delete(`/Groups/${filled.id}`), 204);
  });

  it("replaces a group with its members", async () => {
    const body = { ...omit(groupOf("Replaced", people), "externalId"), id: group.id };
    expectStatus(await scim.put(`/Groups/${group.id}`, body), 200);
    expect(await read(scim, `/Groups/${group.id}`)).to.include({ id: group.id, displayName: "Replaced" });
    expect(await members()).to.have.members(idsOf(people));
  });

  it("adds and removes members, and removes all", async () => {
    const [gina, greg] = people;
    const add = { op: "add", path: "members", value: [{ displayName: "new", value: greg.id }] };
    const change = async (operation: { op: string; path: string; value?: unknown }) => {
      expectStatus(await scim.patch(`/Groups/${group.id}`, operation), 200, 204);
      return members();
    };
    expect(await change({ op: "remove", path: `members[value eq "${greg.id}"]` })).to.deep.equal([gina.id]);
    expect(await change(add)).to.have.members([gina.id, greg.id]);
    expect(await change({ op: "remove", path: "members" })).to.deep.equal([]);
    expect(await change(add)).to.deep.equal([greg.id]);
  });

  it("reads a group without its members", async () => {
    const path = `/Groups/${group.id}?excludedAttributes=members`;
    expect(await read(scim, path))
      .to.include({ id: group.id })
      .and.not.have.property("members");
  });

  it("deletes people who are members, and then the group", async () => {
    for (const { id } of people) expectStatus(await scim.delete(`/Users/${id}`), 204);
    expect(await members()).to.deep.equal([]);
    expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
    expectError(await scim.get(`/Groups/${group.id}`), { status: 404 });
  });
});

describeInBothRealms("Microsoft's collection: inbound synchronization", (scim) => {
  let manager: Body;
  let contractor: Body;
  const worker = (userName: string, attributes: object) =>
    person(userName, {
      schemas: [CORE_USER, ENTERPRISE_USER],
      locale: "en-US",
      userType: "Employee",
      title: "Engineer",
      phoneNumbers: [{ value: "+1 555 0101", type: "work", primary: true }],
      addresses: [
        { streetAddress: "1 Way", locality: "Redmond", country: "US", type: "work", primary: true },
      ],
      ...attributes,
    });
  const post = async (body: object) => expectStatus(await scim.post("/Users", body), 201);

  it("creates people with a manager, some of them inactive", async () => {
    expectList(await scim.get("/Users?count=1"), 0);
    manager = await post(worker("mona", { [ENTERPRISE_USER]: { department: "Tools" } }));
    const below = { [ENTERPRISE_USER]: { manager: { value: manager.id } } };
    contractor = await post(worker("carl", { userType: "Contractor", ...below }));
    await post(worker("ines", { active: false }));
    expect(contractor).to.deep.include({ userType: "Contractor" });
  });

  it("reads one by its id in a filter, and active ones by when they were changed", async () => {
    expect(idsOf(expectList(await scim.find("/Users", `id eq "${contractor.id}"`)))).to.deep.equal([
      contractor.id,
    ]);
    const until = new Date(Date.now() + 60_000).toISOString();
    const window = `meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "${until}"`;
    const active = `active eq true and (${window})`;
    expect(idsOf(expectList(await scim.find("/Users", active, "&count=5&startIndex=1"), 2))).to.have.members(
      idsOf([manager, contractor]),
    );
    expect(expectList(await scim.find("/Users", active, "&count=5&startIndex=6"), 2)).to.deep.equal([]);
    expectList(await scim.find("/Users", active, "&count=100&startindex=0"), 2);
  });

  it("changes a name, a manager and who is active", async () => {
    const [ines] = expectList(await scim.find("/Users", 'userName eq "ines"'), 1);
    const managerPath = `${ENTERPRISE_USER}.manager`;
    for (const [id, path, value] of [
      [contractor.id, "name.familyName", "Newman"],
      [contractor.id, managerPath, String(ines?.id)],
      [String(ines?.id), "active", true],
    ] as const) {
      expectStatus(await scim.patch(`/Users/${id}`, { op: "replace", path, value }), 200, 204);
    }
    const changed = await read(scim, `/Users/${contractor.id}`);
    expect(changed).to.have.nested.property("name.familyName", "Newman");
    expect(changed[ENTERPRISE_USER]).to.deep.include({ manager: { value: ines?.id } });
    expectList(await scim.find("/Users", "active eq true"), 3);
  });
});
