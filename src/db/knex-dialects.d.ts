/** The parts of Knex's dialects that our clients change; Knex publishes no types for them. */
declare module "knex/lib/dialects/sqlite3/index.js" {
  import type { Knex } from "knex";

  export default class SqliteDialect extends Knex.Client {
    destroyRawConnection(connection: unknown): Promise<void>;
  }
}

declare module "knex/lib/dialects/postgres/index.js" {
  import type { Knex } from "knex";

  export default class PostgresDialect extends Knex.Client {
    destroyRawConnection(connection: unknown): Promise<void>;
  }
}
