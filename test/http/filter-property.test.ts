import { expect } from "chai";
import fc from "fast-check";
import { expectStatus } from "../support/assertions.js";
import type { ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { createGroup, createUser, ORGANIZATION, unique } from "../support/factories.js";
import { orderings, randomFilter } from "../support/filters.js";
import type { Resource, Vocabulary } from "../support/filters.js";
import { describeServer } from "../support/server.js";
import { groupVocabulary, randomGroup, randomUser, userVocabulary } from "../support/vocabularies.js";

const RUNS = runs(200, 2000);

describeServer("Filters and orders, whatever they are", (scim) => {
  let users: Resource[];
  let groups: Resource[];

  before(async function () {
    this.timeout(60_000);
    const made = [];
    for (const attributes of fc.sample(randomUser, 60)) {
      made.push(await createUser(scim, { userName: unique("Ärger"), ...attributes }));
    }
    for (const attributes of fc.sample(randomGroup, 30)) {
      const members = fc.sample(fc.subarray(made, { maxLength: 4 }), 1)[0] ?? [];
      await createGroup(scim, members, { displayName: unique("Straße"), ...attributes });
    }
    users = await everything(scim, "/Users");
    groups = await everything(scim, "/Groups", "id,meta,externalId,displayName,members", ORGANIZATION);
  });

  it("give the users that they mean", async function () {
    this.timeout(60_000 + 100 * RUNS);
    await check(scim, "/Users", users, userVocabulary(users));
  });

  it("give the groups that they mean", async function () {
    this.timeout(60_000 + 100 * RUNS);
    await check(scim, "/Groups", groups, groupVocabulary(groups));
  });
});

async function everything(
  scim: ScimClient,
  endpoint: string,
  ...attributes: readonly string[]
): Promise<Resource[]> {
  const query = attributes.length > 0 ? `count=1000&attributes=${attributes.join()}` : "count=1000";
  return expectStatus(await scim.get(`${endpoint}?${query}`), 200).Resources as Resource[];
}

/** Random filters in every order, by index and by cursor. */
function check(scim: ScimClient, endpoint: string, all: readonly Resource[], vocabulary: Vocabulary) {
  const filter = randomFilter(vocabulary);
  const order = fc.constantFrom(...orderings(vocabulary));
  const property = fc.asyncProperty(
    filter,
    order,
    fc.boolean(),
    fc.integer({ min: 1, max: 40 }),
    async (...given) => {
      const [{ text, matches }, { sortBy, compare }, descending, count] = given;
      const sortOrder = descending ? "descending" : "ascending";
      const query = { filter: text, sortBy, sortOrder, attributes: "id" };
      const sorted = all.filter(matches).sort(compare);
      const meant = (descending ? sorted.reverse() : sorted).map(({ id }) => id);
      const saying = `${text} by ${sortBy} ${sortOrder}`;
      const list = async (paging: Record<string, string>) => {
        const parameters = new URLSearchParams({ ...query, ...paging });
        const body = expectStatus(await scim.get(`${endpoint}?${parameters.toString()}`), 200);
        expect(body.totalResults, saying).to.equal(meant.length);
        return { ids: body.Resources.map(({ id }) => id), nextCursor: body.nextCursor as string | undefined };
      };
      expect((await list({ count: "1000" })).ids, saying).to.deep.equal(meant);
      const first = await list({ count: String(count), cursor: "" });
      expect(first.ids, saying).to.deep.equal(meant.slice(0, count));
      if (first.nextCursor === undefined) return;
      const second = await list({ count: String(count), cursor: first.nextCursor });
      expect(second.ids, saying).to.deep.equal(meant.slice(count, 2 * count));
    },
  );
  return fc.assert(property, { numRuns: RUNS });
}
