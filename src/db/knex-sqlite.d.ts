/** The part of Knex's SQLite dialect that SqliteClient changes; Knex publishes no types for it. */
declare module "knex/lib/dialects/sqlite3/index.js" {
  import type { Knex } from "knex";

  export default class SqliteDialect extends Knex.Client {
    _query(connection: unknown, query: unknown): Promise<unknown>;
    destroyRawConnection(connection: unknown): Promise<void>;
  }
}
