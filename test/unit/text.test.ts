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
  });

  it("keeps letters apart that look like others, or stand for them", () => {
    const [i, s, k, fi] = ["m\u0131ke", "\u017Fusan", "\u212Aim", "\uFB01ona"];
    for (const [name, other] of [
      [i, "mike"],
      [s, "susan"],
      [k, "kim"],
      [fi, "fiona"],
    ] as const) {
      expect(foldCase(name)).to.not.equal(foldCase(other));
      expect(foldCase(foldCase(name))).to.equal(foldCase(name));
    }
  });

  it("is settled after once, and does not mind the case it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const folded = foldCase(text);
        expect(foldCase(folded)).to.equal(folded);
        const isPlain = text.toUpperCase().toLowerCase() === text.toLowerCase();
        if (isPlain) expect(foldCase(text.toUpperCase())).to.equal(folded);
      }),
    );
  });
});
