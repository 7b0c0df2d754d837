import { Database } from "../database.js";
import { postgresDialect } from "../dialect.js";
import { borrowedSizes, borrowingKnex } from "../lanes/borrowed-pool.js";
import type { HostPool } from "../lanes/borrowed-pool.js";
import { Lane } from "../lanes/lane.js";
import type { Engine } from "../lanes/lane.js";
import { laneLimits } from "../lanes/limits.js";
import type { DatabaseLimits } from "../lanes/limits.js";
import { abandon } from "./client.js";
import { canceller, LATENESS_MS, withRepeat } from "./open.js";
import { Statements } from "./statements.js";

/** The most connections for writing. */
const MOST_WRITERS = 5;

/** Of this transaction alone: nothing of a limit is left when the host gets its connection back. */
const beginFor = (milliseconds: number) =>
  `begin; set local statement_timeout = ${Math.max(1, Math.ceil(milliseconds))}`;

/**
 * PostgreSQL by a host's connections. Each look is a transaction of its own, since the limit of time for a statement
 * must not stay on the host's connection.
 *
 * @param isPreparing whether statements are prepared
 */
export function borrowedPostgres(pool: HostPool, limits: DatabaseLimits, isPreparing: boolean): Database {
  const own = borrowingKnex("pg", pool, limits.wait);
  const sizes = borrowedSizes(pool, MOST_WRITERS);
  const limit = laneLimits(sizes, limits);
  const statements = new Statements(isPreparing);
  const run: Engine["run"] = (connection, sql, bindings) => statements.run(connection, sql, bindings);
  const engine: Engine = { run, lateness: LATENESS_MS, interrupt: () => undefined, abandon };
  const looking: Engine = { ...engine, run: withRepeat(looks(run)) };
  const keys = new Lane(own, looking, limit.keys);
  const cancelling: Engine = { ...looking, interrupt: canceller(keys) };
  const lanes = {
    keys,
    lists: new Lane(own, cancelling, limit.lists),
    scans: new Lane(own, cancelling, limit.scans),
    writers: new Lane(own, engine, limit.writers),
  };
  const dialect = { ...postgresDialect, begin: beginFor(limits.statement) };
  return new Database(dialect, lanes, limits, {
    name: "the database of the option 'database'",
    connect: () => own.raw("select 1"),
  });
}

const looks =
  (run: Engine["run"]): Engine["run"] =>
  async <Row>(...[connection, sql, bindings, limit]: Parameters<Engine["run"]>) => {
    await run(connection, `${beginFor(limit)}; set local plan_cache_mode = force_custom_plan`, [], limit);
    try {
      const rows = await run<Row>(connection, sql, bindings, limit);
      await run(connection, "commit", [], limit);
      return rows;
    } catch (error) {
      // Where even that fails, the connection is lost, and the error says so.
      await run(connection, "rollback", [], limit).catch(() => undefined);
      throw error;
    }
  };
