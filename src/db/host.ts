import type { Knex } from "knex";
import { SettingsError } from "../config/settings.js";
import type { Database } from "./database.js";
import type { DatabaseLimits } from "./lanes/limits.js";
import type { HostPool } from "./lanes/borrowed-pool.js";
import { borrowedPostgres } from "./postgres/borrowed.js";
import { borrowedSqlite } from "./sqlite/borrowed.js";

export type { Knex } from "knex";

/** What Muster reads of a host's Knex beneath its typed surface. */
interface HostClient {
  readonly driverName?: string;
  readonly dialect?: string;
  readonly pool?: HostPool;
}

/**
 * A database by the connections of a host, which are borrowed one by one and given back as they were.
 *
 * @param isPreparing whether statements are prepared on PostgreSQL
 * @throws SettingsError for a Knex of another database or driver
 */
export function hostDatabase(knex: Knex, limits: DatabaseLimits, isPreparing: boolean): Database {
  const { driverName, dialect, pool } = (knex.client ?? {}) as HostClient;
  if (pool?.max !== undefined && driverName === "pg" && dialect === "postgresql") {
    return borrowedPostgres(pool, limits, isPreparing);
  }
  if (pool?.max !== undefined && driverName === "sqlite3") return borrowedSqlite(pool, limits);
  throw new SettingsError(
    "Wrong options:\n  database must be a Knex that is connected, with the client 'pg' or 'sqlite3'",
  );
}
