import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { migrate } from "../../src/db/migrate.js";
import { createPostgresDatabase } from "./postgres.js";
import { SLOWED } from "./waiting.js";

/** A database engine that Muster runs on. */
export interface Engine {
  readonly name: "SQLite" | "PostgreSQL";
  /** Makes a fresh, empty database. @returns its address, for `DATABASE_URL` */
  databaseUrl(): Promise<string>;
  /** Makes a fresh database with the schema in it: a copy of one that has been migrated. @returns its address */
  migratedDatabaseUrl(): Promise<string>;
}

const sqliteUrl = () => Promise.resolve(`sqlite:${join(scratchFolder(), "muster.sqlite")}`);

/** Where the file of an embedded database is. */
const fileOf = (url: string) => url.slice("sqlite:".length);

const engines: readonly Engine[] = [
  {
    name: "SQLite",
    databaseUrl: sqliteUrl,
    migratedDatabaseUrl: copying(sqliteUrl, async (model) => {
      const copy = await sqliteUrl();
      copyFileSync(fileOf(model), fileOf(copy));
      return copy;
    }),
  },
  {
    name: "PostgreSQL",
    databaseUrl: () => createPostgresDatabase(),
    migratedDatabaseUrl: copying(() => createPostgresDatabase(), createPostgresDatabase),
  },
];

/** The engines that tests run on: all, or those that `ENGINES` names, such as `ENGINES=SQLite`. */
const chosen = (process.env.ENGINES ?? engines.map(({ name }) => name).join()).split(",");

/** Whether the looks of pages are checked: no database changes them, and that takes longer than all else in a browser. */
export const CHECKS_LOOKS = chosen.includes("SQLite") && SLOWED === 1;

/** Migrates one database when the first copy of it is asked for. @param copy makes a copy of it */
function copying(
  create: () => Promise<string>,
  copy: (model: string) => Promise<string>,
): () => Promise<string> {
  let model: Promise<string> | undefined;
  return async () => copy(await (model ??= create().then(migrated)));
}

/** Brings the schema of a database up to date. @returns its address again */
async function migrated(url: string): Promise<string> {
  const database = await openDatabase(readSettings({ DATABASE_URL: url }).database);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
  return url;
}

/**
 * Defines a suite once for each engine. Nothing is started before a test asks for a database.
 *
 * @param names of engines: one is enough for what no database can change, such as the looks of a page
 */
export function forEachEngine(
  define: (engine: Engine) => void,
  names: readonly Engine["name"][] = engines.map(({ name }) => name),
): void {
  for (const engine of engines.filter(({ name }) => names.includes(name) && chosen.includes(name))) {
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
