import { expect } from "chai";
import { TooManyRequestsError, UnavailableError } from "../../src/domain/errors.js";
import { Slots } from "../../src/domain/limits/slots.js";

const LIMITS = { slots: 3, slotsOfOne: 2, waiting: 4, waitingOfOne: 3, patience: 20 };

/** Who has a slot by then, in the order in which they got it. */
function entering(slots: Slots) {
  const admitted: string[] = [];
  const enter = (owner: string, signal?: AbortSignal) =>
    Promise.resolve(slots.enter(turn(owner), () => signal)).then(() => admitted.push(owner));
  return { admitted, enter };
}

const turn = (owner: string, group = owner) => ({ group, owner });

describe("Slots", () => {
  it("are for others when one owner has its share, who has the next turn after them", async () => {
    const slots = new Slots("It", { ...LIMITS, patience: 10_000 });
    const { admitted, enter } = entering(slots);
    const waiting = ["a", "a", "a", "a", "b", "c"].map((owner) => enter(owner));
    await new Promise(setImmediate);
    expect(admitted).to.deep.equal(["a", "a", "b"]);
    slots.leave(turn("a"));
    await new Promise(setImmediate);
    slots.leave(turn("a"));
    await new Promise(setImmediate);
    slots.leave(turn("a"));
    await Promise.all(waiting);
    expect(admitted).to.deep.equal(["a", "a", "b", "a", "c", "a"]);
  });

  it("are shared among groups, however many owners are in one, and within it among owners", async () => {
    const slots = new Slots("It", { ...LIMITS, slots: 1, waiting: 100, patience: 10_000 });
    const admitted: string[] = [];
    const enter = (owner: string, group: string) =>
      Promise.resolve(slots.enter(turn(owner, group))).then(() => admitted.push(owner));
    const waiting = [enter("first", "first")];
    for (const owner of ["a1", "a1", "a2", "a3"]) waiting.push(enter(owner, "a"));
    waiting.push(enter("b", "b"));
    for (const group of ["first", "a", "b", "a", "a"]) {
      await new Promise(setImmediate);
      slots.leave(turn("", group));
    }
    await Promise.all(waiting);
    expect(admitted).to.deep.equal(["first", "a1", "b", "a2", "a3", "a1"]);
  });

  it("are refused when too many of one owner wait, or too many in all", async () => {
    const slots = new Slots("It", LIMITS);
    const { enter } = entering(slots);
    const enterAll = (...owners: string[]) => owners.map((owner) => enter(owner).catch(() => undefined));
    const waiting = enterAll("a", "a", "a", "a", "a");
    expect(() => slots.enter(turn("a"))).to.throw(TooManyRequestsError);
    waiting.push(...enterAll("b", "b"));
    expect(() => slots.enter(turn("b"))).to.throw(UnavailableError, /^It is too busy$/);
    await Promise.all(waiting);
  });

  it("are refused after a while: for the owner's own sake, or for others'", async () => {
    const slots = new Slots("It", LIMITS);
    const { enter } = entering(slots);
    await Promise.all(["a", "a", "b"].map((owner) => enter(owner)));
    const refused = ["a", "b"].map((owner) => enter(owner).catch((error: unknown) => error));
    const [own, others] = await Promise.all(refused);
    expect(own).to.be.instanceOf(TooManyRequestsError);
    expect(others).to.be.instanceOf(UnavailableError);
  });

  it("are not for those who have gone", async () => {
    const slots = new Slots("It", { ...LIMITS, patience: 10_000 });
    const { admitted, enter } = entering(slots);
    await Promise.all(["a", "a", "b"].map((owner) => enter(owner)));
    const gone = new AbortController();
    const refused = [enter("c", gone.signal), enter("c", AbortSignal.abort())].map((each) =>
      each.catch((error: unknown) => error),
    );
    const patient = enter("d");
    gone.abort();
    for (const error of await Promise.all(refused)) expect(error).to.be.instanceOf(UnavailableError);
    slots.leave(turn("b"));
    await patient;
    expect(admitted.at(-1)).to.equal("d");
  });
});
