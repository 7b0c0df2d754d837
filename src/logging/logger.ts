import { pino } from "pino";
import type { LogLevel } from "../config/settings.js";

export type Logger = ReturnType<typeof createLogger>;

/** Fields that never reach a log, wherever they stand in what is logged. */
const SECRETS = ["authorization", "password", "token", "cookie"];

/**
 * @param level the least severe level that is written
 * @returns a logger that writes JSON lines to standard output, with secrets redacted
 */
export function createLogger(level: LogLevel) {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: withoutValues },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[redacted]" },
  });
}

/** PostgreSQL's errors carry the values of the row in `detail` and `where`. */
function withoutValues(error: Error): object {
  const kept: Record<string, unknown> = { ...pino.stdSerializers.err(error) };
  delete kept.detail;
  delete kept.where;
  return kept;
}
