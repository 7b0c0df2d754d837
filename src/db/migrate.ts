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

/**
 * Which migrations a process of an earlier version can live with. It is written into the database, since that process does
 * not have them.
 */
const COMPATIBLE = "muster_migrations_compatible";

/** A migration, which says whether a process of the version before it can start after it. */
interface Migration extends Knex.Migration {
  readonly isCompatible?: boolean;
}

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
export const MIGRATIONS = {
  migrationSource,
  tableName: "muster_migrations",
  // Knex refuses every migration that it does not know; which are compatible is looked up here.
  disableMigrationsListValidation: true,
} satisfies Knex.MigratorConfig;

/**
 * Brings the schema up to date, or leaves it as it is: all in one transaction. Several processes may start at
 * once: one migrates, the others wait for its end. A database with migrations of a newer version stays as it is.
 *
 * @param source the migrations; without it, those of this version
 * @returns the names of the migrations that were run
 * @throws DatabaseUnavailableError when a newer version made a change that this one cannot live with, or the database is of
 *   before the first release
 */
export async function migrate(
  database: Database,
  source: Knex.MigrationSource<string> = migrationSource,
): Promise<string[]> {
  const config = { ...MIGRATIONS, migrationSource: source };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await database.knex.transaction(async (transaction) => {
        for (const statement of database.dialect.migrationLock) await transaction.raw(statement);
        await requireReleased(transaction);
        await requireCompatible(transaction, source);
        const [, names] = (await transaction.migrate.latest(config)) as [number, string[]];
        await markCompatible(transaction, source, names);
        return names;
      });
    } catch (error) {
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

async function requireCompatible(
  transaction: Knex.Transaction,
  source: Knex.MigrationSource<string>,
): Promise<void> {
  if (!(await transaction.schema.hasTable(MIGRATIONS.tableName))) return;
  const known = await source.getMigrations([]);
  const unknown = (await namesIn(transaction, MIGRATIONS.tableName)).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const compatible = (await transaction.schema.hasTable(COMPATIBLE))
    ? await namesIn(transaction, COMPATIBLE)
    : [];
  const [first] = unknown.filter((name) => !compatible.includes(name));
  if (first === undefined) return;
  throw new DatabaseUnavailableError(
    `A newer version of Muster has changed this database (${first}); start that version instead.`,
  );
}

/** Writes down which of the migrations an earlier version can live with. */
async function markCompatible(
  transaction: Knex.Transaction,
  source: Knex.MigrationSource<string>,
  names: readonly string[],
): Promise<void> {
  await transaction.raw(`create table if not exists ${COMPATIBLE} (name varchar(255) not null primary key)`);
  for (const name of names) {
    const { isCompatible = false } = (await source.getMigration(name)) as Migration;
    if (isCompatible) await transaction(COMPATIBLE).insert({ name });
  }
}

const namesIn = async (transaction: Knex.Transaction, table: string): Promise<string[]> =>
  (await transaction<{ name: string }>(table).select("name")).map(({ name }) => name);

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
