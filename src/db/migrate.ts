import type { Knex } from "knex";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "node:path";
import { fileURLToPath } from "node:url";
import type { Database } from "./database.js";

const FOLDER = new URL("../../migrations/", import.meta.url);

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
 * Brings the schema up to date. Several processes may start at once: one migrates, the others wait.
 *
 * @returns the names of the migrations that were run
 * @throws Error when the database was made by a newer version, or somebody else keeps it locked
 */
export async function migrate(database: Database): Promise<string[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const [, names] = (await database.knex.migrate.latest({ migrationSource })) as [number, string[]];
      return names;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message.includes("following files are missing")) {
        throw new Error("This database was made by a newer version of Muster; start that version instead.", {
          cause: error,
        });
      }
      if (!isRace(message) || Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}

/** Two processes that start on an empty database may also collide when they create Knex's own tables. */
function isRace(message: string): boolean {
  return /already locked|knex_migrations|pg_type_typname_nsp_index|SQLITE_BUSY/.test(message);
}
