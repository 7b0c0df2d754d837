import { existsSync } from "node:fs";
import { createBackend } from "../backend.js";
import type { Backend } from "../backend.js";
import { readProcessSettings } from "../config/settings.js";
import type { DatabaseSettings } from "../config/types.js";
import type { Database } from "../db/database.js";
import { limitsOf } from "../db/lanes/limits.js";
import { openDatabase } from "../db/open.js";
import { createLogger } from "../logging/logger.js";
import { UserError } from "./exit.js";

/** What reads or mends everything may take as long as it takes: a week, in seconds. */
const UNHURRIED = 7 * 24 * 60 * 60;

/**
 * Runs a command on the configured database, brought up to date, and closes it afterwards. Nothing else of Muster is
 * there: no jobs, no mail, no HTTP. Logs go to standard error, so that standard output is the command's answer alone.
 */
export async function withBackend(
  command: (backend: Backend, migrated: readonly string[]) => Promise<void>,
): Promise<void> {
  const settings = readProcessSettings();
  const backend = createBackend(settings, { logger: createLogger(settings.logLevel, "stderr") });
  try {
    await command(backend, await backend.migrate());
  } finally {
    await backend.database.close();
  }
}

/**
 * Runs a command on the configured database as it is: nothing is created or migrated, and statements may take long.
 *
 * @throws UserError when there is no embedded database
 */
export async function withDatabase(
  command: (database: Database, settings: DatabaseSettings) => Promise<void>,
): Promise<void> {
  const { database: settings, databaseTimeouts, preparedStatements } = readProcessSettings();
  requireFile(settings);
  const limits = limitsOf({ ...databaseTimeouts, statement: UNHURRIED, list: UNHURRIED });
  const database = await openDatabase(settings, limits, preparedStatements);
  try {
    await command(database, settings);
  } finally {
    await database.close();
  }
}

function requireFile(settings: DatabaseSettings): void {
  if (settings.engine !== "sqlite" || existsSync(settings.filename)) return;
  throw new UserError(`There is no database at ${settings.filename}`);
}
