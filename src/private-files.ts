import { chmod, mkdir, opendir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Settings } from "./config/types.js";
import type { Logger } from "./logging/logger.js";

/** What everybody but the owner may do with a file. */
const OF_OTHERS = 0o077;

/** The bit of folders such as /tmp, which are meant to be shared. */
const STICKY = 0o1000;

/** Where mail goes without a mail server. */
export const mailFolder = ({ dataDir }: Pick<Settings, "dataDir">) => join(dataDir, "mail");

/** Where the link for the first administrator is written when no terminal shows it. */
export const administratorLinkFile = ({ dataDir }: Pick<Settings, "dataDir">) =>
  join(dataDir, "first-administrator.txt");

/** Writes a file that its owner alone can read, in place of one that may be there. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  // What is there already may be another's, or a link to elsewhere.
  await rm(part, { force: true });
  await writeFile(part, text, { mode: 0o600, flag: "wx" });
  await rename(part, path);
}

/**
 * Takes away what others on this machine may do with the data folder, the embedded database and mail in files. What
 * may not be changed is left as it is, with a warning: that is no reason not to start.
 */
export async function keepPrivate(settings: Settings, logger: Logger): Promise<void> {
  for await (const path of privatePaths(settings)) {
    try {
      const { mode } = await stat(path);
      if ((mode & OF_OTHERS) === 0 || (mode & STICKY) !== 0) continue;
      await chmod(path, mode & 0o700);
      logger.warn({ path }, "Other users could read this file or folder; now only its owner can");
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") continue;
      logger.warn(
        { path, err: error },
        "Other users may be able to read this file or folder, and its permissions cannot be changed",
      );
    }
  }
}

async function* privatePaths(settings: Settings): AsyncGenerator<string> {
  const { database, dataDir } = settings;
  if (database.engine === "sqlite") {
    // A folder that is not Muster's own may be there for others, too.
    if (dirname(database.filename) === dataDir) yield dataDir;
    for (const suffix of ["", "-wal", "-shm"]) yield database.filename + suffix;
  }
  const mail = mailFolder(settings);
  yield mail;
  const messages = await opendir(mail).catch(() => undefined);
  if (!messages) return;
  for await (const message of messages) if (message.isFile()) yield join(mail, message.name);
}
