import { expect } from "chai";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { ScimClient } from "../support/client.js";
import { scratchFolder } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { freePort } from "../support/server.js";
import { Supervised } from "../support/supervised.js";

const run = promisify(execFile);

/** What the package is made from. */
const SOURCES = [
  ...["src", "migrations", "seeds", "console", "templates", "examples", "tools"],
  ...["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"],
];

const TYPESCRIPT_HOST = `
import { createServer } from "node:http";
import express from "express";
import knex from "knex";
import { pino } from "pino";
import { createMuster, messagesOf, SettingsError, type Logger, type MusterOptions } from "muster";

const logger: Logger = pino();
const database = knex({ client: "pg" });
const options: MusterOptions = { publicUrl: "https://x.test", database, logger, mail: { perToken: 3 } };
const muster = createMuster(options);
const app = express();
app.use("/identity", muster.app);
createServer(messagesOf(app), app);
const end: "orderly" | "cut" | "hanging" = await muster.stop();
console.log(end, SettingsError);
// @ts-expect-error The seconds are a number.
createMuster({ publicUrl: "https://x.test", cursorTimeout: "3" });
// @ts-expect-error The public address is needed.
createMuster({});
`;

describe("The package, installed in an empty folder", function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await installed();
  });

  it("has no sources, tests or build information in it", () => {
    const files = readdirSync(join(folder, "node_modules/muster"), { recursive: true }).map(String);
    expect(files).to.include.members(["dist/src/index.js", "dist/src/index.d.ts", "dist/src/main.cjs"]);
    expect(files).to.include("dist/console/index.html");
    const own = files.filter((file) =>
      /^(src|test|bench|console)\b|\.tsbuildinfo$|(?<!\.d)\.c?ts$/.test(file),
    );
    expect(own).to.deep.equal([]);
  });

  it("has types that a strict host compiles with", async () => {
    writeFileSync(join(folder, "host.ts"), TYPESCRIPT_HOST);
    const compilerOptions = {
      ...{ module: "NodeNext", target: "ES2023", strict: true, exactOptionalPropertyTypes: true },
      ...{ noEmit: true, types: ["node"], preserveSymlinks: true },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["host.ts"] }));
    await compile(".", folder);
  });

  it("is what the example in examples/express runs with, as it is", async () => {
    const port = await freePort();
    const token = "a-token-of-twenty-characters";
    cpSync("examples/express/server.js", join(folder, "server.js"));
    const product = new Supervised([process.execPath, join(folder, "server.js")], {
      stopSignal: "TERM",
      environment: { PORT: String(port), SCIM_TOKEN: token, DATABASE_FILE: join(folder, "product.sqlite") },
    });
    const url = `http://127.0.0.1:${port}/identity`;
    await product.ready(() =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const user = await createUser(new ScimClient(() => ({ url: `${url}/scim/v2`, token })));
    expect(user.meta.location).to.equal(`${url}/scim/v2/Users/${user.id}`);
    const own = await fetch(`http://127.0.0.1:${port}/`);
    expect(await own.text()).to.equal("The product's own page");
    await product.stop();
    expect(product.output).to.include(`its SCIM at ${url}/scim/v2`);
  });
});

/** @throws AssertionError with what the compiler says */
async function compile(project: string, cwd: string): Promise<void> {
  await run("node_modules/.bin/tsc", ["-p", project], { cwd }).catch((error: unknown) => {
    expect.fail((error as { stdout: string }).stdout);
  });
}

/** Builds, packs and installs a copy of what there is, with the dependencies that are installed here. */
async function installed(): Promise<string> {
  const [build, folder] = [scratchFolder(), scratchFolder()];
  for (const each of SOURCES) cpSync(each, join(build, each), { recursive: true });
  symlinkSync(resolve("node_modules"), join(build, "node_modules"));
  await run(process.execPath, ["tools/build.js"], { cwd: build });
  const { stdout } = await run("npm", ["pack", "--silent", "--ignore-scripts"], { cwd: build });
  await run("tar", ["xzf", join(build, stdout.trim())], { cwd: folder });

  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync("node_modules")) {
    if (name !== ".cache") symlinkSync(resolve("node_modules", name), join(modules, name));
  }
  cpSync(join(folder, "package"), join(modules, "muster"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  return folder;
}
