import { expect } from "chai";
import type { Reservation } from "../../src/domain/limits/room.js";
import { PageMemory } from "../../src/scim/answers/page-memory.js";

const realm = (organizationId: string) => ({ type: "organization", organizationId }) as const;

/** What is reserved by then, of reservations that may be waiting. */
async function reserved(all: readonly Promise<Reservation>[]): Promise<number> {
  const done: Reservation[] = [];
  for (const each of all) void each.then((reservation) => done.push(reservation)).catch(() => undefined);
  await new Promise(setImmediate);
  return done.length;
}

const reserve = (memory: PageMemory, organizationId: string, count: number) =>
  Array.from({ length: count }, () => memory.reserve(realm(organizationId)));

async function release(all: readonly Promise<Reservation>[]): Promise<void> {
  for (const each of all) (await each).release();
}

describe("Room for pages", () => {
  it("is shared between realms: one has eight pages, and others get theirs all the same", async () => {
    const memory = new PageMemory(1000);
    const greedy = reserve(memory, "greedy", 10);
    expect(await reserved(greedy)).to.equal(8);
    const other = reserve(memory, "other", 1);
    expect(await reserved(other)).to.equal(1);
    await release([...greedy, ...other]);
  });

  it("is 64 pages for all realms together", async () => {
    const memory = new PageMemory(1000);
    const all = Array.from({ length: 10 }, (_, number) => reserve(memory, `realm ${number}`, 8)).flat();
    expect(await reserved(all)).to.equal(64);
    await release(all);
  });

  it("that a page does not need goes to who waits, in order", async () => {
    const memory = new PageMemory(1000);
    const all = reserve(memory, "one", 10);
    expect(await reserved(all)).to.equal(8);
    (await all[0])?.shrink(100);
    expect(await reserved(all)).to.equal(8);
    (await all[1])?.shrink(100);
    expect(await reserved(all)).to.equal(9);
    (await all[2])?.release();
    (await all[2])?.release();
    expect(await reserved(all)).to.equal(10);
    await release(all);
    expect(await reserved(reserve(memory, "one", 8))).to.equal(8);
  });
});
