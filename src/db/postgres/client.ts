import PostgresDialect from "knex/lib/dialects/postgres/index.js";

/** What there is of a connection of the driver beneath its typed surface. */
interface Connection {
  readonly processID: number;
  readonly connection: { readonly stream: { destroy(): void } };
  /** By this, Knex tells what is not to be used again. */
  __knex__disposed?: unknown;
}

/** How long a server may take to part from a connection, in milliseconds. */
const PARTING_MS = 1000;

/** Knex's PostgreSQL dialect, but a server that does not answer keeps no connection from being closed. */
export class PostgresClient extends PostgresDialect {
  override async destroyRawConnection(connection: object): Promise<void> {
    const patience = setTimeout(abandon, PARTING_MS, connection);
    try {
      await super.destroyRawConnection(connection);
    } finally {
      clearTimeout(patience);
    }
  }
}

/** Hangs up, whatever runs on the connection. */
export function abandon(connection: object): void {
  (connection as Connection).connection.stream.destroy();
}

/** Takes a connection out of its pool, when it comes back to it. */
export function discard(connection: object): void {
  (connection as Connection).__knex__disposed = "discarded";
}

/** The server's process that works for a connection. */
export const processIdOf = (connection: object) => (connection as Connection).processID;
