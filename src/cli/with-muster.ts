import { compose } from "../compose.js";
import type { Muster } from "../compose.js";
import { readProcessSettings } from "../config/settings.js";

/** Runs a command on the configured database and closes it afterwards. */
export async function withMuster(command: (muster: Muster) => Promise<void>): Promise<void> {
  const muster = await compose(readProcessSettings());
  try {
    await command(muster);
  } finally {
    await muster.close();
  }
}
