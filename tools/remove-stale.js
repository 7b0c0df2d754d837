// Removes what an earlier build made of sources that are gone: a migration that is no more must not be run.
import { existsSync, readdirSync, rmSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
const built = existsSync(dist) ? readdirSync(dist, { recursive: true }) : [];
for (const file of built.map(String)) {
  const [, name, kind] = /^(.*?)(?:\.d)?\.([cm]?)[jt]s(?:\.map)?$/.exec(file) ?? [];
  if (name === undefined) continue;
  const source = new URL(`../${name}.${kind}ts`, import.meta.url);
  if (!existsSync(source)) rmSync(new URL(file, dist));
}
