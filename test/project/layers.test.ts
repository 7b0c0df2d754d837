import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { scratchFolder } from "../support/engines.js";

/** What the rules look at, and what they need for that. */
const FOLDERS = ["src", "migrations", "seeds", "console/src"];
const FILES = [".dependency-cruiser.cjs", "package.json", "tsconfig.json"];

/** The rules that keep the layers are themselves tested: a planted violation must be found. */
describe("The layers", function () {
  this.timeout(60_000);

  const plants: [string, string, string][] = [
    ["src/domain/planted.ts", 'import "../services/users/accounts.js";', "layer-domain"],
    ["src/scim/planted.ts", 'import "../repositories/users/accounts.js";', "layer-scim"],
    ["src/services/planted.ts", 'import "knex";', "library-knex"],
    ["src/http/planted.ts", 'import "../muster.js";', "only-entry-points-wire"],
    ["src/http/planted-too.ts", 'import "../../console/src/page.ts";', "src-stands-alone"],
    ["console/src/planted.ts", 'import "../../src/domain/values/text.js";', "console-stands-alone"],
    ["console/src/scim/planted.ts", 'import "../server.ts";', "console-scim-is-pure"],
    ["console/src/ui/planted.ts", 'import "../server.ts";', "console-ui-knows-no-pages"],
    ["migrations/planted.ts", 'import "../src/domain/values/text.js";', "migrations-and-seeds-stand-alone"],
  ];
  let folder: string;
  before(() => {
    folder = scratchFolder();
    for (const name of [...FOLDERS, ...FILES]) cpSync(name, join(folder, name), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  });

  it("are kept by the code as it is", () => {
    expect(check(folder)).to.include("no dependency violations found");
  });

  it("cannot be broken", () => {
    for (const [file, line] of plants) writeFileSync(join(folder, file), `${line}\n`);
    const found = check(folder);
    for (const [file, , rule] of plants) expect(found).to.include(`error ${rule}: ${file}`);
  });
});

/** @returns what the linter says */
function check(folder: string): string {
  try {
    return execFileSync("npx", ["depcruise", "--config", ".dependency-cruiser.cjs", ...FOLDERS], {
      encoding: "utf8",
      cwd: folder,
    });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}
