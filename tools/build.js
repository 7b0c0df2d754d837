// Builds dist/ if a source has changed since the last time, and removes what was made of sources that are gone: a
// migration that is no more must not be run.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = ["src", "migrations", "seeds"];
const CONFIGURATION = ["tsconfig.json", "tsconfig.build.json", "package-lock.json"];
const STAMP = "dist/.built";

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file)))
    : [];

for (const file of filesIn("dist")) {
  const [, name, kind] =
    /^dist\/(.*?)(?:\.d)?\.([cm]?)[jt]s(?:\.map)?$/.exec(file.replaceAll("\\", "/")) ?? [];
  if (name !== undefined && !existsSync(`${name}.${kind}ts`)) rmSync(file);
}

// What changes while it is built is built the next time.
const startedAt = Date.now();
const builtAt = existsSync(STAMP) ? Number(readFileSync(STAMP, "utf8")) : 0;
const changedAt = (file) => statSync(file).mtimeMs;
if ([...SOURCES.flatMap(filesIn), ...CONFIGURATION].some((file) => changedAt(file) >= builtAt)) {
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync("dist", { recursive: true });
  writeFileSync(STAMP, String(startedAt));
}
