import { expect } from "chai";
import { UnavailableError } from "../../src/domain/errors.js";
import { BatchedLookUps } from "../../src/services/look-ups/batched-look-ups.js";

describe("Look-ups in batches", () => {
  it("begin after those have asked who come at the same time, of each group by itself", async () => {
    const begun: string[] = [];
    const lookUps = new BatchedLookUps<string, string>(String, (group, keys) => {
      begun.push(`${group}: ${keys.join()}`);
      return Promise.resolve(new Map());
    });
    await Promise.all([
      lookUps.get("A", "a"),
      lookUps.get("B", "b"),
      lookUps.get("A", "b"),
      lookUps.get("A", "a"),
    ]);
    expect(begun).to.deep.equal(["A: a,b", "B: b"]);
  });

  it("take those together that come while one runs, and see what was written before they came", async () => {
    let value = "old";
    const begun: string[] = [];
    const lookUps = new BatchedLookUps<string, string>(
      (group) => group,
      async (group, keys) => {
        begun.push(`${group}: ${keys.join()}`);
        const seen = value;
        await new Promise(setImmediate);
        return new Map(keys.filter((key) => key !== "none").map((key) => [key, `${seen} ${group} ${key}`]));
      },
    );
    const first = lookUps.get("A", "a");
    await new Promise(setImmediate);
    value = "new";
    const later = [
      lookUps.get("A", "b"),
      lookUps.get("A", "none"),
      lookUps.get("A", "b"),
      lookUps.get("B", "b"),
    ];
    expect(await first).to.equal("old A a");
    expect(await Promise.all(later)).to.deep.equal(["new A b", undefined, "new A b", "new B b"]);
    expect(begun.sort()).to.deep.equal(["A: a", "A: b,none", "B: b"]);
    expect(await lookUps.get("A", "a")).to.equal("new A a");
  });

  it("leave none of many behind", async () => {
    const sizes: number[] = [];
    const lookUps = new BatchedLookUps<string, string>(String, async (_group, keys) => {
      sizes.push(keys.length);
      await new Promise(setImmediate);
      return new Map(keys.map((key) => [key, key]));
    });
    const keys = Array.from({ length: 100 }, (_, number) => String(number));
    expect(await Promise.all(keys.map((key) => lookUps.get("A", key)))).to.deep.equal(keys);
    expect(sizes).to.deep.equal([32, 32, 32, 4]);
  });

  it("of one key fail for all who asked for it, without another try", async () => {
    let tries = 0;
    const lookUps = new BatchedLookUps<string, string>(String, () => {
      tries += 1;
      return Promise.reject(new Error("broken"));
    });
    const all = Array.from({ length: 5 }, () => lookUps.get("A", "a").catch(String));
    expect(new Set(await Promise.all(all))).to.deep.equal(new Set(["Error: broken"]));
    expect(tries).to.equal(1);
  });

  it("of several keys fail at once when the database does", async () => {
    let tries = 0;
    const lookUps = new BatchedLookUps<string, string>(String, () => {
      tries += 1;
      return Promise.reject(new UnavailableError("The database cannot be reached", 5));
    });
    const all = ["a", "b", "c"].map((key) => lookUps.get("A", key).catch(String));
    expect(new Set(await Promise.all(all)).size).to.equal(1);
    expect(tries).to.equal(1);
  });

  it("that fail do so for those alone who shared them", async () => {
    let isBroken = true;
    const lookUps = new BatchedLookUps<string, string>(String, async (_group, keys) => {
      await new Promise(setImmediate);
      if (isBroken) throw new Error("broken");
      return new Map(keys.map((key) => [key, "found"]));
    });
    expect(await lookUps.get("A", "a").catch(String)).to.equal("Error: broken");
    isBroken = false;
    expect(await lookUps.get("A", "a")).to.equal("found");
  });

  it("fail for those alone whose key fails", async () => {
    const lookUps = new BatchedLookUps<string, string>(String, async (_group, keys) => {
      await new Promise(setImmediate);
      if (keys.includes("heavy")) throw new Error("too long");
      return new Map(keys.map((key) => [key, "found"]));
    });
    const keys = ["first", "a", "heavy", "b"];
    const found = await Promise.all(keys.map((key) => lookUps.get("A", key).catch(String)));
    expect(found).to.deep.equal(["found", "found", "Error: too long", "found"]);
  });
});
