import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { readDocument } from "../support/documents.js";

interface Package {
  readonly dependencies: object;
  readonly devDependencies: object;
  readonly files: readonly string[];
}

const PACKAGE = JSON.parse(readFileSync("package.json", "utf8")) as Package;

describe("The list of dependencies", () => {
  const [, runtime = "", development = ""] = readDocument("docs/dependencies.md").split("\n## ");
  const rowsOf = (section: string) => [...section.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm)];

  for (const [what, section, dependencies] of [
    ["a server", runtime, PACKAGE.dependencies],
    ["development", development, PACKAGE.devDependencies],
  ] as const) {
    it(`has those of ${what}, no other, each with a reason`, () => {
      const rows = rowsOf(section);
      expect(rows.map(([, name]) => name)).to.deep.equal(Object.keys(dependencies).sort());
      for (const [, name, reason] of rows) expect(reason, name).to.match(/\w{3}/);
    });
  }
});

describe("The threat model", () => {
  const model = readDocument("docs/threat-model.md");
  const [, attacks = ""] = model.split("\n## Attacks\n");
  const rows = attacks
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| attack "));

  it("names a test for every attack, and each of them exists", () => {
    const attacksInTables = rows.filter((line) => !line.startsWith("| -"));
    expect(attacksInTables).to.have.length.above(40);
    for (const row of attacksInTables) {
      const tests = [...(row.split("|").at(-2) ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
      expect(tests, row).to.not.have.lengthOf(0);
      for (const name of tests)
        expect(existsSync(`test/${name}.test.ts`), `${name} in: ${row}`).to.equal(true);
    }
  });

  it("says what remains", () => {
    expect(model).to.match(/^## What remains\n\n- /m);
  });
});

describe("The way to report a vulnerability", () => {
  it("goes out with the package, is named in the README, and has no address in it", () => {
    const text = readFileSync("SECURITY.md", "utf8");
    expect(PACKAGE.files).to.include("SECURITY.md");
    expect(readFileSync("README.md", "utf8")).to.include("(SECURITY.md)");
    expect(text)
      .to.include("Report a vulnerability")
      .and.not.match(/\S@\S|https?:/);
  });
});
