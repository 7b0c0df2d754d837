import knex from "knex";
import type { Database as Connection } from "sqlite3";
import { Database } from "../database.js";
import { sqliteDialect } from "../dialect.js";
import { borrowedPool, borrowedSizes } from "../lanes/borrowed-pool.js";
import type { HostPool } from "../lanes/borrowed-pool.js";
import { Lane } from "../lanes/lane.js";
import type { Engine } from "../lanes/lane.js";
import { laneLimits } from "../lanes/limits.js";
import type { DatabaseLimits } from "../lanes/limits.js";
import type { Binding } from "../session.js";
import { SILENT } from "../silent.js";
import { sqliteEngine } from "./client.js";

/**
 * SQLite by a host's connections. What is prepared on a connection would keep the host from closing it, so each
 * statement is prepared anew. The host's pragmas are left as they are, but for foreign keys, which Muster's deletions
 * need while they run.
 */
export function borrowedSqlite(pool: HostPool, limits: DatabaseLimits): Database {
  const own = knex({
    client: "sqlite3",
    connectionPool: borrowedPool(pool, limits.wait),
    useNullAsDefault: true,
    log: SILENT,
    compileSqlOnError: false,
  });
  const limit = laneLimits(borrowedSizes(pool, 1), limits);
  const engine: Engine = { ...sqliteEngine, run: runOnce };
  const lanes = {
    keys: new Lane(own, engine, limit.keys),
    lists: new Lane(own, engine, limit.lists),
    scans: new Lane(own, engine, limit.scans),
    writers: new Lane(own, { ...engine, borrow: withForeignKeys }, limit.writers),
  };
  return new Database(sqliteDialect, lanes, limits, {
    name: "the database of the option 'database'",
    connect: () => own.raw("select 1"),
  });
}

const runOnce: Engine["run"] = <Row>(
  _knex: unknown,
  connection: object,
  sql: string,
  bindings: readonly Binding[],
) =>
  new Promise<Row[]>((resolve, reject) => {
    (connection as Connection).all<Row>(sql, bindings, (error, rows) => {
      if (error) reject(error);
      else resolve(rows);
    });
  });

/** @returns what to do before the connection goes back */
async function withForeignKeys(connection: object): Promise<(() => Promise<unknown>) | undefined> {
  const pragma = (sql: string) => runOnce<{ foreign_keys: number }>(null as never, connection, sql, [], 0);
  const [before] = await pragma("pragma foreign_keys");
  if (before?.foreign_keys === 1) return undefined;
  await pragma("pragma foreign_keys = on");
  return () => pragma("pragma foreign_keys = off");
}
