import { createBackend } from "../backend.js";
import type { Backend } from "../backend.js";
import { readProcessSettings } from "../config/settings.js";
import { createLogger } from "../logging/logger.js";

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
