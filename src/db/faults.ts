import { ContentionError, UnavailableError } from "../domain/errors.js";
import { isOutdated } from "./violations.js";

/**
 * What keeps the database from doing its work, though the statement was right. Messages go to clients, so they
 * name nothing of the inside; the driver's error is the `cause`, for the log.
 */
interface Fault {
  readonly message: string;
  /** In so many seconds it may work; undefined where waiting does not help. */
  readonly retryAfter: number | undefined;
}

const GONE: Fault = { message: "The database cannot be reached", retryAfter: 5 };
const TAKEN: Fault = { message: "The database has too many connections", retryAfter: 5 };
const LOCKED: Fault = { message: "The database is locked by another process", retryAfter: 2 };
const CONTENDED: Fault = {
  message:
    "Another request changed the same data at the same time; nothing was written, so send the request again",
  retryAfter: 1,
};
const FULL: Fault = { message: "The database has no space left", retryAfter: undefined };
const READ_ONLY: Fault = { message: "The database cannot be written to", retryAfter: undefined };
/** A server that is no longer the primary. The address soon leads to its successor. */
const STANDBY: Fault = { message: "The database cannot be written to at the moment", retryAfter: 10 };
const BROKEN: Fault = { message: "The database cannot read or write its files", retryAfter: undefined };
const OUT_OF_TIME: Fault = { message: "The database took too long", retryAfter: 5 };

/** By SQLite's primary result codes (https://sqlite.org/rescode.html), as the driver spells them. */
const OF_SQLITE: Readonly<Record<string, Fault>> = {
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_PROTOCOL: LOCKED,
  SQLITE_FULL: FULL,
  SQLITE_READONLY: READ_ONLY,
  SQLITE_PERM: READ_ONLY,
  SQLITE_IOERR: BROKEN,
  SQLITE_CORRUPT: BROKEN,
  SQLITE_NOTADB: BROKEN,
  SQLITE_CANTOPEN: BROKEN,
  SQLITE_NOMEM: BROKEN,
  SQLITE_MISUSE: GONE,
};

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), whole or its class. */
const OF_POSTGRES: Readonly<Record<string, Fault>> = {
  "08": GONE,
  "28": GONE,
  "3D": GONE,
  "57": GONE,
  "25006": STANDBY,
  "40001": CONTENDED,
  "40P01": CONTENDED,
  "55P03": CONTENDED,
  "53": TAKEN,
  "53100": FULL,
  "53200": BROKEN,
  "58": BROKEN,
  XX: BROKEN,
};

/** By the codes that Node gives errors of sockets and of names. */
const OF_SOCKETS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
]);

/** What the driver and the pool say of a connection without a code; Knex puts the statement before it. */
const CONNECTION_LOST =
  /(^| - )(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed|Knex: Timeout acquiring|Unable to acquire a connection|operation timed out)/;

const codeOf = (error: unknown) => (error as { code?: unknown } | undefined)?.code;

/** Whether the engine itself ended a statement: its time was over, or the end was asked for. */
export function isInterrupted(error: unknown): boolean {
  const code = codeOf(error);
  return code === "57014" || code === "SQLITE_INTERRUPT";
}

/** A statement's time was over. */
export class OutOfTimeError extends UnavailableError {
  constructor(cause: unknown) {
    super(OUT_OF_TIME.message, OUT_OF_TIME.retryAfter, { cause });
  }
}

/**
 * Recognises what is the database's fault in an error of a driver or of the pool, so that it is answered as what
 * it is.
 *
 * @returns the error for callers, with the given one as its cause; undefined: it is something else, such as a
 *   broken constraint
 */
export function faultOf(error: unknown): UnavailableError | undefined {
  if (error instanceof UnavailableError) return error;
  if (isInterrupted(error)) return new OutOfTimeError(error);
  // A transaction runs again as a whole.
  const fault = isOutdated(error) ? CONTENDED : lookUp(error);
  const Type = fault === CONTENDED ? ContentionError : UnavailableError;
  return fault && new Type(fault.message, fault.retryAfter, { cause: error });
}

/** For a transaction that finds by itself that it has to run again, by what another one wrote meanwhile. */
export const lostRace = () =>
  new ContentionError(CONTENDED.message, CONTENDED.retryAfter, { cause: { code: "40001" } });

function lookUp(error: unknown): Fault | undefined {
  const code = codeOf(error);
  if (typeof code !== "string") {
    return error instanceof Error && CONNECTION_LOST.test(error.message) ? GONE : undefined;
  }
  if (OF_SOCKETS.has(code)) return GONE;
  if (code.startsWith("SQLITE_")) return OF_SQLITE[code];
  return OF_POSTGRES[code] ?? (code.length === 5 ? OF_POSTGRES[code.slice(0, 2)] : undefined);
}
