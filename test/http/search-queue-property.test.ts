import { expect } from "chai";
import fc from "fast-check";
import { SearchIndexRepository } from "../../src/repositories/users/search-index.js";
import { expectStatus } from "../support/assertions.js";
import type { ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const ROUNDS = runs(5, 60);

/** Names that have parts in common. */
const NAMES = ["annabel", "belinda", "lindane", "danea"];

/** Parts of them; each person is in several, or in none. */
const PARTS = ["nda", "ane", "@lin"];

const ATTRIBUTES = ["userName", "displayName", "name.familyName", "name.givenName", "emails.value"];

const anywhere = (part: string) => ATTRIBUTES.map((name) => `${name} co "${part}"`).join(" or ");

/** The same, as the index cannot help with it: all people of the realm are read. */
const byReadingAll = (part: string) => `${anywhere(part)} or title co "nobody's title"`;

const called = (name: string, addresses: readonly string[]) => ({
  displayName: name,
  name: { familyName: name, givenName: "Given" },
  emails: addresses.map((value) => ({ value: `me@${value}.example` })),
});

const step = fc.record({
  kind: fc.constantFrom(
    ...["create", "create", "join", "join", "change", "changeOwn", "leave", "delete", "end"],
    ...["index", "index", "indexAll"],
  ),
  /** The person, and the organization, by their places in the lists of them. */
  person: fc.nat(9),
  organization: fc.nat(1),
  name: fc.constantFrom(...NAMES),
  addresses: fc.subarray(NAMES, { maxLength: 2 }),
});

describeServer("A search by a part, however far the index is behind", (scim, server) => {
  const found = async (client: ScimClient, filter: string) => {
    const parameters = new URLSearchParams({ filter, count: "1000", attributes: "id" });
    const { totalResults, Resources } = expectStatus(
      await client.get(`/Users?${parameters.toString()}`),
      200,
    );
    const ids = Resources.map(({ id }) => id);
    return { totalResults: totalResults, ids: ids.sort() };
  };

  /** Brings the index up to date for so many people. */
  const index = (people: number) =>
    server().database(async (session) => {
      const searchIndex = new SearchIndexRepository(session);
      if (await searchIndex.isBehind()) await searchIndex.catchUp(people);
    });

  it("finds who is there as they are now, and nobody else", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const people: string[] = [];
        const organizations = [(await createGroup(scim)).id, (await createGroup(scim)).id];
        const clients = await Promise.all(
          organizations.map((organization) => clientWith(server(), { organization })),
        );
        const members = (organization: string, op: string, id: string) =>
          scim.patch(`/Groups/${organization}`, { op, path: "members", value: [{ value: id }] });
        for (const { kind, person, organization, name, addresses } of steps) {
          const id = people[person % Math.max(people.length, 1)];
          const group = organizations[organization] ?? "";
          const value = called(name, addresses);
          if (kind === "create") people.push((await createUser(scim, value)).id);
          else if (kind === "index" || kind === "indexAll") await index(kind === "index" ? 2 : 1000);
          // Some are no members, were deleted, or their organization has ended: that is refused, and changes nothing.
          else if (kind === "end") await scim.delete(`/Groups/${group}`);
          else if (id === undefined) continue;
          else if (kind === "join") await members(group, "add", id);
          else if (kind === "leave") await members(group, "remove", id);
          else if (kind === "delete") await scim.delete(`/Users/${id}`);
          else {
            const client = kind === "change" ? scim : (clients[organization] ?? scim);
            await client.patch(`/Users/${id}`, { op: "replace", value });
          }
          for (const client of [scim, ...clients]) {
            // An organization's tokens end with it.
            if ((await client.get("/Users?count=0")).status === 401) continue;
            for (const part of PARTS) {
              expect(await found(client, anywhere(part)), part).to.deep.equal(
                await found(client, byReadingAll(part)),
              );
            }
          }
        }
        for (const id of people) await scim.delete(`/Users/${id}`);
        for (const id of organizations) await scim.delete(`/Groups/${id}`);
      }),
      { numRuns: ROUNDS },
    );
  });

  it("finds what changed of somebody who was indexed, whatever it is", async () => {
    const { id: organization } = await createGroup(scim);
    const own = await clientWith(server(), { organization });
    for (const client of [scim, own]) {
      const [before, after] = [unique("before"), unique("after")];
      const changes = [
        { userName: `${after}-user` },
        { displayName: `${after}-display` },
        { name: { familyName: `${after}-family`, givenName: before } },
        { name: { familyName: before, givenName: `${after}-given` } },
        { emails: [{ value: `${after}-mail@example.com` }] },
      ];
      for (const value of changes) {
        // Addresses are written anew with all else, and would bring the rest of the person along.
        const { id } = await createUser(client, called(before, []));
        await index(1000);
        expectStatus(await client.patch(`/Users/${id}`, { op: "replace", value }), 200);
        for (const further of [0, 1000]) {
          if (further > 0) await index(further);
          expect((await found(client, anywhere(after))).ids, JSON.stringify(value)).to.deep.equal([id]);
        }
        expectStatus(await client.delete(`/Users/${id}`), 204);
        expect((await found(client, anywhere(after))).ids).to.deep.equal([]);
      }
    }
  });

  it("finds who was just added, and not who was just removed, by one request of many", async () => {
    const mark = unique("batch");
    const ids: string[] = [];
    for (let number = 0; number < 30; number += 1) {
      ids.push((await createUser(scim, called(`${mark}${number}`, []))).id);
    }
    const { id } = await createGroup(scim);
    const own = await clientWith(server(), { organization: id });
    const all = [...ids].sort();
    const value = ids.map((each) => ({ value: each }));
    for (const indexed of [0, 10, 1000]) {
      expectStatus(await scim.patch(`/Groups/${id}`, { op: "add", path: "members", value }), 204);
      for (const further of [0, indexed]) {
        if (further > 0) await index(further);
        expect(await found(own, anywhere(mark))).to.deep.equal({ totalResults: 30, ids: all });
      }
      expectStatus(await scim.patch(`/Groups/${id}`, { op: "remove", path: "members" }), 204);
      for (const further of [0, indexed]) {
        if (further > 0) await index(further);
        expect(await found(own, anywhere(mark))).to.deep.equal({ totalResults: 0, ids: [] });
      }
    }
  });
});
