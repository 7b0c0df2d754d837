import knex from "knex";
import type { Knex } from "knex";
import { Database } from "../database.js";
import { postgresDialect } from "../dialect.js";
import { Lane } from "../lanes/lane.js";
import type { Engine } from "../lanes/lane.js";
import { laneLimits } from "../lanes/limits.js";
import type { DatabaseLimits, LaneSizes } from "../lanes/limits.js";
import { abandon, discard, PostgresClient, processIdOf } from "./client.js";
import type { Binding } from "../session.js";
import { SILENT } from "../silent.js";

/** Of each process of Muster, when all of them are in use. */
const SIZES: LaneSizes = { writers: 5, keys: 3, lists: 2, scans: 2 };

/** The server itself ends a statement whose time is over; if it has not by then, it is asked to. */
export const LATENESS_MS = 300;

/** A database on PostgreSQL. The lanes are pools of their own, each with its own time limit for statements. */
export function postgresDatabase(connectionString: string, limits: DatabaseLimits): Database {
  const open = (size: number, statement: number) =>
    knex({
      client: PostgresClient,
      log: SILENT,
      compileSqlOnError: false,
      connection: {
        connectionString,
        application_name: "muster",
        keepAlive: true,
        connectionTimeoutMillis: limits.wait,
      },
      acquireConnectionTimeout: limits.wait,
      pool: {
        ...{ min: 0, max: size, createTimeoutMillis: limits.wait },
        afterCreate: limitStatements(statement),
      },
    });
  const limit = laneLimits(SIZES, limits);
  const lane = (name: keyof LaneSizes, engine: Engine) =>
    new Lane(open(SIZES[name], limit[name].statement), engine, limit[name]);
  // What runs there is short, or better not cut off while it may still be kept: only its connection is given up.
  const engine: Engine = { run, lateness: LATENESS_MS, interrupt: () => undefined, abandon };
  const keys = lane("keys", engine);
  const cancelling: Engine = { ...engine, interrupt: canceller(keys) };
  const lanes = { keys, lists: lane("lists", cancelling), scans: lane("scans", cancelling) };
  const writers = lane("writers", engine);
  return new Database(postgresDialect, { ...lanes, writers }, limits, {
    name: "PostgreSQL at DATABASE_URL",
    connect: () => writers.knex.raw("select 1"),
  });
}

interface Result<Row> {
  readonly rows: Row[];
}

export async function run<Row>(knex: Knex, connection: object, sql: string, bindings: readonly Binding[]) {
  const result = (await knex.raw(sql, bindings as Binding[]).connection(connection)) as
    Result<Row> | Result<Row>[];
  // Of several statements in one text, the last one's.
  const last = Array.isArray(result) ? result.at(-1) : result;
  return last?.rows ?? [];
}

/**
 * Cancels what a connection runs, once; the connection is not used again, lest the cancellation come late and hit
 * what runs on it next.
 */
export function canceller(keys: Lane): Engine["interrupt"] {
  const cancelled = new WeakSet();
  return (connection) => {
    if (cancelled.has(connection)) return;
    cancelled.add(connection);
    discard(connection);
    keys.run("select pg_cancel_backend(?)", [processIdOf(connection)]).catch(() => undefined);
  };
}

interface PoolConnection {
  query(sql: string, done: (error: Error | null) => void): void;
}

function limitStatements(milliseconds: number): NonNullable<Knex.PoolConfig["afterCreate"]> {
  return (connection: PoolConnection, done: (error: Error | null, connection: PoolConnection) => void) => {
    connection.query(`set statement_timeout = ${milliseconds}`, (error) => {
      done(error, connection);
    });
  };
}
