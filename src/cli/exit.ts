import { SettingsError } from "../config/settings.js";

/** An error that the person at the command line can do something about; the message says what. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Runs a command; when it fails, says why and leaves with status 1. */
export async function exitOnError(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const isExpected = error instanceof SettingsError || error instanceof UserError;
    console.error(isExpected ? error.message : error);
    process.exitCode = 1;
  }
}
