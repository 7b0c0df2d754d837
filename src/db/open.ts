import { DEFAULT_LIMITS } from "../config/settings.js";
import type { DatabaseLimits, DatabaseSettings } from "../config/settings.js";
import type { Database } from "./database.js";
import { postgresDatabase } from "./postgres/open.js";
import { sqliteDatabase } from "./sqlite/open.js";

/** The database that the settings name; nothing is opened before it is used. */
export function databaseOf(settings: DatabaseSettings, limits: DatabaseLimits = DEFAULT_LIMITS): Database {
  return settings.engine === "sqlite"
    ? sqliteDatabase(settings.filename, limits)
    : postgresDatabase(settings.connectionString, limits);
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
