import { expect } from "chai";
import fc from "fast-check";
import { schedule } from "../../src/scim/bulk/schedule.js";

/** Which operations each of some operations refers to. */
const randomReferences = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
  );

/** Everything that an operation refers to, directly or through others. */
function reachable(targets: readonly (readonly number[])[], from: number): Set<number> {
  const found = new Set<number>();
  const open = [...(targets[from] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(targets[next] ?? []));
  }
  return found;
}

describe("The order of a Bulk's operations", () => {
  it("has each of them once, and after what it refers to unless they refer to each other", () => {
    fc.assert(
      fc.property(randomReferences, (targets) => {
        const steps = schedule(targets);
        expect(steps.flat().sort((a, b) => a - b)).to.deep.equal(targets.map((_, position) => position));
        const stepOf = (position: number) => steps.findIndex((step) => step.includes(position));
        targets.forEach((_, position) => {
          for (const target of reachable(targets, position)) {
            const isCircle = reachable(targets, target).has(position);
            if (isCircle) expect(stepOf(target)).to.equal(stepOf(position));
            else expect(stepOf(target)).to.be.below(stepOf(position));
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  it("is theirs as long as they refer to earlier ones only", () => {
    fc.assert(
      fc.property(randomReferences, (targets) => {
        const backward = targets.map((each, position) => each.filter((target) => target < position));
        expect(schedule(backward)).to.deep.equal(targets.map((_, position) => [position]));
      }),
    );
  });

  it("is found for a circle and a chain of 20,000", () => {
    const chain = Array.from({ length: 20_000 }, (_, position) => (position < 19_999 ? [position + 1] : []));
    expect(schedule(chain).map(([position]) => position)).to.deep.equal(
      chain.map((_, index) => 19_999 - index),
    );
    const circle = chain.map(([next = 0]) => [next]);
    expect(schedule(circle)).to.have.length(1);
  });
});
