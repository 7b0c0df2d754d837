import { expect } from "chai";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, createUsers, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const DAY = 24 * 60 * 60 * 1000;
const KEY = "removal_id, kind, organization_id, resource_id, account_id";
const LONG_AGO = new Date(0).toISOString();

describeServer("Forgetting Removals", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let provider: ScimClient;
  /** An administrator of the provider, in person. */
  let anna: ScimClient;

  beforeEach(async () => {
    acme = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
    provider = await clientWith(server(), {});
    const { userName } = await createUser(scim, { roles: [{ value: "provider-admin" }] });
    anna = await clientWith(server(), { userName });
  });

  const removalOf = async (client: ScimClient): Promise<string> => {
    const { body } = await client.get("/Removals?sortBy=timestamp&sortOrder=descending");
    const [removal] = body.Resources;
    if (!removal) throw new Error("There is no Removal");
    return removal.id;
  };
  const take = async (client: ScimClient, path: string): Promise<string> => {
    expect((await client.delete(path)).status).to.equal(204);
    return removalOf(client);
  };
  const person = async () => (await own.post("/Users", { userName: `${unique("p")}@example.com` })).body;
  const prune = () => server().services.removals.prune({ keptSince: LONG_AGO, toldSince: LONG_AGO });
  const itemsOf = async (...ids: string[]) => {
    const select = `select 1 from muster_removal_items where removal_id in (${ids.map(() => "?").join(", ")})`;
    return (await server().database((session) => session.rows(select, ids))).length;
  };

  /** Does something while the database refuses to delete the items of a Removal. */
  const whileKept = async (removal: string, work: () => Promise<void>) => {
    const columns = KEY.split(", ").map((name) => `${name} text`);
    await server().database(async (session) => {
      await session.rows(
        `create table clips (${columns.join(", ")}, foreign key (${KEY}) references muster_removal_items (${KEY}))`,
      );
      const items = `select ${KEY} from muster_removal_items where removal_id = ?`;
      await session.rows(`insert into clips (${KEY}) ${items}`, [removal]);
    });
    try {
      await work();
    } finally {
      await server().database((session) => session.rows("drop table clips"));
    }
  };

  it("that have expired goes on after it was interrupted", async () => {
    const removal = await take(own, `/Users/${(await person()).id}`);
    await server().ahead(31 * DAY, async () => {
      await whileKept(removal, async () => {
        const outcome = await prune().then(
          () => "done",
          () => "interrupted",
        );
        expect(outcome).to.equal("interrupted");
      });
      expect(await itemsOf(removal)).to.equal(1);
      await prune();
      expect(await itemsOf(removal)).to.equal(0);
      expect((await own.get(`/Removals/${removal}`)).body).to.deep.include({ status: "expired", users: 1 });
    });
  });

  for (const [how, repeat] of Object.entries({
    "by itself": () => Promise.resolve(undefined),
    "when it is asked for again": async (path: string) => (await anna.delete(path)).status,
  })) {
    it(`for good, with those of a deleted organization, goes on ${how} after it was interrupted`, async () => {
      const inner = await take(own, `/Users/${(await person()).id}`);
      const removal = await take(provider, `/Groups/${acme.id}`);
      const path = `/Removals/${removal}`;
      await whileKept(inner, async () => {
        expect((await anna.delete(path)).status).to.be.at.least(500);
      });
      expect(await itemsOf(removal, inner)).to.be.greaterThan(1);
      expect((await provider.post(`${path}/undo`, {})).status).to.equal(409);
      expect(await repeat(path)).to.be.oneOf([undefined, 204]);
      await prune();
      expect(await itemsOf(removal, inner)).to.equal(0);
    });
  }

  it("beside an undo leaves nobody out of an undo that is answered with 200", async function () {
    this.timeout(60_000);
    const people = await createUsers(scim, 250);
    const value = people.map((each) => ({ value: each.id }));
    await provider.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
    await provider.patch(`/Groups/${acme.id}`, { op: "remove", path: "members" });
    const path = `/Removals/${await removalOf(provider)}`;
    const [undone, forgotten] = await Promise.all([provider.post(`${path}/undo`, {}), anna.delete(path)]);
    expect(forgotten.status, forgotten.text).to.equal(204);
    expect(undone.status, undone.text).to.be.oneOf([200, 404, 409]);
    if (undone.status === 200) expect(undone.body).to.deep.include({ restored: 250, failed: 0 });
    expect((await provider.get(path)).status).to.equal(404);
  });
});
