import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, ENTERPRISE_USER, omit, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";

const readUser = (scim: ScimClient, id: string) => read(scim, `/Users/${id}`);

const person = (userName: string, attributes: object = {}) => ({
  schemas: [CORE_USER],
  userName,
  active: true,
  ...attributes,
});

describeServer("An organization's record of a person", (scim, server) => {
  let employer: Organization, customer: Organization;

  interface Organization {
    readonly id: string;
    readonly scim: ScimClient;
  }

  async function organization(): Promise<Organization> {
    const { id } = await createGroup(scim);
    return { id: id, scim: await clientWith(server(), { organization: id }) };
  }

  const post = async (where: Organization, userName: string, attributes: object = {}): Promise<Body> =>
    expectStatus(await where.scim.post("/Users", person(userName, attributes)), 201);

  const add = async (where: Organization, id: unknown, by: ScimClient): Promise<void> => {
    const op = { op: "add", path: "members", value: [{ value: id }] };
    expectStatus(await by.patch(`/Groups/${where.id}`, op), 200, 204);
  };

  beforeEach(async () => {
    [employer, customer] = [await organization(), await organization()];
  });

  it("is whole what the organization sends, also where another one has the person", async () => {
    const name = `${unique("ann")}@corp.example`;
    const first = await post(customer, name, {
      displayName: "Squatter",
      emails: [{ value: "squatter@customer.example" }],
      title: "Bait",
    });
    const second = await post(employer, name.toUpperCase(), {
      displayName: "Ann",
      name: { familyName: "Lee" },
    });
    expect(second.id).to.equal(first.id);
    expect(omit(second, "id", "meta")).to.deep.equal({
      ...person(name.toUpperCase(), { displayName: "Ann", name: { familyName: "Lee" } }),
    });
    expect(await readUser(customer.scim, first.id)).to.deep.equal(first);
    const changed = await employer.scim.patch(`/Users/${first.id}`, {
      ...{ op: "replace", path: "emails", value: [{ value: "ann@corp.example", primary: true }] },
    });
    expect(expectStatus(changed, 200).emails).to.deep.equal([{ value: "ann@corp.example", primary: true }]);
    expect(await readUser(customer.scim, first.id)).to.deep.equal(first);
  });

  it("has the names alone of a person whom the organization added by id", async () => {
    const user = await createUser(scim, {
      ...{ displayName: "Dana Fox", title: "Chief", emails: [{ value: "dana@fox.example" }] },
      ...{ name: { givenName: "Dana", familyName: "Fox" }, externalId: "p-1" },
    });
    await add(customer, user.id, customer.scim);
    const seen = await readUser(customer.scim, user.id);
    expect(omit(seen, "id", "meta", "groups")).to.deep.equal(
      person(user.userName, { displayName: "Dana Fox" }),
    );
    expect(expectList(await customer.scim.find("/Users", 'emails.value eq "dana@fox.example"'))).to.be.empty;
    expect(expectList(await customer.scim.find("/Users", 'title eq "Chief"'))).to.be.empty;
    expect(expectList(await customer.scim.find("/Users", 'name.familyName eq "Fox"'))).to.be.empty;
  });

  it("follows what the provider writes in the account, until the organization writes", async () => {
    const user = await createUser(scim, { displayName: "Old", emails: [{ value: "old@fox.example" }] });
    await add(customer, user.id, scim);
    const emails = [{ value: `${unique("new")}@fox.example` }];
    expectStatus(
      await scim.patch(`/Users/${user.id}`, { op: "replace", value: { displayName: "New", emails } }),
      200,
    );
    const followed = await readUser(customer.scim, user.id);
    expect(followed).to.deep.include({ displayName: "New", emails });
    const found = await customer.scim.find("/Users", `emails.value eq "${String(emails[0]?.value)}"`);
    expect(expectList(found).map(({ id }) => id)).to.deep.equal([user.id]);
    const own = await customer.scim.patch(`/Users/${user.id}`, { op: "add", path: "title", value: "Guest" });
    expect(expectStatus(own, 200)).to.deep.include({ displayName: "New", emails, title: "Guest" });
    expectStatus(
      await scim.patch(`/Users/${user.id}`, { op: "replace", path: "displayName", value: "Newer" }),
      200,
    );
    expect(await readUser(customer.scim, user.id)).to.deep.equal(own.body);
    expect(await readUser(scim, user.id))
      .to.include({ displayName: "Newer" })
      .and.not.have.property("title");
  });

  it("shows nothing that another organization wrote in the account before", async () => {
    const name = `${unique("kim")}@corp.example`;
    const user = await post(employer, name, {
      ...{ displayName: "Kim of Corp", title: "Secret", phoneNumbers: [{ value: "1" }] },
      ...{ name: { familyName: "Secret" }, [ENTERPRISE_USER]: { department: "Secret" } },
    });
    const op = {
      op: "add",
      value: { nickName: "Kimmy", name: { givenName: "Kim" }, phoneNumbers: [{ value: "2" }] },
    };
    expectStatus(await scim.patch(`/Users/${user.id}`, op), 200);
    await add(customer, user.id, scim);
    expect(omit(await readUser(customer.scim, user.id), "id", "meta", "groups")).to.deep.equal(
      person(name, {
        ...{
          displayName: name,
          nickName: "Kimmy",
          name: { givenName: "Kim" },
          phoneNumbers: [{ value: "2" }],
        },
      }),
    );
    for (const filter of ['title eq "Secret"', 'name.familyName eq "Secret"', 'phoneNumbers.value eq "1"']) {
      expect(expectList(await customer.scim.find("/Users", filter)), filter).to.be.empty;
    }
  });

  it("has a user name of its own: one name in two organizations is two people", async () => {
    const [one, other] = [await post(employer, "jdoe"), await post(customer, "jdoe")];
    expect(one.id).to.not.equal(other.id);
    for (const [where, { id }] of [
      [employer, one],
      [customer, other],
    ] as const) {
      const found = expectList(await where.scim.find("/Users", 'userName eq "JDoe"'));
      expect(found.map((each) => [each.id, each.userName])).to.deep.equal([[id, "jdoe"]]);
      expectError(await where.scim.post("/Users", person("JDOE")), { status: 409, scimType: "uniqueness" });
    }
    const names = [await readUser(scim, one.id), await readUser(scim, other.id)].map(
      ({ userName }) => userName,
    );
    expect(names[0]).to.equal("jdoe");
    expect(names[1]).to.match(/^jdoe#[0-9a-f]{12}$/);
  });

  it("finds a person by its own name for them, also where another person has that user name", async () => {
    const [old, next] = [`${unique("old")}@corp.example`, `${unique("next")}@corp.example`];
    const renamed = await post(employer, old);
    await add(customer, renamed.id, customer.scim);
    const op = { op: "replace", path: "userName", value: next };
    expectStatus(await employer.scim.patch(`/Users/${renamed.id}`, op), 200);
    expect((await readUser(scim, renamed.id)).userName).to.equal(old);
    const newcomer = await post(employer, old);
    expect(newcomer.id).to.not.equal(renamed.id);
    expect((await readUser(customer.scim, renamed.id)).userName).to.equal(old);
    const names = expectList(await employer.scim.get("/Users")).map(({ userName }) => userName);
    expect(names).to.have.members([old, next]);
  });

  it("is found by no look-alike of its name", async () => {
    const name = unique("kim");
    const [user, lookalike] = [await post(employer, name), await post(employer, name.replace("k", "\u212A"))];
    expect(user.id).to.not.equal(lookalike.id);
  });

  it("is kept when a person leaves, so that the person comes back, unless it is somebody else", async () => {
    const name = unique("ann");
    const { id } = await post(employer, name, { externalId: "e-1", title: "First" });
    expectStatus(await employer.scim.delete(`/Users/${id}`), 204);
    expectStatus(await employer.scim.get(`/Users/${id}`), 404);
    const stranger = await post(employer, name, { externalId: "e-2" });
    expect(stranger.id).to.not.equal(id);
    expectStatus(await employer.scim.delete(`/Users/${stranger.id}`), 204);
    const back = await post(employer, name.toUpperCase(), { externalId: "e-1" });
    expect(back.id).to.equal(id);
    expect(back)
      .to.include({ userName: name.toUpperCase(), externalId: "e-1" })
      .and.not.have.property("title");
    expect(await post(customer, name))
      .to.have.property("id")
      .that.is.not.equal(id);
  });

  it("is whole what is posted for a person whom the organization deactivated", async () => {
    const name = unique("ann");
    const { id } = await post(employer, name, { externalId: "e-1", title: "First" });
    expectStatus(
      await employer.scim.patch(`/Users/${id}`, { op: "replace", path: "active", value: false }),
      200,
    );
    const back = await post(employer, name, { nickName: "Annie" });
    expect(omit(back, "meta", "groups")).to.deep.equal({ id, ...person(name, { nickName: "Annie" }) });
  });

  it("comes back by a POST without the roles that a team gave", async () => {
    const name = unique("ann");
    const { id } = await post(employer, name);
    const [plain, admins] = await Promise.all(
      [[], [{ value: "organization-admin" }]].map(async (roles) => {
        const team = { schemas: [TEAM], displayName: unique("Team"), members: [{ value: id }], roles };
        return expectStatus(await employer.scim.post("/Teams", team), 201);
      }),
    );
    expectStatus(
      await employer.scim.patch(`/Users/${id}`, { op: "replace", path: "active", value: false }),
      200,
    );
    const back = await post(employer, name);
    expect(back).to.not.have.property("roles");
    expect((back.groups as { value: string }[]).map(({ value }) => value)).to.deep.equal([plain?.id]);
    expect(await read(employer.scim, `/Teams/${String(admins?.id)}`)).to.not.have.property("members");
  });

  it("keeps Entra's name for a deleted person beside a new person of the old name", async () => {
    const name = `${unique("ann")}@corp.example`;
    const leaver = await post(employer, name);
    const deleted = `${"0123456789abcdef".repeat(2)}${name}`;
    const ops = [
      { op: "Replace", path: "userName", value: deleted },
      { op: "Replace", path: "active", value: "False" },
    ];
    expectStatus(await employer.scim.patch(`/Users/${leaver.id}`, ...ops), 200);
    expect((await readUser(scim, leaver.id)).userName).to.equal(name);
    const newcomer = await post(employer, name);
    expect(newcomer.id).to.not.equal(leaver.id);
    expect((await readUser(employer.scim, leaver.id)).userName).to.equal(deleted);
    expect((await readUser(scim, newcomer.id)).userName).to.match(/#[0-9a-f]{12}$/);
  });

  it("is not changed by what the provider's administrator or another organization is called", async () => {
    const admin = await createUser(scim, { roles: [{ value: "provider-admin" }], title: "Boss" });
    const before = await readUser(scim, admin.id);
    const taken = await post(customer, admin.userName, {
      ...{ password: "correct horse battery staple 9", emails: [{ value: "mine@customer.example" }] },
    });
    expect(taken.id).to.equal(admin.id);
    expect(taken).to.not.have.any.keys("title", "roles");
    expect(omit(await readUser(scim, admin.id), "groups", "meta")).to.deep.equal(omit(before, "meta"));
  });

  it("is of nobody else's people changed, who are taken one by one", async () => {
    const people: Body[] = [];
    for (const number of [1, 2, 3]) {
      people.push(await post(employer, `${unique("p")}@corp.example`, { title: `Person ${number}` }));
    }
    for (const { userName } of people) await post(customer, userName, { title: "Taken", active: false });
    for (const each of people) expect(await readUser(employer.scim, each.id)).to.deep.equal(each);
    const [first = { id: "" }] = people;
    const next = { op: "replace", path: "title", value: "Promoted" };
    expect(expectStatus(await employer.scim.patch(`/Users/${first.id}`, next), 200).title).to.equal(
      "Promoted",
    );
    expect((await readUser(customer.scim, first.id)).title).to.equal("Taken");
  });
});

describeServer("The care of an organization for an account", (scim, server) => {
  async function withPerson(attributes: object = {}) {
    const group = await createGroup(scim);
    const own = await clientWith(server(), { organization: group.id });
    const name = `${unique("ann")}@corp.example`;
    const user = expectStatus(await own.post("/Users", person(name, attributes)), 201);
    return { own, user, name, path: `/Users/${user.id}`, organization: group.id };
  }

  it("has the account follow its record, a rename included if the name is free", async () => {
    const { own, path } = await withPerson({ title: "Clerk" });
    const [free, taken] = [`${unique("free")}@corp.example`, await createUser(scim)];
    expectStatus(await own.patch(path, { op: "replace", value: { userName: free, title: "Head" } }), 200);
    expect(expectStatus(await scim.get(path), 200)).to.include({ userName: free, title: "Head" });
    const rename = { op: "replace", path: "userName", value: taken.userName };
    expect(expectStatus(await own.patch(path, rename), 200).userName).to.equal(taken.userName);
    expect(expectStatus(await scim.get(path), 200).userName).to.equal(free);
  });

  const ends: [string, (given: Awaited<ReturnType<typeof withPerson>>) => Promise<void>][] = [
    [
      "the provider adds the person to another organization",
      async ({ user }) => {
        await createGroup(scim, [user]);
      },
    ],
    [
      "another organization posts the person",
      async ({ name }) => {
        const other = await clientWith(server(), { organization: (await createGroup(scim)).id });
        expectStatus(await other.post("/Users", person(name)), 201);
      },
    ],
    [
      "the provider writes the profile",
      async ({ path }) => {
        expectStatus(await scim.patch(path, { op: "add", path: "nickName", value: "Nick" }), 200);
      },
    ],
    [
      "the account gets a role of the provider",
      async ({ path }) => {
        const roles = [{ value: "provider-admin" }];
        expectStatus(await scim.patch(path, { op: "add", path: "roles", value: roles }), 200);
      },
    ],
    [
      "the membership ends, also when the person comes back",
      async ({ own, path, name }) => {
        expectStatus(await own.delete(path), 204);
        expectStatus(await own.post("/Users", person(name, { title: "Clerk" })), 201);
      },
    ],
  ];
  for (const [what, end] of ends) {
    it(`ends for good when ${what}`, async () => {
      const given = await withPerson({ title: "Clerk" });
      await end(given);
      expect(expectStatus(await given.own.get(given.path), 200).title).to.equal("Clerk");
      const op = { op: "replace", path: "title", value: "Head" };
      expect(expectStatus(await given.own.patch(given.path, op), 200).title).to.equal("Head");
      expect(expectStatus(await scim.get(given.path), 200).title).to.equal("Clerk");
    });
  }
});
