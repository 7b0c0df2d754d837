import { stopPostgres } from "./postgres.js";

/** Mocha calls this after the last test. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopPostgres();
}

// Mocha does not handle Ctrl-C; ending by `exit` runs what is done at exit.
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
