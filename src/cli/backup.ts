import { stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readProcessSettings } from "../config/settings.js";
import { backUp } from "../db/sqlite/backup.js";
import { UnavailableError } from "../domain/errors.js";
import { UserError } from "./exit.js";

/**
 * `muster backup`: copies the embedded database, while servers run, and prints where the copy is.
 *
 * @param target a file that is not there, or a folder, in which a file is named after the time
 */
export async function backUpDatabase(target: string): Promise<void> {
  const { database } = readProcessSettings();
  if (database.engine !== "sqlite") {
    throw new UserError(
      "This copies the embedded database only. For PostgreSQL, use its own tools, such as pg_dump; " +
        "docs/backup.md has the commands.",
    );
  }
  if (!existsSync(database.filename)) throw new UserError(`There is no database at ${database.filename}`);
  const path = await pathOf(target);
  const size = await backUp(database.filename, path).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof UnavailableError || code !== undefined)
      throw new UserError(`Cannot make the backup ${path}: ${message}`);
    throw error;
  });
  console.log(`${path} (${(size / 1e6).toFixed(1)} MB)`);
}

async function pathOf(target: string): Promise<string> {
  const isFolder = await stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return join(target, `muster-${new Date().toISOString().replaceAll(":", "-")}.sqlite`);
  if (existsSync(target)) throw new UserError(`${target} is there already`);
  return target;
}
