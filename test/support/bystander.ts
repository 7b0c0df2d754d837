import { expect } from "chai";
import type { ScimClient } from "./client.js";
import { createUser } from "./factories.js";

/** How much longer than in quiet times others may wait, and a delay that is always accepted, in milliseconds. */
const TIMES_QUIET = 10;
const UNNOTICED_MS = 1000;

/** How many rounds of a read and a write tell how long they take in quiet times. */
const QUIET_ROUNDS = 20;

/**
 * Reads and writes with another token while an attack runs.
 *
 * @param bystander a client that has nothing to do with the attack: another token, better another realm
 * @param attack ends when all its answers have arrived
 * @returns what `attack` gives
 * @throws AssertionError when a request of the bystander failed, or waited longer than ten times the quiet time
 *   and longer than a second
 */
export async function whileOthersAreServed<T>(bystander: ScimClient, attack: () => Promise<T>): Promise<T> {
  const user = await createUser(bystander);
  const round = (number: number) => longestOf(bystander, user.id, number);
  let quiet = 0;
  for (let number = 0; number < QUIET_ROUNDS; number += 1) quiet = Math.max(quiet, await round(number));
  const state = { isOver: false };
  const attacked = attack().finally(() => {
    state.isOver = true;
  });
  // A failure is looked at in the end; until then, it must not end the process.
  attacked.catch(() => undefined);
  let busy = 0;
  for (let number = 0; !state.isOver || number < QUIET_ROUNDS; number += 1) {
    busy = Math.max(busy, await round(QUIET_ROUNDS + number));
  }
  expect(busy, `milliseconds that others waited; in quiet times ${Math.round(quiet)}`).to.be.below(
    Math.max(TIMES_QUIET * quiet, UNNOTICED_MS),
  );
  return attacked;
}

/** Reads a User and changes it. @returns how long the longer of the two took, in milliseconds */
async function longestOf(scim: ScimClient, id: string, number: number): Promise<number> {
  const started = performance.now();
  const read = await scim.get(`/Users/${id}`);
  const between = performance.now();
  const written = await scim.patch(`/Users/${id}`, {
    op: "replace",
    path: "title",
    value: `Round ${number}`,
  });
  const ended = performance.now();
  expect(read.status, read.text).to.equal(200);
  expect(written.status, written.text).to.equal(200);
  return Math.max(between - started, ended - between);
}
