import type { Database as Connection } from "sqlite3";
import { Database } from "../database.js";
import { sqliteDialect } from "../dialect.js";
import { borrowedSizes, borrowingKnex } from "../lanes/borrowed-pool.js";
import type { HostPool } from "../lanes/borrowed-pool.js";
import { Lane } from "../lanes/lane.js";
import type { Engine } from "../lanes/lane.js";
import { laneLimits } from "../lanes/limits.js";
import type { DatabaseLimits } from "../lanes/limits.js";
import type { Binding } from "../session.js";
import { sqliteEngine } from "./client.js";

/**
 * SQLite by a host's connections. What is prepared on a connection would keep the host from closing it, so each
 * statement is prepared anew. The host's pragmas stay as they are, but while Muster writes: its deletions need
 * foreign keys.
 */
export function borrowedSqlite(pool: HostPool, limits: DatabaseLimits): Database {
  const own = borrowingKnex("sqlite3", pool, limits.wait);
  const limit = laneLimits(borrowedSizes(pool, 1), limits);
  // Where another process writes, as many milliseconds are waited as with connections of Muster's own.
  const pragmas = { foreign_keys: 1, busy_timeout: limits.wait / 2 };
  const engine: Engine = {
    ...sqliteEngine,
    run: (connection, sql, bindings) => runOnce(connection, sql, bindings),
  };
  const lanes = {
    keys: new Lane(own, engine, limit.keys),
    lists: new Lane(own, engine, limit.lists),
    scans: new Lane(own, engine, limit.scans),
    writers: new Lane(own, { ...engine, borrow: withPragmas(pragmas) }, limit.writers),
  };
  return new Database(sqliteDialect, lanes, limits, {
    name: "the database of the option 'database'",
    connect: () => own.raw("select 1"),
  });
}

function runOnce<Row>(connection: object, sql: string, bindings: readonly Binding[] = []): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    (connection as Connection).all<Row>(sql, bindings, (error, rows) => {
      if (error) reject(error);
      else resolve(rows);
    });
  });
}

/** Sets pragmas of a connection. @returns how to set them as they were */
const withPragmas = (pragmas: Readonly<Record<string, number>>) => async (connection: object) => {
  const before: [name: string, value: number][] = [];
  for (const [name, value] of Object.entries(pragmas)) {
    const [row] = await runOnce<Record<string, number>>(connection, `pragma ${name}`);
    const [current = value] = Object.values(row ?? {});
    if (current === value) continue;
    before.push([name, current]);
    await runOnce(connection, `pragma ${name} = ${value}`);
  }
  return async () => {
    for (const [name, value] of before) await runOnce(connection, `pragma ${name} = ${value}`);
  };
};
