import { expect } from "chai";
import fc from "fast-check";
import { foldCase } from "../../src/domain/values/text.js";

describe("Folding case", () => {
  const same: [string, string][] = [
    ["Dana", "DANA"],
    ["émile", "ÉMILE"],
    ["e\u0301mile", "ÉMILE"],
    ["straße", "STRASSE"],
    ["ΟΔΟΣ", "οδος"],
    ["ΟΔΟΣ", "οδοσ"],
    ["ЮЛИЯ", "юлия"],
  ];
  for (const [one, other] of same) {
    it(`makes '${one}' and '${other}' the same`, () => {
      expect(foldCase(one)).to.equal(foldCase(other));
    });
  }

  it("keeps different letters apart", () => {
    expect(foldCase("dana")).to.not.equal(foldCase("dána"));
    expect(foldCase("mike")).to.not.equal(foldCase("mıke"));
  });

  it("is settled after once, and does not mind the case it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const folded = foldCase(text);
        expect(foldCase(folded)).to.equal(folded);
        if (!text.includes("ı")) expect(foldCase(text.toUpperCase())).to.equal(folded);
      }),
    );
  });
});
