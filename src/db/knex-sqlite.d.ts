/** The part of Knex's SQLite dialect that SqliteClient changes; Knex publishes no types for it. */
declare module "knex/lib/dialects/sqlite3/index.js" {
  import type { Knex } from "knex";

  interface SqliteTransaction {
    begin(connection: unknown): Promise<unknown>;
    query(connection: unknown, sql: string): Promise<unknown>;
  }

  export default class SqliteDialect extends Knex.Client {
    transaction(...parameters: unknown[]): Knex.Transaction & SqliteTransaction;
    _query(connection: unknown, query: unknown): Promise<unknown>;
    destroyRawConnection(connection: unknown): Promise<void>;
  }
}
