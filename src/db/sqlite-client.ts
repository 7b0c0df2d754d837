import SqliteDialect from "knex/lib/dialects/sqlite3/index.js";
import type { Database, Statement } from "sqlite3";
import type { Engine } from "./lane.js";

/** What Knex hands to a dialect for one query. */
interface Query {
  sql: string;
  method?: string;
  bindings?: unknown[];
  returning?: unknown;
  response?: unknown;
  context?: unknown;
}

/** More different statements than this do not come up again often enough to keep them. */
const MAX_STATEMENTS = 256;

/** Kept here and not in the client: Knex makes transactions' clients from its prototype alone. */
const statementsOf = new WeakMap<Database, Map<string, Statement>>();

/** Knex's SQLite dialect, but statements are prepared once per connection: preparing costs as much as running. */
export class SqliteClient extends SqliteDialect {
  override async _query(connection: Database, query: Query): Promise<Query> {
    if (!isPreparable(query)) return super._query(connection, query) as Promise<Query>;
    const statement = await prepare(connection, query.sql);
    return new Promise((resolve, reject) => {
      statement.all(query.bindings ?? [], function (this: unknown, error: Error | null, rows: unknown[]) {
        if (error) {
          reject(error);
          return;
        }
        query.response = rows;
        query.context = this;
        resolve(query);
      });
    });
  }

  override async destroyRawConnection(connection: Database): Promise<void> {
    const statements = statementsOf.get(connection)?.values() ?? [];
    await Promise.all([...statements].map((each) => new Promise((done) => each.finalize(done))));
    await super.destroyRawConnection(connection);
  }
}

/** SQLite ends what it is asked to end, but does not know of a statement that waits for a thread. */
export const sqliteEngine: Engine = {
  lateness: 0,
  interrupt: (connection) => {
    (connection as Database).interrupt();
  },
  abandon: (connection) => {
    // By this, Knex tells what is not to be used again.
    (connection as { __knex__disposed?: unknown }).__knex__disposed = "abandoned";
  },
};

async function prepare(connection: Database, sql: string): Promise<Statement> {
  let statements = statementsOf.get(connection);
  if (!statements) statementsOf.set(connection, (statements = new Map<string, Statement>()));
  const known = statements.get(sql);
  if (known) {
    // Last in line again, so that the first in line is the one that has gone unused the longest.
    statements.delete(sql);
    statements.set(sql, known);
    return known;
  }
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

/** Statements that read or write rows; what changes the schema or the connection is run as it is. */
function isPreparable(query: Query): boolean {
  return (
    (query.method === undefined || query.method === "raw") &&
    /^\s*(select|insert|update|delete|with|begin|commit|savepoint|release|rollback)\b/i.test(query.sql)
  );
}
