import { pino } from "pino";
import type { LogLevel } from "../config/types.js";

/** Writes one line: what it is about, as fields, and a message. */
type Log = (fields: object, message: string) => void;

/** Where Muster logs to. A pino logger is one, and so is each with these methods. */
export interface Logger {
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

/** Fields that never reach a log, wherever they stand in what is logged. */
const SECRETS = ["authorization", "password", "token", "cookie"];

/** How deep in what is logged there may be an object. */
const MAX_DEPTH = 3;

/**
 * @param level the least severe level that is written
 * @param stream where to; standard output is what operators collect
 * @returns a logger that writes JSON lines
 */
export function createLogger(level: LogLevel, stream: "stdout" | "stderr" = "stdout"): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination(stream === "stdout" ? 1 : 2),
  );
}

/** The same logger, without secrets in the fields and values of rows in errors. */
export function withoutSecrets(logger: Logger): Logger {
  const log =
    (level: keyof Logger): Log =>
    (fields, message) => {
      logger[level](redacted(fields, MAX_DEPTH) as object, message);
    };
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

function redacted(value: unknown, depth: number): unknown {
  if (value instanceof Error) return withoutValues(value);
  if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      SECRETS.includes(name) ? "[redacted]" : redacted(each, depth - 1),
    ]),
  );
}

/** PostgreSQL's errors carry the values of the row in `detail` and `where`. */
function withoutValues(error: Error): object {
  const kept: Record<string, unknown> = { ...pino.stdSerializers.err(error) };
  delete kept.detail;
  delete kept.where;
  return kept;
}
