import knex from "knex";
import type { Knex } from "knex";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSettings } from "../config/settings.js";
import { postgresDialect, sqliteDialect } from "./dialect.js";
import type { Dialect } from "./dialect.js";
import { Session } from "./session.js";
import { SqliteClient } from "./sqlite-client.js";
import { isTransient } from "./violations.js";
import { WriteQueue } from "./write-queue.js";

/** How often a transaction that lost a race is tried in all. */
const MAX_ATTEMPTS = 5;

/** What Knex's clients offer beneath its typed surface. */
interface ConnectionPool {
  acquireConnection(): Promise<object>;
  releaseConnection(connection: object): Promise<void>;
  readonly pool: { numUsed(): number; numPendingAcquires(): number };
}

const poolOf = (knex: Knex) => knex.client as ConnectionPool;

/** An open database: readers for what only looks, transactions for what changes. */
export class Database {
  readonly reader: Session;
  readonly #queue: WriteQueue | undefined;

  constructor(
    readonly dialect: Dialect,
    private readonly writers: Knex,
    private readonly readers: Knex,
  ) {
    this.reader = new Session(dialect, readers);
    this.#queue = dialect.hasOneWriter ? new WriteQueue((work) => this.#retried(work)) : undefined;
  }

  /** The connections that may change the schema. */
  get knex(): Knex {
    return this.writers;
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. `work` is run
   * again when the transaction lost a race, so it must do nothing but work on the session. Where there is
   * one writer, work that waits for it shares a transaction; a transaction inside of another would wait for ever.
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#queue ? this.#queue.run(work) : this.#retried(work);
  }

  async #retried<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isTransient(error)) throw error;
      }
    }
  }

  /** Knex's own transactions would cost several times what the statements in them cost. */
  async #attempt<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = poolOf(this.writers);
    const connection = await client.acquireConnection();
    const session = new Session(this.dialect, this.writers, connection);
    try {
      await session.rows(this.dialect.begin);
      const result = await work(session);
      await session.rows("commit");
      return result;
    } catch (error) {
      // The first error is the one that tells; a connection that is broken has nothing to roll back.
      await session.rows("rollback").catch(() => undefined);
      throw error;
    } finally {
      await client.releaseConnection(connection);
    }
  }

  /** Waits for running work and closes all connections. */
  async close(): Promise<void> {
    for (const knex of new Set([this.writers, this.readers])) {
      const { pool } = poolOf(knex);
      while (pool.numUsed() + pool.numPendingAcquires() > 0) await sleep(10);
      await knex.destroy();
    }
  }
}

/**
 * Knex would write to the console what it throws as well. Nor shall it put bindings into messages
 * (`compileSqlOnError`): messages are logged, and read for the constraints they name.
 */
const SILENT = {
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  deprecate: () => undefined,
};

/** The database cannot be opened; the message says why. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
}

/**
 * Opens the database that the settings name; an embedded one is created when it is not there.
 *
 * @throws DatabaseUnavailableError
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  try {
    return await (settings.engine === "sqlite"
      ? openSqlite(settings.filename)
      : openPostgres(settings.connectionString));
  } catch (error) {
    const what = settings.engine === "sqlite" ? settings.filename : "PostgreSQL at DATABASE_URL";
    const { message, code } = error as { message?: string; code?: string };
    throw new DatabaseUnavailableError(`Cannot open ${what}: ${message === "" ? code : message}`, {
      cause: error,
    });
  }
}

/**
 * SQLite has one writer at a time anyway, so there is one connection that writes, and transactions queue
 * for it in order; readers see the last commit and, with the write-ahead log, neither wait nor are waited for.
 */
async function openSqlite(filename: string): Promise<Database> {
  // Nobody else on the machine has business with what is in there.
  await mkdir(dirname(filename), { recursive: true, mode: 0o700 });
  const open = (size: number, pragmas: readonly string[]) =>
    knex({
      client: SqliteClient,
      connection: { filename },
      useNullAsDefault: true,
      log: SILENT,
      compileSqlOnError: false,
      pool: { min: size, max: size, afterCreate: runEach(pragmas) },
    });
  const shared = ["busy_timeout = 10000", "journal_mode = WAL", "foreign_keys = ON", "temp_store = MEMORY"];
  const writers = open(1, [...shared, "synchronous = FULL"]);
  await connectFirst(writers);
  const readers = open(3, [...shared, "query_only = ON"]);
  return new Database(sqliteDialect, writers, readers);
}

/** How long to wait for another process that opens the same file. */
const OPEN_PATIENCE_MS = 10_000;

/**
 * The first connection creates the file and its write-ahead log before any reader looks at it. While another
 * process does so, SQLite does not wait but fails at once.
 */
async function connectFirst(writers: Knex): Promise<void> {
  const deadline = Date.now() + OPEN_PATIENCE_MS;
  for (;;) {
    try {
      await writers.raw("select 1");
      return;
    } catch (error) {
      if (!isTransient(error) || Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

interface PoolConnection {
  exec(sql: string, done: (error: Error | null) => void): void;
}

function runEach(pragmas: readonly string[]) {
  const sql = pragmas.map((each) => `PRAGMA ${each};`).join("\n");
  return (connection: PoolConnection, done: (error: Error | null, connection: PoolConnection) => void) =>
    connection.exec(sql, (error) => done(error, connection));
}

async function openPostgres(connectionString: string): Promise<Database> {
  const connections = knex({
    client: "pg",
    log: SILENT,
    compileSqlOnError: false,
    connection: { connectionString, application_name: "muster" },
    pool: { min: 0, max: 10 },
  });
  await connections.raw("select 1");
  return new Database(postgresDialect, connections, connections);
}
