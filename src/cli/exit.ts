import { SettingsError } from "../config/settings.js";
import { DatabaseUnavailableError } from "../db/database.js";

/** An error that the operator can fix; the message says how. */
export class UserError extends Error {
  override readonly name = "UserError";
}

const EXPECTED = [UserError, SettingsError, DatabaseUnavailableError];

/** Runs a command. If it fails, prints the reason and exits with status 1. */
export async function exitOnError(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const isExpected = EXPECTED.some((type) => error instanceof type);
    console.error(isExpected ? (error as Error).message : error);
    process.exitCode = 1;
  }
}
