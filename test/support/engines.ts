import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPostgresDatabase } from "./postgres.js";

/** A database engine that Muster runs on. */
export interface Engine {
  readonly name: "SQLite" | "PostgreSQL";
  /** Makes a fresh, empty database. @returns its address, for `DATABASE_URL` */
  databaseUrl(): Promise<string>;
}

const engines: readonly Engine[] = [
  { name: "SQLite", databaseUrl: () => Promise.resolve(`sqlite:${join(scratchFolder(), "muster.sqlite")}`) },
  { name: "PostgreSQL", databaseUrl: createPostgresDatabase },
];

/**
 * Defines a suite once for each engine. Nothing is started before a test asks for a database.
 *
 * @param names of engines: one is enough for what no database can change, such as the looks of a page
 */
export function forEachEngine(
  define: (engine: Engine) => void,
  names = engines.map(({ name }) => name),
): void {
  for (const engine of engines.filter(({ name }) => names.includes(name))) {
    describe(`on ${engine.name}`, () => {
      define(engine);
    });
  }
}

let scratch: string | undefined;

/** A new empty folder, removed when the tests end. */
export function scratchFolder(): string {
  if (scratch === undefined) {
    const root = (scratch = mkdtempSync(join(tmpdir(), "muster-test-")));
    process.once("exit", () => {
      rmSync(root, { recursive: true, force: true });
    });
  }
  return mkdtempSync(join(scratch, "database-"));
}
