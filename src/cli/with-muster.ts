import { readProcessSettings } from "../config/settings.js";
import { createMuster } from "../muster.js";
import type { Muster } from "../muster.js";

/** Runs a command on the configured database, brought up to date, and closes it afterwards. */
export async function withMuster(
  command: (muster: Muster, migrated: readonly string[]) => Promise<void>,
): Promise<void> {
  const muster = createMuster(readProcessSettings());
  try {
    await command(muster, await muster.migrate());
  } finally {
    await muster.close();
  }
}
