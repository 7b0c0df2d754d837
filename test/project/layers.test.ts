import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

/** The lint rule that holds the layers is itself tested: a planted violation must be caught. */
describe("The layers", function () {
  this.timeout(60_000);

  const plants: [string, string, string][] = [
    ["src/domain/planted.ts", 'import "../services/users/accounts.js";', "layer-domain"],
    ["src/scim/planted.ts", 'import "../repositories/users/accounts.js";', "layer-scim"],
    ["src/services/planted.ts", 'import "knex";', "library-knex"],
    ["src/http/planted.ts", 'import "../muster.js";', "only-entry-points-wire"],
    ["migrations/planted.ts", 'import "../src/domain/values/text.js";', "migrations-and-seeds-stand-alone"],
  ];
  for (const [file, line, rule] of plants) {
    it(`are held: '${line}' is refused in ${file}`, () => {
      writeFileSync(file, `${line}\n`);
      try {
        expect(check(file)).to.include(rule);
      } finally {
        rmSync(file);
      }
    });
  }
});

function check(file: string): string {
  try {
    return execFileSync("npx", ["depcruise", "--config", ".dependency-cruiser.cjs", file], {
      encoding: "utf8",
    });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}
