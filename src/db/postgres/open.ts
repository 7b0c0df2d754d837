import knex from "knex";
import type { Knex } from "knex";
import { Database } from "../database.js";
import { postgresDialect } from "../dialect.js";
import { Lane } from "../lanes/lane.js";
import type { Engine } from "../lanes/lane.js";
import { laneLimits } from "../lanes/limits.js";
import type { DatabaseLimits, LaneSizes } from "../lanes/limits.js";
import { abandon, discard, PostgresClient, processIdOf } from "./client.js";
import { SILENT } from "../silent.js";
import { isOutdated } from "../violations.js";
import { Statements } from "./statements.js";

/** Of each process of Muster, when all of them are in use. */
const SIZES: LaneSizes = { writers: 5, keys: 3, lists: 2, scans: 2 };

/**
 * The best plan for a list depends on what it is filtered by and on how much of it is read. To parse each time is spared
 * in any case.
 */
const PLAN_EACH_TIME = "set plan_cache_mode = force_custom_plan";

/** The server itself ends a statement whose time is over; if it has not by then, it is asked to. */
export const LATENESS_MS = 300;

/**
 * A database on PostgreSQL. The lanes are pools of their own, each with its own time limit for statements.
 *
 * @param isPreparing whether statements are prepared
 */
export function postgresDatabase(
  connectionString: string,
  limits: DatabaseLimits,
  isPreparing: boolean,
): Database {
  const open = (size: number, setUp: string) =>
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
        afterCreate: runFirst(setUp),
      },
    });
  const limit = laneLimits(SIZES, limits);
  const setUpOf = (name: keyof LaneSizes) =>
    `set statement_timeout = ${limit[name].statement}; ${name === "lists" || name === "scans" ? PLAN_EACH_TIME : ""}`;
  const lane = (name: keyof LaneSizes, engine: Engine) =>
    new Lane(open(SIZES[name], setUpOf(name)), engine, limit[name]);
  // What runs there is short, or better not cut off while it may still be kept: only its connection is given up.
  const statements = new Statements(isPreparing);
  const run: Engine["run"] = (connection, sql, bindings) => statements.run(connection, sql, bindings);
  const engine: Engine = { run, lateness: LATENESS_MS, interrupt: () => undefined, abandon };
  const looking: Engine = { ...engine, run: withRepeat(run) };
  const keys = lane("keys", looking);
  const cancelling: Engine = { ...looking, interrupt: canceller(keys) };
  const lanes = { keys, lists: lane("lists", cancelling), scans: lane("scans", cancelling) };
  const writers = lane("writers", engine);
  return new Database(postgresDialect, { ...lanes, writers }, limits, {
    name: "PostgreSQL at DATABASE_URL",
    connect: () => writers.knex.raw("select 1"),
  });
}

/** Runs again what failed because it was prepared too long ago. Not within a transaction, which runs again as a whole. */
export const withRepeat =
  (run: Engine["run"]): Engine["run"] =>
  async <Row>(...parameters: Parameters<Engine["run"]>) => {
    try {
      return await run<Row>(...parameters);
    } catch (error) {
      if (!isOutdated(error)) throw error;
      return await run<Row>(...parameters);
    }
  };

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

function runFirst(sql: string): NonNullable<Knex.PoolConfig["afterCreate"]> {
  return (connection: PoolConnection, done: (error: Error | null, connection: PoolConnection) => void) => {
    connection.query(sql, (error) => {
      done(error, connection);
    });
  };
}
