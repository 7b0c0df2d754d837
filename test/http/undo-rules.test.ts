import { expect } from "chai";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const address = (name = "p") => `${unique(name)}@example.com`;

describeServer("What an undo brings back", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  /** Another token of the organization, and two of the provider. */
  let other: ScimClient;
  let provider: ScimClient;
  let second: ScimClient;

  beforeEach(async () => {
    acme = await createGroup(scim);
    [own, other] = await Promise.all([ofAcme(), ofAcme()]);
    [provider, second] = await Promise.all([clientWith(server(), {}), clientWith(server(), {})]);
  });

  const ofAcme = () => clientWith(server(), { organization: acme.id });
  const removalsOf = async (client: ScimClient): Promise<Body[]> => {
    const { status, text, body } = await client.get("/Removals?sortBy=timestamp&sortOrder=descending");
    expect(status, text).to.equal(200);
    return body.Resources;
  };
  const latest = async (client: ScimClient): Promise<Body> => {
    const [removal] = await removalsOf(client);
    if (!removal) throw new Error("There is no Removal");
    return removal;
  };
  const undo = async (client: ScimClient, removal: Body) => {
    const { status, text, body } = await client.post(`/Removals/${removal.id}/undo`, {});
    expect(status, text).to.equal(200);
    return body as unknown as {
      restored: number;
      failed: number;
      results: { value: string; status: string; detail?: string }[];
    };
  };
  const person = async (userName = address(), client = own) => {
    const { status, text, body } = await client.post("/Users", { userName });
    expect(status, text).to.equal(201);
    return body;
  };
  const administrator = async () => {
    const { id, userName } = await createUser(scim, { roles: [{ value: "provider-admin" }] });
    await provider.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: [{ value: id }] });
    const roles = [{ value: "organization-admin" }];
    await own.patch(`/Users/${id}`, { op: "add", path: "roles", value: roles });
    return clientWith(server(), { organization: acme.id, userName });
  };
  const statusOf = async (client: ScimClient, path: string) => (await client.get(path)).status;
  const deactivate = (client: ScimClient, id: string) =>
    client.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
  const ids = (...people: readonly Body[]) => people.map(({ id }) => ({ value: id }));

  describe("after a dismissal by another token", () => {
    const WAYS: Readonly<Record<string, (client: ScimClient, id: string) => Promise<{ status: number }>>> = {
      "a DELETE": (client, id) => client.delete(`/Users/${id}`),
      "a deactivation by PATCH": deactivate,
      "a deactivation by PUT": (client, id) =>
        client.put(`/Users/${id}`, { userName: address(), active: "False" }),
    };
    for (const [way, dismiss] of Object.entries(WAYS)) {
      it(`is not who was dismissed by ${way}, which is answered with 404`, async () => {
        const [one, two] = [await person(), await person()];
        for (const { id } of [one, two]) await own.delete(`/Users/${id}`);
        expect((await dismiss(other, one.id)).status).to.equal(404);
        const outcome = await undo(own, await latest(own));
        expect(outcome).to.deep.include({ restored: 1, failed: 1 });
        expect(outcome.results[0]).to.deep.include({ value: one.id, status: "failed" });
        expect(await statusOf(own, `/Users/${one.id}`)).to.equal(404);
        expect(await statusOf(own, `/Users/${two.id}`)).to.equal(200);
      });
    }

    it("is not whom the provider removes from the organization", async () => {
      const one = await person();
      await own.delete(`/Users/${one.id}`);
      await provider.patch(`/Groups/${acme.id}`, { op: "remove", path: `members[value eq "${one.id}"]` });
      expect(await undo(own, await latest(own))).to.deep.include({ restored: 0, failed: 1 });
      for (const client of [own, scim]) {
        const path = `/AuditEvents?filter=${encodeURIComponent(`target.value eq "${one.id}" and action eq "delete"`)}`;
        expect((await client.get(path)).text).to.include("had been removed before by another actor");
      }
    });

    it("is who was removed again by the token that had removed them", async () => {
      const one = await person();
      await own.delete(`/Users/${one.id}`);
      expect((await own.delete(`/Users/${one.id}`)).status).to.equal(404);
      expect(await undo(own, await latest(own))).to.deep.include({ restored: 1, failed: 0 });
    });

    it("is no account that another token deletes, nor one whose deactivation it repeats", async () => {
      const [one, two] = [await createUser(scim), await createUser(scim)];
      await provider.delete(`/Users/${one.id}`);
      await deactivate(provider, two.id);
      expect((await second.delete(`/Users/${one.id}`)).status).to.equal(404);
      expect((await deactivate(second, two.id)).status).to.equal(200);
      expect(await undo(provider, await latest(provider))).to.deep.include({ restored: 0, failed: 2 });
      expect(await statusOf(scim, `/Users/${one.id}`)).to.equal(404);
      expect((await scim.get(`/Users/${two.id}`)).body.active).to.equal(false);
    });

    it("is no team, and no organization, that another token deletes", async () => {
      const { body: team } = await own.post("/Teams", { displayName: "Bakers" });
      await own.delete(`/Teams/${team.id}`);
      expect((await other.delete(`/Groups/${team.id}`)).status).to.equal(404);
      expect(await undo(own, await latest(own))).to.deep.include({ restored: 0, failed: 1 });
      await provider.delete(`/Groups/${acme.id}`);
      expect((await second.delete(`/Groups/${acme.id}`)).status).to.equal(404);
      expect((await undo(provider, await latest(provider))).restored).to.equal(0);
      expect(await statusOf(scim, `/Groups/${acme.id}`)).to.equal(404);
    });

    it("is not who came back, and was removed by another token then, also when that Removal is forgotten", async () => {
      const [one, two] = [await person(), await person()];
      for (const { id } of [one, two]) await own.delete(`/Users/${id}`);
      for (const { id, userName } of [one, two]) {
        expect((await person(userName)).id).to.equal(id);
        expect((await other.delete(`/Users/${id}`)).status).to.equal(204);
      }
      const [ofOther, ofOwn] = await removalsOf(own);
      if (!ofOther || !ofOwn) throw new Error("There are too few");
      expect(await undo(own, ofOwn)).to.deep.include({ restored: 0, failed: 2 });
      const anna = await administrator();
      expect((await anna.delete(`/Removals/${ofOther.id}`)).status).to.equal(204);
      expect(await undo(own, ofOwn)).to.deep.include({ restored: 0, failed: 2 });
    });
  });

  describe("of places in a team", () => {
    const ADMIN = { roles: [{ value: "organization-admin" }] };
    let one: Body;
    let admins: Body;

    beforeEach(async () => {
      one = await person();
      admins = await teamOf(one);
    });

    const teamOf = async (member: Body) => {
      const body = { displayName: unique("Admins"), ...ADMIN, members: ids(member) };
      const team = await own.post("/Teams", body);
      expect(team.status, team.text).to.equal(201);
      return team.body;
    };
    const takeFrom = async (client: ScimClient, team: Body, value = [one]) => {
      const patch = { op: "remove", path: "members", value: ids(...value) };
      const { status, text } = await client.patch(`/Groups/${team.id}`, patch);
      expect(status, text).to.equal(204);
    };
    const membersOf = async ({ id }: Body) => (await own.get(`/Teams/${id}`)).body.members ?? [];
    const hireAgain = async () => expect((await person(one.userName)).id).to.equal(one.id);

    it("is none of a person who left by another token and joined anew, also when that Removal is forgotten", async () => {
      await takeFrom(own, admins);
      const removal = await latest(own);
      expect((await other.delete(`/Users/${one.id}`)).status).to.equal(204);
      await hireAgain();
      expect(await undo(own, removal)).to.deep.include({ restored: 0, failed: 1 });
      const ofOther = await latest(own);
      expect((await (await administrator()).delete(`/Removals/${ofOther.id}`)).status).to.equal(204);
      expect(await undo(own, removal)).to.deep.include({ restored: 0, failed: 1 });
      expect(await membersOf(admins)).to.deep.equal([]);
    });

    it("is that of a person whose dismissal by another token is undone, too", async () => {
      await takeFrom(own, admins);
      const removal = await latest(own);
      await other.delete(`/Users/${one.id}`);
      expect((await undo(own, await latest(own))).restored).to.equal(1);
      expect(await undo(own, removal)).to.deep.include({ restored: 1, failed: 0 });
      expect(await membersOf(admins)).to.have.lengthOf(1);
    });

    it("is none of a person whom the same token took from the organization later, unless they are back by an undo", async () => {
      const two = await person();
      await own.patch(`/Groups/${admins.id}`, { op: "add", path: "members", value: ids(two) });
      await takeFrom(own, admins, [one, two]);
      for (const { id } of [one, two]) await own.delete(`/Users/${id}`);
      await hireAgain();
      const outcome = await undo(own, await latest(own));
      expect(outcome).to.deep.include({ restored: 2, failed: 2 });
      expect(outcome.results.map(({ detail }) => detail)).to.include("left the organization later");
      expect((await membersOf(admins)).map(({ value }) => value)).to.deep.equal([two.id]);
    });

    it("is no activity of a person who left the organization later, and joined anew as inactive", async () => {
      await deactivate(own, one.id);
      const removal = await latest(own);
      await own.delete(`/Users/${one.id}`);
      await own.post("/Users", { userName: one.userName, active: false });
      expect(await undo(own, removal)).to.deep.include({ restored: 0, failed: 2 });
      expect((await own.get(`/Users/${one.id}`)).body.active).to.equal(false);
    });

    it("is none from which another token removes the person, alone and in a Bulk", async () => {
      const [two, three] = [await person(), await person()];
      const teams = [admins, await teamOf(two), await teamOf(three)] as const;
      await takeFrom(own, teams[0]);
      await takeFrom(own, teams[1], [two]);
      await takeFrom(own, teams[2], [three]);
      await other.patch(`/Groups/${teams[0].id}`, { op: "remove", path: `members[value eq "${one.id}"]` });
      const bulk = await other.post("/Bulk", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        Operations: [two, one].map(({ id }) => ({
          ...{ method: "PATCH", path: `/Groups/${teams[1].id}` },
          data: {
            schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            Operations: [{ op: "remove", path: "members", value: [{ value: id }] }],
          },
        })),
      });
      expect(bulk.status, bulk.text).to.equal(200);
      expect(await undo(own, await latest(own))).to.deep.include({ restored: 1, failed: 2 });
      expect(await membersOf(teams[0])).to.deep.equal([]);
      expect(await membersOf(teams[1])).to.deep.equal([]);
      expect(await membersOf(teams[2])).to.have.lengthOf(1);
      const path = `/AuditEvents?filter=${encodeURIComponent(`target.value eq "${teams[0].id}"`)}`;
      const events = (await own.get(path)).text;
      expect(events).to.include(`the User '${one.id}' had been removed before by another actor`);
    });

    it("is one that a person lost by being created anew while inactive", async () => {
      await deactivate(own, one.id);
      await hireAgain();
      expect(await membersOf(admins)).to.deep.equal([]);
      expect((await undo(own, await latest(own))).results.map(({ status }) => status)).to.include("restored");
      expect(await membersOf(admins)).to.have.lengthOf(1);
    });

    it("is one from which the token that took it removes the person again", async () => {
      await takeFrom(own, admins);
      await takeFrom(own, admins);
      expect(await undo(own, await latest(own))).to.deep.include({ restored: 1, failed: 0 });
    });
  });

  it("is not who came back by themselves: nothing that was written since changes", async () => {
    const one = await person();
    await own.delete(`/Users/${one.id}`);
    const { body: back } = await own.post("/Users", { userName: one.userName, title: "Countess" });
    expect(back.id).to.equal(one.id);
    const outcome = await undo(own, await latest(own));
    expect(outcome).to.deep.include({ restored: 0, failed: 1 });
    expect(outcome.results[0]?.detail).to.include("is a member again");
    expect((await own.get(`/Users/${one.id}`)).body).to.deep.equal(back);
  });

  it("is nobody whose userName is another's now, in the organization and in the provider", async () => {
    const one = await person();
    await own.delete(`/Users/${one.id}`);
    const two = await person();
    await own.patch(`/Users/${two.id}`, { op: "replace", path: "userName", value: one.userName });
    expect((await undo(own, await latest(own))).results[0]?.detail).to.include("userName");
    const account = await createUser(scim);
    await provider.delete(`/Users/${account.id}`);
    const { body: anew } = await scim.post("/Users", { userName: account.userName });
    expect(anew.id).to.not.equal(account.id);
    expect((await undo(provider, await latest(provider))).results[0]?.detail).to.include("userName");
  });

  it("of a team whose name is taken are its members and roles, in the one that has it", async () => {
    const one = await person();
    const roles = [{ value: "organization-billing-manager" }];
    const { body: team } = await own.post("/Teams", { displayName: "Bakers", roles, members: ids(one) });
    await own.delete(`/Teams/${team.id}`);
    const { body: anew } = await own.post("/Teams", { displayName: "BAKERS" });
    const outcome = await undo(own, await latest(own));
    expect(outcome).to.deep.include({ restored: 1, failed: 0 });
    expect(outcome.results[0]?.detail).to.include(anew.id);
    const { body } = await own.get(`/Teams/${anew.id}`);
    expect(body).to.deep.include({ displayName: "BAKERS", roles });
    expect(body.members?.map(({ value }) => value)).to.deep.equal([one.id]);
    expect(await statusOf(own, `/Teams/${team.id}`)).to.equal(404);
  });

  it("of a team whose name is taken are its members alone, if the one that has it has members of its own", async () => {
    const [one, two] = [await person(), await person()];
    const roles = [{ value: "organization-admin" }];
    const { body: team } = await own.post("/Teams", { displayName: "Admins", roles, members: ids(one) });
    await own.delete(`/Teams/${team.id}`);
    const { body: anew } = await other.post("/Teams", { displayName: "Admins", members: ids(two) });
    const outcome = await undo(own, await latest(own));
    expect(outcome).to.deep.include({ restored: 1, failed: 0 });
    expect(outcome.results[0]?.detail).to.include(
      "its roles were not given: the team has members of its own",
    );
    const { body } = await own.get(`/Teams/${anew.id}`);
    expect(body.members?.map(({ value }) => value)).to.have.members([one.id, two.id]);
    for (const { id } of [one, two])
      expect((await own.get(`/Users/${id}`)).text).to.not.include("organization-admin");
  });

  it("is seen and undone in no other realm", async () => {
    const one = await person();
    await own.delete(`/Users/${one.id}`);
    const removal = await latest(own);
    const elsewhere = await clientWith(server(), { organization: (await createGroup(scim)).id });
    for (const client of [provider, elsewhere]) {
      expect(await statusOf(client, `/Removals/${removal.id}`)).to.equal(404);
      expect((await removalsOf(client)).map(({ id }) => id)).to.not.include(removal.id);
      expect((await client.post(`/Removals/${removal.id}/undo`, {})).status).to.equal(404);
    }
  });

  it("is the same again when it is asked for twice, and at once", async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => person()));
    for (const { id } of people) await own.delete(`/Users/${id}`);
    const removal = await latest(own);
    const outcomes = await Promise.all([undo(own, removal), undo(other, removal), undo(own, removal)]);
    for (const outcome of [...outcomes, await undo(own, removal)]) {
      expect(outcome).to.deep.include({ restored: 5, failed: 0 });
      expect(outcome.results).to.have.lengthOf(5);
    }
    expect((await latest(own)).status).to.equal("undone");
    const { totalResults } = (await own.get("/Users")).body;
    const { members } = (await own.get(`/Groups/${acme.id}`)).body;
    expect([totalResults, members?.length]).to.deep.equal([5, 5]);
  });

  it("can be done by a token that may write alone, and forgotten by a person alone", async () => {
    const one = await person();
    await own.delete(`/Users/${one.id}`);
    const removal = await latest(own);
    const reader = await clientWith(server(), { organization: acme.id, readOnly: true });
    expect(await statusOf(reader, `/Removals/${removal.id}`)).to.equal(200);
    expect((await reader.post(`/Removals/${removal.id}/undo`, {})).status).to.equal(403);
    expect((await own.delete(`/Removals/${removal.id}`)).status).to.equal(403);
    const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
    await provider.delete(`/Users/${(await createUser(scim)).id}`);
    const anna = await clientWith(server(), { userName: admin.userName });
    const ofProvider = await latest(provider);
    expect((await anna.delete(`/Removals/${ofProvider.id}`)).status).to.equal(204);
    expect(await statusOf(provider, `/Removals/${ofProvider.id}`)).to.equal(404);
    const items = await server().database((session) =>
      session.rows("select 1 from muster_removal_items where removal_id = ?", [ofProvider.id]),
    );
    expect(items).to.deep.equal([]);
  });

  it("is nothing in a dry run, which answers what would come of it", async () => {
    const one = await person();
    await own.delete(`/Users/${one.id}`);
    const removal = await latest(own);
    const tried = await own.request("POST", `/Removals/${removal.id}/undo`, {
      ...{ body: {}, headers: { "Muster-Dry-Run": "true" } },
    });
    expect(tried.status, tried.text).to.equal(200);
    expect(tried.text).to.include('"status":"200"');
    expect(await statusOf(own, `/Users/${one.id}`)).to.equal(404);
    expect((await latest(own)).status).to.equal("undoable");
    expect(await undo(own, removal)).to.deep.include({ restored: 1, failed: 0 });
  });

  it("is in another Removal after a pause of ten minutes, after a day, and after an undo", async () => {
    const client = await ofAcme();
    const take = async (at: number) => {
      const one = await person();
      await server().ahead(at, () => client.delete(`/Users/${one.id}`));
      return (await removalsOf(client)).length;
    };
    expect(await take(0)).to.equal(1);
    expect(await take(9 * MINUTE)).to.equal(1);
    expect(await take(18 * MINUTE)).to.equal(1);
    expect(await take(29 * MINUTE)).to.equal(2);
    await undo(client, await latest(client));
    expect(await take(30 * MINUTE)).to.equal(3);
  });

  it("is no longer there when it has expired", async () => {
    const one = await person();
    await own.delete(`/Users/${one.id}`);
    const removal = await latest(own);
    await server().ahead(31 * DAY, async () => {
      expect((await own.get(`/Removals/${removal.id}`)).body.status).to.equal("expired");
      expect((await own.post(`/Removals/${removal.id}/undo`, {})).status).to.equal(409);
      const long = new Date(0).toISOString();
      await server().services.removals.prune({ keptSince: long, toldSince: long });
      const { body } = await own.get(`/Removals/${removal.id}`);
      expect(body).to.deep.include({ status: "expired", users: 1 });
      const now = new Date(Date.now() + 32 * DAY).toISOString();
      await server().services.removals.prune({ keptSince: now, toldSince: now });
      expect(await statusOf(own, `/Removals/${removal.id}`)).to.equal(404);
    });
  });

  it("does not make an organization find the record of an account that was deleted", async () => {
    const one = await person("ada");
    await own.delete(`/Users/${one.id}`);
    await provider.delete(`/Users/${one.id}`);
    const anew = await person("ada");
    expect(anew.id).to.not.equal(one.id);
  });
});

