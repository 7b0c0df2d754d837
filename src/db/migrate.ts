import type { Knex } from "knex";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseUnavailableError } from "./database.js";
import type { Database } from "./database.js";
import { isTransient } from "./violations.js";

const FOLDER = new URL("../../migrations/", import.meta.url);

/** A table and a row in it, of a database that a version of Muster from before the first release made. */
const UNRELEASED = { table: "knex_migrations", name: "0001_accounts_and_organizations" };

/** How long to wait for another process that is migrating the same database. */
const PATIENCE_MS = 60_000;

/**
 * Migrations by their names without an extension, so that the sources and the build are the same list.
 */
const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () => {
    const names = readdirSync(fileURLToPath(FOLDER)).filter((file) => /^\d.*(?<!\.d)\.(ts|js)$/.test(file));
    return Promise.resolve([...new Set(names.map((file) => parse(file).name))].sort());
  },
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const built = new URL(`${name}.js`, FOLDER);
    const url = existsSync(built) ? built : new URL(`${name}.ts`, FOLDER);
    return (await import(url.href)) as Knex.Migration;
  },
};

/**
 * Where the migrations are, and where it is written which have been run: a table of Muster's own, since the database
 * may be another application's, too.
 */
export const MIGRATIONS = { migrationSource, tableName: "muster_migrations" } satisfies Knex.MigratorConfig;

/**
 * Brings the schema up to date, or leaves it as it is: all in one transaction. Several processes may start at
 * once: one migrates, the others wait for its end.
 *
 * @returns the names of the migrations that were run
 * @throws DatabaseUnavailableError when the database was made by a newer version, or by one from before the first release
 */
export async function migrate(database: Database): Promise<string[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await database.knex.transaction(async (transaction) => {
        for (const statement of database.dialect.migrationLock) await transaction.raw(statement);
        await requireReleased(transaction);
        const [, names] = (await transaction.migrate.latest(MIGRATIONS)) as [number, string[]];
        return names;
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message.includes("following files are missing")) {
        throw new DatabaseUnavailableError(
          "This database was made by a newer version of Muster; start that version instead.",
          { cause: error },
        );
      }
      if (!isTransient(error) || Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}

/**
 * Which migrations a database lacks; all of them if it is not Muster's. Nothing is changed.
 *
 * @throws UnavailableError
 */
export async function missingMigrations(database: Database): Promise<string[]> {
  const names = await migrationSource.getMigrations([]);
  if (!(await database.knex.schema.hasTable(MIGRATIONS.tableName))) return names;
  const rows = await database.reader.rows<{ name: string }>(`select name from ${MIGRATIONS.tableName}`);
  const done = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !done.has(name));
}

/** Else a new, empty schema would stand beside the old one, as if everything had been lost. */
async function requireReleased(transaction: Knex.Transaction): Promise<void> {
  const hasTable = (name: string) => transaction.schema.hasTable(name);
  if ((await hasTable(MIGRATIONS.tableName)) || !(await hasTable(UNRELEASED.table))) return;
  const made: unknown = await transaction(UNRELEASED.table).where({ name: UNRELEASED.name }).first();
  if (made === undefined) return;
  throw new DatabaseUnavailableError(
    "This database was made by a version of Muster from before its first release, and cannot be migrated. " +
      "Set DATABASE_URL to a new database, and let your identity providers push everything again; " +
      "the old database stays as it is.",
  );
}
