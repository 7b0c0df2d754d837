import { expect } from "chai";
import { TooManyRequestsError, UnavailableError } from "../../src/domain/errors.js";
import { Slots } from "../../src/domain/slots.js";

const LIMITS = { slots: 3, slotsOfOne: 2, waiting: 4, waitingOfOne: 3, patience: 20 };

/** Who has a slot by then, in the order in which they got it. */
function entering(slots: Slots) {
  const admitted: string[] = [];
  const enter = (owner: string, signal?: AbortSignal) =>
    Promise.resolve(slots.enter(owner, () => signal)).then(() => admitted.push(owner));
  return { admitted, enter };
}

describe("Slots", () => {
  it("are for others when one owner has its share, who has the next turn after them", async () => {
    const slots = new Slots("It", { ...LIMITS, patience: 10_000 });
    const { admitted, enter } = entering(slots);
    const waiting = ["a", "a", "a", "a", "b", "c"].map((owner) => enter(owner));
    await new Promise(setImmediate);
    expect(admitted).to.deep.equal(["a", "a", "b"]);
    slots.leave("a");
    await new Promise(setImmediate);
    slots.leave("a");
    await new Promise(setImmediate);
    slots.leave("a");
    await Promise.all(waiting);
    expect(admitted).to.deep.equal(["a", "a", "b", "a", "c", "a"]);
  });

  it("are refused when too many of one owner wait, or too many in all", async () => {
    const slots = new Slots("It", LIMITS);
    const { enter } = entering(slots);
    const enterAll = (...owners: string[]) => owners.map((owner) => enter(owner).catch(() => undefined));
    const waiting = enterAll("a", "a", "a", "a", "a");
    expect(() => slots.enter("a")).to.throw(TooManyRequestsError);
    waiting.push(...enterAll("b", "b"));
    expect(() => slots.enter("b")).to.throw(UnavailableError, /^It is too busy$/);
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
    slots.leave("b");
    await patient;
    expect(admitted.at(-1)).to.equal("d");
  });
});
