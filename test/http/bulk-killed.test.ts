import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { expectList, memberCount, read } from "../support/assertions.js";
import { BULK_REQUEST, patchData } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUsers } from "../support/factories.js";
import { startProcess } from "../support/server.js";

/** How often the server is killed, on each engine. */
const KILLS = runs(1, 10);

/** How many people are created, and how many removed. */
const PEOPLE = 400;

/** So many are created, then so many removed, and so on. */
const TOGETHER = 5;

/** As long as the whole Bulk takes, more or less, in milliseconds. */
const DURATION_MS = 350;

interface Done {
  readonly created: number;
  readonly removed: number;
}

describe("A Bulk whose server is killed", () => {
  forEachEngine((engine) => {
    it(`is done up to some operation, each wholly or not at all (killed: ${KILLS})`, async function () {
      this.timeout(KILLS * 60_000);
      const databaseUrl = await engine.databaseUrl();
      for (let round = 0; round < KILLS; round += 1) {
        const server = await startProcess(databaseUrl, "KILL");
        const members = sorted(await createUsers(server.scim, PEOPLE));
        const group = await createGroup(server.scim, members);
        const answer = send(server.scim, `killed-${round}`, group, members);
        await wait(Math.random() * DURATION_MS);
        await server.stop();
        const wasAnswered = await answer;

        const survivor = await startProcess(databaseUrl);
        const { created, removed } = await whatWasDone(survivor.scim, `killed-${round}`, group, members);
        await survivor.stop();
        const positions = Array.from({ length: created + removed }, (_, position) => position);
        expect(positions.filter(isCreation)).to.have.length(created);
        if (wasAnswered) expect(removed).to.equal(PEOPLE);
      }
    });
  });
});

const nameOf = (prefix: string, index: number) => `${prefix}-${String(index).padStart(4, "0")}`;

const sorted = (users: readonly Body[]) => [...users].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Whether an operation creates, or removes: some of them together, in turn. */
const isCreation = (position: number) => position % (2 * TOGETHER) < TOGETHER;

/** Sends a Bulk that creates people and removes members. @returns whether it was answered as done */
function send(scim: ScimClient, prefix: string, { id }: Body, members: readonly Body[]): Promise<boolean> {
  const operations = Array.from({ length: 2 * PEOPLE }, (_, position) => {
    const index = Math.floor(position / (2 * TOGETHER)) * TOGETHER + (position % TOGETHER);
    const userName = nameOf(prefix, index);
    if (isCreation(position)) {
      return { method: "POST", path: "/Users", bulkId: userName, data: { schemas: [CORE_USER], userName } };
    }
    const path = `members[value eq "${members[index]?.id ?? ""}"]`;
    return { method: "PATCH", path: `/Groups/${id}`, data: patchData({ op: "remove", path }) };
  });
  return scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: operations }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** Sees to it that what was done is the beginning of the request, that counts are right, and that the log has it. */
async function whatWasDone(
  scim: ScimClient,
  prefix: string,
  { id }: Body,
  members: readonly Body[],
): Promise<Done> {
  const filter = `userName sw "${prefix}-"&sortBy=userName&count=1000`;
  const people = expectList(
    await scim.get(`/Users?filter=${filter.replaceAll(" ", "%20").replaceAll('"', "%22")}`),
  );
  expect(people.map(({ userName }) => userName)).to.deep.equal(
    people.map((_, index) => nameOf(prefix, index)),
  );
  const group = await read(scim, `/Groups/${id}`);
  const left = (group.members ?? []).map(({ value }) => value);
  const removed = members.length - left.length;
  expect(left).to.deep.equal(
    members
      .map((member) => member.id)
      .sort()
      .slice(removed),
  );
  expect(await memberCount(scim, id)).to.equal(left.length);
  expect(group.meta.version).to.equal(`W/"${removed + 1}"`);
  const events = await scim.get(
    `/AuditEvents?count=1000&filter=${encodeURIComponent(`target.value eq "${id}" and action eq "change"`)}`,
  );
  expectList(events, removed);
  for (const { id: created } of people.slice(-2)) {
    expectList(
      await scim.get(`/AuditEvents?filter=${encodeURIComponent(`target.value eq "${created}"`)}`),
      1,
    );
  }
  return { created: people.length, removed };
}
