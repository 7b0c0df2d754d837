import { rm } from "node:fs/promises";
import type { Settings } from "../config/types.js";
import type { Muster } from "../muster.js";
import { administratorLinkFile, writePrivate } from "../private-files.js";
import { administratorNotice } from "./notices.js";
import { withBackend } from "./with-backend.js";

/** `muster admin create`: prints the link alone on standard output, so that scripts can take it. */
export function createAdministrator(): Promise<void> {
  return withBackend(async ({ administratorLinks }) => {
    const { link, expiresAt } = await administratorLinks.make();
    console.error(
      `Open this link in a browser to create an administrator. It works once, until ${expiresAt}:`,
    );
    console.log(link);
  });
}

/**
 * Makes a link for the first administrator of a server that has none: on the terminal, or in a file if there is no
 * terminal, because what a program prints is kept in logs.
 */
export async function offerFirstAdministrator(
  { services, logger }: Muster,
  settings: Settings,
): Promise<void> {
  const file = administratorLinkFile(settings);
  try {
    const made = await services.administratorLinks.makeFirst();
    if (!made) {
      await rm(file, { force: true });
      return;
    }
    if (process.stderr.isTTY) {
      console.error(administratorNotice(made.link));
    } else if (process.stdout.isTTY) {
      console.log(administratorNotice(made.link));
    } else {
      await writePrivate(file, `${made.link}\n`);
      logger.warn(
        { file },
        "There is no administrator yet; the link in this file creates the first one, within a day",
      );
    }
  } catch (error) {
    // No reason not to serve.
    logger.error(
      { err: error },
      "The link for the first administrator could not be made; run 'muster admin create'",
    );
  }
}
