import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version of Muster, which `package.json` has, seen from the sources or from the build. */
export function versionOfMuster(): string {
  const file = ["../package.json", "../../package.json"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (file === undefined) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
