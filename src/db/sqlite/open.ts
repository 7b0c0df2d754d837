import knex from "knex";
import type { Knex } from "knex";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { THREADS } from "../../config/threads.js";
import { Database } from "../database.js";
import { sqliteDialect } from "../dialect.js";
import { Lane } from "../lanes/lane.js";
import { laneLimits } from "../lanes/limits.js";
import type { DatabaseLimits, LaneSizes } from "../lanes/limits.js";
import { SILENT } from "../silent.js";
import { SqliteClient, sqliteEngine } from "./client.js";
import { isTransient } from "../violations.js";

/**
 * Each statement takes one of the process's threads for as long as it runs, so there are no more connections
 * than threads: a look-up by key always finds one.
 */
const sizesFor = (threads: number): LaneSizes =>
  threads >= 8 ? { writers: 1, keys: 2, lists: 2, scans: 2 } : { writers: 1, keys: 1, lists: 1, scans: 1 };

/**
 * SQLite has one writer at a time anyway, so there is one connection that writes, and transactions queue
 * for it in order; readers see the last commit and, with the write-ahead log, neither wait nor are waited for.
 */
export function sqliteDatabase(filename: string, limits: DatabaseLimits): Database {
  const open = (size: number, pragmas: readonly string[]) =>
    knex({
      client: SqliteClient,
      connection: { filename },
      useNullAsDefault: true,
      log: SILENT,
      compileSqlOnError: false,
      acquireConnectionTimeout: limits.wait,
      pool: { min: size, max: size, afterCreate: runEach(pragmas) },
    });
  const shared = [
    // Another process writes. Requests that wait to write in this process must be answered in time, too.
    `busy_timeout = ${limits.wait / 2}`,
    ...["journal_mode = WAL", "foreign_keys = ON", "temp_store = MEMORY"],
  ];
  const sizes = sizesFor(THREADS);
  const limit = laneLimits(sizes, limits);
  const writers = open(sizes.writers, [...shared, "synchronous = FULL"]);
  const reading = (name: "keys" | "lists" | "scans") =>
    new Lane(open(sizes[name], [...shared, "query_only = ON"]), sqliteEngine, limit[name]);
  const lanes = { keys: reading("keys"), lists: reading("lists"), scans: reading("scans") };
  const writing = new Lane(writers, sqliteEngine, limit.writers);
  return new Database(sqliteDialect, { ...lanes, writers: writing }, limits, {
    name: filename,
    connect: async () => {
      await makeFile(filename);
      await connectFirst(writers);
    },
  });
}

/** Other users of the machine must not read the content. */
async function makeFile(filename: string): Promise<void> {
  await mkdir(dirname(filename), { recursive: true, mode: 0o700 });
  // SQLite gives the files beside it the mode of this one. Where it is there, or cannot be made, SQLite says so itself.
  await writeFile(filename, "", { flag: "wx", mode: 0o600 }).catch(() => undefined);
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
