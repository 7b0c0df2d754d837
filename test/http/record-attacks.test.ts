import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import { patchData, sendBulk } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, ENTERPRISE_USER, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

interface Organization {
  readonly id: string;
  readonly scim: ScimClient;
}

const person = (userName: string, attributes: object = {}) => ({
  schemas: [CORE_USER],
  userName,
  ...attributes,
});
const address = (name: string) => `${unique(name)}@corp.example`;
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

describeServer("A record of a person", (scim, server) => {
  let employer: Organization, customer: Organization;

  async function organization(): Promise<Organization> {
    const { id } = await createGroup(scim);
    return { id, scim: await clientWith(server(), { organization: id }) };
  }

  const post = async (where: Organization, userName: string, attributes: object = {}): Promise<Body> =>
    expectStatus(await where.scim.post("/Users", person(userName, attributes)), 201);

  const add = async (where: Organization, id: string, by: ScimClient): Promise<void> => {
    const op = { op: "add", path: "members", value: [{ value: id }] };
    expectStatus(await by.patch(`/Groups/${where.id}`, op), 200, 204);
  };

  const patch = async (client: ScimClient, id: string, ...operations: Parameters<ScimClient["patch"]>[1][]) =>
    expectStatus(await client.patch(`/Users/${id}`, ...operations), 200);

  beforeEach(async () => {
    [employer, customer] = [await organization(), await organization()];
  });

  it("shows no address of another organization when the provider makes another one primary", async () => {
    const secret = { value: address("secret"), type: "work", primary: true };
    const { id } = await post(employer, address("ann"), {
      emails: [secret],
      addresses: [{ type: "work", streetAddress: "Secret Street 1", country: "NZ", primary: true }],
    });
    const added = { value: address("new"), primary: true };
    await patch(
      scim,
      id,
      { op: "add", path: "emails", value: [added] },
      { op: "add", path: "addresses", value: [{ type: "home", country: "AT", primary: true }] },
      replace('addresses[type eq "work"].locality', "Graz"),
    );
    await add(customer, id, scim);
    const seen = await read(customer.scim, `/Users/${id}`);
    expect(seen.emails).to.deep.equal([added]);
    expect(seen.addresses).to.deep.equal([{ type: "home", country: "AT", primary: true }]);
  });

  it("does not rename the account to Entra's name for a deleted person later either", async () => {
    const name = address("ann");
    const { id } = await post(employer, name);
    const deleted = `${"0123456789abcdef".repeat(2)}${name}`;
    await patch(employer.scim, id, replace("userName", deleted));
    await patch(employer.scim, id, replace("title", "Left"));
    expect((await read(scim, `/Users/${id}`)).userName).to.equal(name);
    expect((await read(scim, `/Users/${id}`)).title).to.equal("Left");
  });

  it("takes the person's password along when it renames the account to another mailbox that is the same name", async () => {
    const domain = unique("strasse");
    const { id } = await post(employer, `ann@${domain.replace("ss", "ß")}.example`);
    await patch(scim, id, replace("password", "correct horse battery staple 9"));
    await patch(employer.scim, id, replace("userName", `ann@${domain}.example`));
    expect((await read(scim, `/Users/${id}`)).userName).to.equal(`ann@${domain}.example`);
    const hasPassword = await server().database((session) =>
      session.first("select 1 from muster_accounts where id = ? and password_hash is not null", [id]),
    );
    expect(hasPassword).to.equal(undefined);
  });

  it("is of no account whose address is another mailbox, though their names are one without case", async () => {
    const domain = unique("gross");
    const stranger = await createUser(scim, { userName: `ann@${domain.replace("ss", "ß")}.example` });
    const own = await post(employer, `ann@${domain}.example`);
    expect(own.id).to.not.equal(stranger.id);
    expect(own.userName).to.equal(`ann@${domain}.example`);
    expect((await read(scim, `/Users/${own.id}`)).userName).to.match(/#[0-9a-f]{12}$/);
    expect((await post(customer, stranger.userName.toUpperCase().replace("SS", "ß"))).id).to.equal(
      stranger.id,
    );
  });

  it("that is kept is found by its externalId before one without that left later", async () => {
    const name = unique("ann");
    const first = await post(employer, name, { externalId: "e-1" });
    await employer.scim.delete(`/Users/${first.id}`);
    const second = await post(employer, name, { externalId: "e-2" });
    await patch(employer.scim, second.id, { op: "remove", path: "externalId" });
    await employer.scim.delete(`/Users/${second.id}`);
    expect(await post(employer, name, { externalId: "e-1" })).to.have.property("id", first.id);
    expect(second.id).to.not.equal(first.id);
  });

  it("is added in a Bulk beside one that cannot be", async () => {
    const [blocked, free] = [await createUser(scim), await createUser(scim)];
    for (const name of [blocked.userName, `${blocked.userName}#${blocked.id.slice(-12)}`]) {
      const other = await createUser(scim);
      await add(customer, other.id, customer.scim);
      await patch(customer.scim, other.id, replace("userName", name));
    }
    const outcomes = await sendBulk(
      customer.scim,
      [free, blocked, free].map(({ id }) => ({
        method: "PATCH",
        path: `/Groups/${customer.id}`,
        data: patchData({ op: "add", path: "members", value: [{ value: id }] }),
      })),
    );
    expect(outcomes.map(({ status }) => status[0])).to.deep.equal(["2", "4", "2"]);
    expect(await read(customer.scim, `/Users/${free.id}`)).to.include({ userName: free.userName });
    expectStatus(await customer.scim.get(`/Users/${blocked.id}`), 404);
  });

  it("follows the account also where the organization gave others its names", async () => {
    const { id } = await createUser(scim);
    await add(customer, id, customer.scim);
    const next = address("next");
    for (const name of [next, `${next}#${id.slice(-12)}`]) {
      const other = await createUser(scim);
      await add(customer, other.id, customer.scim);
      await patch(customer.scim, other.id, replace("userName", name));
    }
    const before = await read(customer.scim, "/Users");
    await patch(scim, id, replace("userName", next));
    expect(await read(customer.scim, "/Users")).to.deep.equal(before);
  });

  it("is not possible where the organization gave all names of a person to others, and says so", async () => {
    const { id, userName } = await createUser(scim);
    for (const name of [userName, `${userName}#${id.slice(-12)}`]) {
      const other = await createUser(scim);
      await add(customer, other.id, customer.scim);
      await patch(customer.scim, other.id, replace("userName", name));
    }
    const op = { op: "add", path: "members", value: [{ value: id }] };
    for (const client of [customer.scim, scim]) {
      expectError(await client.patch(`/Groups/${customer.id}`, op), { status: 409, detail: /userName/ });
    }
  });

  it("can be written where its name got longer than names can be", async () => {
    const long = `${unique("n")}${"x".repeat(400)}`.slice(0, 400);
    const { id } = await createUser(scim, { userName: long });
    await post(customer, long);
    await add(customer, id, customer.scim);
    expect((await patch(customer.scim, id, replace("title", "Guest"))).title).to.equal("Guest");
    const own = await post(employer, long);
    const account = await read(scim, `/Users/${own.id}`);
    expectStatus(await scim.put(`/Users/${own.id}`, { ...account, nickName: "Longname" }), 200);
  });

  it("has no new version when the provider changes what the organization does not see", async () => {
    const { id } = await post(employer, address("ann"), { title: "Secret", nickName: "Annie" });
    await patch(scim, id, replace("profileUrl", "https://corp.example/ann"));
    await add(customer, id, scim);
    const before = await customer.scim.get(`/Users/${id}`);
    await patch(scim, id, { op: "remove", path: "title" });
    expect((await customer.scim.get(`/Users/${id}`)).text).to.equal(before.text);
    await patch(scim, id, replace("nickName", "Anna"));
    expect((await read(customer.scim, `/Users/${id}`)).nickName).to.equal("Anna");
  });

  it("sorts and filters by what it shows, whoever wrote it", async () => {
    const enterprise = (department: string) => ({ [ENTERPRISE_USER]: { department } });
    const taken = await post(employer, address("b"), { displayName: "B", ...enterprise("Secret") });
    await post(customer, taken.userName, { displayName: "Z", ...enterprise("Sales") });
    const followed = await createUser(scim, { displayName: "Y", ...enterprise("Ops") });
    await add(customer, followed.id, customer.scim);
    await post(customer, address("a"), { displayName: "X", ...enterprise("Dev") });
    const find = async (query: string) =>
      (await read(customer.scim, `/Users?${query}`)).Resources.map(({ displayName }) => displayName);
    const department = `${ENTERPRISE_USER}:department`;
    expect(await find("sortBy=displayName")).to.deep.equal(["X", "Y", "Z"]);
    expect(await find(`sortBy=${department}`)).to.deep.equal(["X", "Z", "Y"]);
    expect(await find(`filter=${encodeURIComponent(`${department} pr`)}`)).to.have.members(["X", "Z"]);
    expect(await find(`filter=${encodeURIComponent(`${department} eq "secret"`)}`)).to.deep.equal([]);
    await patch(scim, followed.id, replace("displayName", "A"));
    expect(await find("sortBy=meta.lastModified&sortOrder=descending")).to.deep.equal(["A", "X", "Z"]);
  });

  describe("at the same moment", function () {
    this.timeout(120_000);
    const ROUNDS = 15;

    it("takes what its organization writes while others take the person and the provider writes the account", async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const name = address("ann");
        const { id } = await post(employer, name, { title: "Clerk" });
        const op = { op: "add", path: "members", value: [{ value: id }] };
        const answers = await Promise.all([
          employer.scim.patch(`/Users/${id}`, replace("title", "Head"), replace("nickName", "Annie")),
          round % 2 === 0
            ? customer.scim.patch(`/Groups/${customer.id}`, op)
            : customer.scim.post("/Users", person(name)),
          ...(round % 3 === 0 ? [scim.patch(`/Users/${id}`, replace("locale", "de"))] : []),
        ]);
        for (const answer of answers) expectStatus(answer, 200, 201, 204);
        const record = await read(employer.scim, `/Users/${id}`);
        expect(record, String(round)).to.include({ title: "Head", nickName: "Annie" });
        expect(await read(customer.scim, `/Users/${id}`)).to.not.have.any.keys("title", "nickName");
      }
    });

    it("is one person's whom two organizations post at once", async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const name = address("ann");
        const created = await Promise.all([
          post(employer, name, { title: "A" }),
          post(customer, name, { title: "B" }),
          ...(round % 3 === 0 ? [post(await organization(), name)] : []),
        ]);
        expect(new Set(created.map(({ id }) => id)).size).to.equal(1);
        expect(await read(employer.scim, `/Users/${created[0].id}`)).to.include({ title: "A" });
        expect(await read(customer.scim, `/Users/${created[0].id}`)).to.include({ title: "B" });
      }
    });

    it("has its new name, which another account gets", async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const [name, next] = [address("ann"), address("next")];
        const { id } = await post(employer, name);
        const follower = await createUser(scim);
        await add(customer, follower.id, customer.scim);
        const [renamed, ...others] = await Promise.all([
          employer.scim.patch(`/Users/${id}`, replace("userName", next)),
          customer.scim.post("/Users", person(next)),
          scim.patch(`/Users/${follower.id}`, replace("userName", next)),
        ]);
        expectStatus(renamed, 200, 409);
        for (const answer of others) expectStatus(answer, 200, 201, 409);
        const names = (await read(customer.scim, "/Users?count=1000")).Resources.map(
          ({ userName }) => userName,
        );
        expect(new Set(names).size).to.equal(names.length);
      }
    });
  });
});
