import SqliteDialect from "knex/lib/dialects/sqlite3/index.js";
import type { Database, Statement } from "sqlite3";
import type { Engine } from "../lanes/lane.js";
import type { Binding } from "../session.js";

/** More different statements than this do not come up again often enough to keep them. */
const MAX_STATEMENTS = 256;

/** Prepared once per connection: preparing costs as much as running. */
const statementsOf = new WeakMap<Database, Map<string, Statement>>();

/** Knex's SQLite dialect, but what is prepared on a connection ends with it. */
export class SqliteClient extends SqliteDialect {
  override async destroyRawConnection(connection: Database): Promise<void> {
    const statements = statementsOf.get(connection)?.values() ?? [];
    await Promise.all([...statements].map((each) => new Promise((done) => each.finalize(done))));
    await super.destroyRawConnection(connection);
  }
}

/**
 * Runs statements without Knex, which costs more than they do. SQLite ends what it is asked to end, but does not
 * know of a statement that waits for a thread.
 */
export const sqliteEngine: Engine = {
  run: (connection, sql, bindings) => runPrepared(connection as Database, sql, bindings),
  lateness: 0,
  interrupt: (connection) => {
    (connection as Database).interrupt();
  },
  abandon: (connection) => {
    // By this, Knex tells what is not to be used again.
    (connection as { __knex__disposed?: unknown }).__knex__disposed = "abandoned";
  },
};

async function runPrepared<Row>(
  connection: Database,
  sql: string,
  bindings: readonly Binding[],
): Promise<Row[]> {
  const statement = prepared(connection, sql) ?? (await prepare(connection, sql));
  return new Promise((resolve, reject) => {
    statement.all(bindings, (error: Error | null, rows: Row[]) => {
      if (error) reject(error);
      else resolve(rows);
    });
  });
}

function prepared(connection: Database, sql: string): Statement | undefined {
  const statements = statementsOf.get(connection);
  const known = statements?.get(sql);
  if (!statements || !known || statements.size < MAX_STATEMENTS) return known;
  // Once there are many: last in line again, so that the first in line is the one that has gone unused the longest.
  statements.delete(sql);
  statements.set(sql, known);
  return known;
}

async function prepare(connection: Database, sql: string): Promise<Statement> {
  let statements = statementsOf.get(connection);
  if (!statements) statementsOf.set(connection, (statements = new Map<string, Statement>()));
  const statement = await new Promise<Statement>((resolve, reject) => {
    const made: Statement = connection.prepare(sql, (error: Error | null) => {
      if (error) reject(error);
      else resolve(made);
    });
  });
  statements.set(sql, statement);
  if (statements.size > MAX_STATEMENTS) {
    for (const [oldest, unused] of statements) {
      statements.delete(oldest);
      unused.finalize();
      break;
    }
  }
  return statement;
}
