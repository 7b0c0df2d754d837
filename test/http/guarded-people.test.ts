import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { GuardedPeople, PASSWORD, setUpFactor } from "../support/second-factor.js";
import { describeServer } from "../support/server.js";

const OTHER = "another long passphrase 41";
const HAS = `${MEMBERSHIP}:hasSecondFactor`;

describeServer("Whether a User has a second factor", (scim, server) => {
  const people = new GuardedPeople(scim, server);

  /** What a realm tells of a User. */
  const told = async (client: ScimClient, { id }: Pick<Body, "id">) =>
    (await read(client, `/Users/${id}?attributes=${HAS}`))[MEMBERSHIP];
  /** Which of some Users a realm finds. */
  const found = async (client: ScimClient, filter: string, among: readonly Body[]) => {
    const names = among.map(({ id }) => `id eq "${id}"`).join(" or ");
    return expectList(await client.find("/Users", `(${names}) and ${filter}`))
      .map(({ id }) => id)
      .sort();
  };
  const idsOf = (...users: readonly Body[]) => users.map(({ id }) => id).sort();

  let acme: Body;
  let own: ScimClient;
  /** One with a factor of the own password, one with the organization's, one with both, and one with none. */
  let personal: Body;
  let ofAcme: Body;
  let both: Body;
  let none: Body;
  const all = () => [personal, ofAcme, both, none];

  before(async () => {
    ({ acme, own } = await people.organization());
    const made = () => people.createdBy(own, { userName: `${unique("dana")}@example.com` });
    [personal, ofAcme, both, none] = [await made(), await made(), await made(), await made()];
    for (const each of [ofAcme, both]) {
      await setUpFactor(await people.signedIn(each, PASSWORD, acme.id), PASSWORD);
    }
    for (const each of [personal, both]) {
      const password = { op: "replace", path: "password", value: OTHER };
      expectStatus(await scim.patch(`/Users/${each.id}`, password), 200);
      await setUpFactor(await people.signedIn(each, OTHER), OTHER);
    }
  });

  it("is told on request, by each realm of its own password alone", async () => {
    const of = (client: ScimClient) => Promise.all(all().map((each) => told(client, each)));
    const flags = (...values: boolean[]) => values.map((hasSecondFactor) => ({ hasSecondFactor }));
    expect(await of(scim)).to.deep.equal(flags(true, false, true, false));
    expect(await of(own)).to.deep.equal(flags(false, true, true, false));
    for (const client of [scim, own]) {
      expect(JSON.stringify(await read(client, `/Users/${both.id}`))).not.to.include("hasSecondFactor");
    }
  });

  for (const [filter, inProvider, inAcme] of [
    ["eq true", () => [personal, both], () => [ofAcme, both]],
    ["eq false", () => [ofAcme, none], () => [personal, none]],
    ["ne true", () => [ofAcme, none], () => [personal, none]],
    ["ne false", () => [personal, both], () => [ofAcme, both]],
    ["pr", all, all],
    ["eq null", () => [], () => []],
    ["ne null", all, all],
  ] as const) {
    it(`is found by '${filter}', in each realm by what it tells`, async () => {
      for (const [client, right, wrong] of [
        [scim, inProvider, all().filter((each) => !inProvider().includes(each))],
        [own, inAcme, all().filter((each) => !inAcme().includes(each))],
      ] as const) {
        expect(await found(client, `${HAS} ${filter}`, all())).to.deep.equal(idsOf(...right()));
        expect(await found(client, `not (${HAS} ${filter})`, all())).to.deep.equal(idsOf(...wrong));
      }
    });
  }

  it("is found alone, and by POST", async () => {
    const sent = { filter: `${HAS} eq true`, count: 1000, attributes: ["userName"] };
    const list = expectList(await own.post("/Users/.search", sent), 2);
    expect(list.map(({ id }) => id).sort()).to.deep.equal(idsOf(ofAcme, both));
    const others = expectList(await scim.post("/Users/.search", sent)).map(({ id }) => id);
    expect(others).to.include.members(idsOf(personal, both)).and.not.include.members([ofAcme.id]);
  });

  it("can be sorted by", async () => {
    for (const [client, last] of [
      [scim, idsOf(personal, both)],
      [own, idsOf(ofAcme, both)],
    ] as const) {
      const filter = encodeURIComponent(
        all()
          .map(({ id }) => `id eq "${id}"`)
          .join(" or "),
      );
      const list = expectList(await client.get(`/Users?sortBy=${HAS}&filter=${filter}`), 4);
      expect(
        list
          .slice(2)
          .map(({ id }) => id)
          .sort(),
      ).to.deep.equal(last);
    }
  });

  it("is not told to another organization that the person is in", async () => {
    const { own: other } = await people.organization(all());
    for (const each of all()) expect(await told(other, each)).to.deep.equal({ hasSecondFactor: false });
    expect(await found(other, `${HAS} eq true`, all())).to.deep.equal([]);
  });

  it("is told to the person at /Me: of the account to a session of the person, of the organization to one of it", async () => {
    const session = await people.halfSignedIn(none, PASSWORD, acme.id).catch(() => undefined);
    expect(session, "there is no factor").to.equal(undefined);
    const inAcme = await people.signedIn(none, PASSWORD, acme.id);
    const me = async () =>
      (JSON.parse((await inAcme.send("GET", `/scim/v2/Me?attributes=${HAS}`)).text) as Body)[MEMBERSHIP];
    expect(await me()).to.deep.equal({ hasSecondFactor: false });
    await setUpFactor(inAcme, PASSWORD);
    expect(await me()).to.deep.equal({ hasSecondFactor: true });
    expect(await told(scim, none)).to.deep.equal({ hasSecondFactor: false });
    expectStatus(await own.post(`/Users/${none.id}/remove-second-factor`, {}), 200);
    expect(await told(own, none)).to.deep.equal({ hasSecondFactor: false });
  });

  it("is told to a client that names the version that it has, as a factor comes and goes without a new one", async () => {
    const dana = await people.createdBy(own, { userName: `${unique("dana")}@example.com` });
    const { version } = (await read(own, `/Users/${dana.id}`)).meta;
    const known = { "if-none-match": version };
    const again = async () =>
      expectStatus(await own.get(`/Users/${dana.id}?attributes=${HAS}`, known), 200)[MEMBERSHIP];
    expect(await again()).to.deep.equal({ hasSecondFactor: false });
    await setUpFactor(await people.signedIn(dana, PASSWORD, acme.id), PASSWORD);
    expect(await again()).to.deep.equal({ hasSecondFactor: true });
    expectStatus(await own.post(`/Users/${dana.id}/remove-second-factor`, {}), 200);
    expect(await again()).to.deep.equal({ hasSecondFactor: false });
    // Without such attributes, the version says that nothing changed.
    for (const query of ["", "?attributes=userName"]) {
      expectStatus(await own.get(`/Users/${dana.id}${query}`, known), 304);
    }
  });

  it("cannot be written", async () => {
    const op = { op: "replace", path: HAS, value: false };
    expectError(await scim.patch(`/Users/${personal.id}`, op), { status: 400, scimType: "mutability" });
    const put = {
      schemas: personal.schemas,
      userName: personal.userName,
      [MEMBERSHIP]: { hasSecondFactor: false },
    };
    expectStatus(await scim.put(`/Users/${personal.id}`, put), 200);
    expect(await told(scim, personal)).to.deep.equal({ hasSecondFactor: true });
  });

  it("is nothing that a team's manager can find", async () => {
    const team = expectStatus(
      await own.post("/Teams", {
        schemas: ["urn:muster:params:scim:schemas:core:2.0:Team"],
        displayName: unique("Sales"),
        members: [{ value: none.id, role: "team-manager" }],
      }),
      201,
    );
    const manager = await clientWith(server(), { organization: acme.id, userName: none.userName });
    expectStatus(await manager.get(`/Teams/${team.id}`), 200);
    const answer = await manager.find("/Users", `${HAS} eq true`);
    expectError(answer, { status: 403 });
  });
});
