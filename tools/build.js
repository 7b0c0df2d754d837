// Builds dist/ if a source has changed since the last time, and removes what was made of sources that are gone: a
// migration that is no more must not be run. The console, of which browsers load few files, is built into dist/console.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SERVER = {
  stamp: "dist/.built",
  sources: ["src", "migrations", "seeds", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
  command: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"],
};

const CONSOLE = {
  stamp: "dist/.built-console",
  sources: ["console", "package-lock.json"],
  command: ["node_modules/vite/bin/vite.js", "build", "console", "--logLevel", "warn"],
};

/** A file, or all that is in a folder. */
const filesAt = (path) =>
  existsSync(path) && statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true }).map((file) => join(path, String(file)))
    : [path];

function removeOrphans() {
  for (const file of existsSync("dist") ? filesAt("dist") : []) {
    const [, name, kind] =
      /^dist\/(?!console\/)(.*?)(?:\.d)?\.([cm]?)[jt]s(?:\.map)?$/.exec(file.replaceAll("\\", "/")) ?? [];
    if (name !== undefined && !existsSync(`${name}.${kind}ts`)) rmSync(file);
  }
}

function build({ stamp, sources, command }) {
  // What changes while it is built is built the next time.
  const startedAt = Date.now();
  const builtAt = existsSync(stamp) ? Number(readFileSync(stamp, "utf8")) : 0;
  if (sources.flatMap(filesAt).every((file) => statSync(file).mtimeMs < builtAt)) return;
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync("dist", { recursive: true });
  writeFileSync(stamp, String(startedAt));
}

removeOrphans();
build(SERVER);
build(CONSOLE);