describeServer("A large undo", (scim, server) => {
  const PEOPLE = 1200;

  it("brings thousands back with a result for each, in portions between which others write", async function () {
    this.timeout(180_000);
    const acme = await createGroup(scim);
    const own = await clientWith(server(), { organization: acme.id });
    const post = (number: number) => ({
      ...{ method: "POST", path: "/Users", bulkId: `p${number}` },
      data: { userName: address(`p${number}`), name: { familyName: "Lovelace" } },
    });
    const Operations = Array.from({ length: PEOPLE }, (_, number) => post(number));
    const bulk = await own.post("/Bulk", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations,
    });
    expect(bulk.status).to.equal(200);
    const group = { displayName: acme.displayName, members: [] };
    expect((await scim.put(`/Groups/${acme.id}`, group)).status).to.equal(200);
    const [removal] = (await scim.get("/Removals")).body.Resources;
    expect(removal).to.deep.include({ users: PEOPLE });
    const undoing: { isDone: boolean } = { isDone: false };
    let writes = 0;
    const others = (async () => {
      const { id } = await createUser(scim);
      for (; !undoing.isDone; writes += 1) {
        await scim.patch(`/Users/${id}`, { op: "replace", path: "title", value: unique("title") });
      }
    })();
    const { status, body } = await scim.post(`/Removals/${removal?.id ?? ""}/undo`, {});
    undoing.isDone = true;
    await others;
    expect(status).to.equal(200);
    expect(body).to.deep.include({ restored: PEOPLE, failed: 0 });
    expect(body.results).to.have.lengthOf(PEOPLE);
    // One after the other between the portions, of which each has fifty people.
    expect(writes).to.be.above(5);
    expect((await own.get("/Users?count=0")).body.totalResults).to.equal(PEOPLE);
  });
});

describeServer(
  "With REMOVALS_RETENTION_DAYS=0,",
  (scim) => {
    it("nothing that is removed is kept", async () => {
      const { id } = await createUser(scim);
      expect((await scim.delete(`/Users/${id}`)).status).to.equal(204);
      expect((await scim.get("/Removals")).body.totalResults).to.equal(0);
    });
  },
  { REMOVALS_RETENTION_DAYS: "0" },
);
