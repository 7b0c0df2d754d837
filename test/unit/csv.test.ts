import { expect } from "chai";
import { csvLine } from "../../src/scim/answers/csv.js";

describe("A line of CSV", () => {
  it("ends as RFC 4180 says, with what is special in quotes", () => {
    expect(csvLine(["a", "b,c", 'd"e', "f\ng", " h", ""])).to.equal('a,"b,c","d""e","f\ng"," h",\r\n');
  });

  it("has no cell that a spreadsheet takes for a formula", () => {
    for (const cell of [
      "=1",
      "+1",
      "-1",
      "@a",
      "\t=1",
      "\r=1",
      "\n=1",
      " =1",
      "\uFF1D1",
      "\uFF0B1",
      "\uFF0D1",
      "\uFF20a",
    ]) {
      expect(csvLine([cell]), JSON.stringify(cell)).to.match(/^"?'/);
    }
    for (const cell of ["a=1", "1-1", "dana@example.com", "2026-11-27"])
      expect(csvLine([cell])).to.equal(`${cell}\r\n`);
  });
});
