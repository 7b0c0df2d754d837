import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { scratchFolder } from "./engines.js";

/** The page that the recipes are on. */
export const DOCUMENT = "docs/architecture.md";

/** What recipes put into new files. */
const FIXTURES = "test/fixtures/recipes";

/** A text that is put behind another one, or before it, which a file has once; without either, at the beginning. */
interface Insertion {
  readonly file: string;
  readonly text: string;
  readonly after?: string;
  readonly before?: string;
}

/** A change that a recipe of the document says how to make. */
export interface Recipe {
  /** What the document calls it. */
  readonly title: string;
  /** It must not need more files than these. */
  readonly mostFiles: number;
  /** The new files, below FIXTURES; a migration has no number there. */
  readonly folder: string;
  readonly insertions: readonly Insertion[];
  /** What stands for `<...>` in the document's names of files, but for a migration's number. */
  readonly names: Readonly<Record<string, string>>;
}

/** A folder with what the server and its tests are made from. */
export function copyOfSources(): string {
  const folder = scratchFolder();
  // Another test plants files to see them found.
  const filter = (path: string) => !path.endsWith("planted.ts");
  for (const each of ["src", "migrations", "templates", "test/support", "package.json", "tsconfig.json"])
    cpSync(each, join(folder, each), { recursive: true, filter });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  const options = JSON.parse(readFileSync("tsconfig.json", "utf8")) as { compilerOptions: object };
  const compilerOptions = { ...options.compilerOptions, incremental: false, tsBuildInfoFile: undefined };
  const config = { compilerOptions, include: ["src", "migrations"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  return folder;
}

/** Imports a module of a copy. */
export const importFrom = async <Module>(copy: string, file: string) =>
  (await import(pathToFileURL(join(copy, file)).href)) as Module;

/**
 * Makes the change of a recipe in a copy.
 *
 * @returns the files that it touched, named as the document names them: `migrations/<number>_badge.ts`
 * @throws Error when a file no longer has the place where something is put in
 */
export function follow({ title, folder, insertions }: Recipe, copy: string): string[] {
  const root = join(FIXTURES, folder);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const made = files.map((name) => {
    const path = name.replace("migrations/", `migrations/${nextNumber(copy)}_`);
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, name), join(copy, path));
    return name.replace("migrations/", "migrations/<number>_");
  });
  for (const insertion of insertions) insert(insertion, title, copy);
  return [...new Set([...made, ...insertions.map(({ file }) => file)])];
}

function nextNumber(copy: string): string {
  const numbers = readdirSync(join(copy, "migrations")).map((name) => parseInt(name));
  return String(Math.max(...numbers) + 1).padStart(4, "0");
}

function insert({ file, text, after, before }: Insertion, title: string, copy: string): void {
  const isStale = (why: string) => new Error(`'${title}' of ${DOCUMENT} or its test is out of date: ${why}`);
  const path = join(copy, file);
  if (!existsSync(path)) throw isStale(`there is no ${file}`);
  const content = readFileSync(path, "utf8");
  const anchor = after ?? before;
  if (anchor === undefined) {
    writeFileSync(path, text + content);
    return;
  }
  const parts = content.split(anchor);
  if (parts.length !== 2) throw isStale(`${file} has '${anchor}' ${parts.length - 1} times`);
  writeFileSync(path, parts.join(before === undefined ? anchor + text : text + anchor));
}

/** The files that the document names in a recipe: what each of its numbered lines begins with. */
export function filesOf({ title, names }: Recipe): string[] {
  const [, recipe = ""] = readFileSync(DOCUMENT, "utf8").split(`\n- **${title}**`);
  const [steps = ""] = recipe.split("\n- **");
  return [...steps.matchAll(/^ {2}\d+\. `([^`]+)`/gm)].map(([, file = ""]) =>
    file.replace(/<(\w+)>/g, (placeholder, name: string) => names[name] ?? placeholder),
  );
}
