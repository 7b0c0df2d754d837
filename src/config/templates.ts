import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where Muster's own templates are, seen from the sources or from the build; absolute. */
export const TEMPLATES_FOLDER =
  ["../../templates/", "../../../templates/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(folder)) ?? "templates";
