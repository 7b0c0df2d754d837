import { expect } from "chai";
import { SharedLookUps } from "../../src/services/look-ups/shared-look-ups.js";

describe("Look-ups that are shared", () => {
  it("are one at a time for a key, and what is asked for meanwhile is looked up after it was asked for", async () => {
    let value = "old";
    const begun: string[] = [];
    const lookUps = new SharedLookUps(async (key) => {
      begun.push(key);
      const seen = value;
      await new Promise(setImmediate);
      return seen;
    });
    const first = lookUps.get("a");
    value = "new";
    const later = await Promise.all([lookUps.get("a"), lookUps.get("a"), lookUps.get("b")]);
    expect(await first).to.equal("old");
    expect(later).to.deep.equal(["new", "new", "new"]);
    expect(begun.sort()).to.deep.equal(["a", "a", "b"]);
    expect(await lookUps.get("a")).to.equal("new");
  });

  it("that fail do so for those alone who shared them", async () => {
    let isBroken = true;
    const lookUps = new SharedLookUps(async () => {
      await new Promise(setImmediate);
      if (isBroken) throw new Error("broken");
      return "found";
    });
    const first = lookUps.get("a").catch(String);
    const next = lookUps.get("a");
    expect(await first).to.equal("Error: broken");
    isBroken = false;
    expect(await next.catch(String)).to.be.oneOf(["found", "Error: broken"]);
    expect(await lookUps.get("a")).to.equal("found");
  });
});
