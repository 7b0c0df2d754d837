import { DEFAULT_LIMITS } from "../config/settings.js";
import type { DatabaseLimits, DatabaseSettings } from "../config/settings.js";
import type { Database } from "./database.js";
import { openPostgres } from "./postgres/open.js";
import { openSqlite } from "./sqlite/open.js";

/** The database cannot be opened; the message says why. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
}

/**
 * Opens the database that the settings name; an embedded one is created when it is not there.
 *
 * @throws DatabaseUnavailableError
 */
export async function openDatabase(
  settings: DatabaseSettings,
  limits: DatabaseLimits = DEFAULT_LIMITS,
): Promise<Database> {
  try {
    return await (settings.engine === "sqlite"
      ? openSqlite(settings.filename, limits)
      : openPostgres(settings.connectionString, limits));
  } catch (error) {
    const what = settings.engine === "sqlite" ? settings.filename : "PostgreSQL at DATABASE_URL";
    const { message, code } = error as { message?: string; code?: string };
    throw new DatabaseUnavailableError(`Cannot open ${what}: ${message === "" ? code : message}`, {
      cause: error,
    });
  }
}
