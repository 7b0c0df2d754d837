import type { DatabaseSettings } from "../config/types.js";
import type { Database } from "./database.js";
import { hostDatabase } from "./host.js";
import type { Knex } from "./host.js";
import { DEFAULT_LIMITS } from "./lanes/limits.js";
import type { DatabaseLimits } from "./lanes/limits.js";
import { postgresDatabase } from "./postgres/open.js";
import { sqliteDatabase } from "./sqlite/open.js";

/**
 * The database that the settings name, or a host's; nothing is opened before it is used.
 *
 * @param isPreparing whether statements are prepared on PostgreSQL
 */
export function databaseOf(
  settings: DatabaseSettings | Knex,
  limits: DatabaseLimits = DEFAULT_LIMITS,
  isPreparing = true,
): Database {
  if (typeof settings === "function") return hostDatabase(settings, limits, isPreparing);
  return settings.engine === "sqlite"
    ? sqliteDatabase(settings.filename, limits)
    : postgresDatabase(settings.connectionString, limits, isPreparing);
}

/**
 * Opens the database that the settings name; an embedded one is created when it is not there.
 *
 * @throws DatabaseUnavailableError
 */
export async function openDatabase(...parameters: Parameters<typeof databaseOf>): Promise<Database> {
  const database = databaseOf(...parameters);
  try {
    await database.connect();
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}
