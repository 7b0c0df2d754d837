import knex from "knex";
import type { Knex } from "knex";
import { UnavailableError } from "../../domain/errors.js";
import { SILENT } from "../silent.js";
import type { ConnectionPool } from "./lane.js";
import type { LaneSizes } from "./limits.js";

/** The pool of connections of a Knex, by tarn. */
export interface HostPool {
  readonly max: number;
  acquire(): { readonly promise: Promise<object>; abort(): void };
  release(connection: object): boolean;
  numFree(): number;
  numUsed(): number;
  numPendingAcquires(): number;
}

/** In so many seconds the host may have given connections back. */
const RETRY_AFTER = 5;

/**
 * A Knex of Muster's own that takes its connections from a host's pool, with a limit to the wait for one. When it is
 * destroyed, the pool stays as it is, and what still runs then gives its connection back.
 *
 * @param patience how long to wait, in milliseconds
 */
export function borrowingKnex(client: "pg" | "sqlite3", pool: HostPool, patience: number): Knex {
  const borrowing = knex({
    client,
    connectionPool: {
      acquire: () => ({ promise: acquire(pool, patience) }),
      release: (connection: object) => pool.release(connection),
      destroy: () => Promise.resolve(),
      numFree: () => pool.numFree(),
      numUsed: () => pool.numUsed(),
      numPendingAcquires: () => pool.numPendingAcquires(),
    },
    ...(client === "sqlite3" && { useNullAsDefault: true }),
    log: SILENT,
    compileSqlOnError: false,
  });
  // Knex's own needs the pool, which it forgets when it is destroyed.
  (borrowing.client as Pick<ConnectionPool, "releaseConnection">).releaseConnection = (connection) => {
    pool.release(connection);
    return Promise.resolve();
  };
  return borrowing;
}

async function acquire(pool: HostPool, patience: number): Promise<object> {
  const pending = pool.acquire();
  const wait = { isOver: false };
  const timer = setTimeout(() => {
    wait.isOver = true;
    pending.abort();
  }, patience);
  try {
    return await pending.promise;
  } catch (error) {
    if (!wait.isOver) throw error;
    throw new UnavailableError("The database has no connection to spare", RETRY_AFTER, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * How many connections of a host's pool each lane takes at most: all of them leave one to the host, where the pool has
 * five or more. In a smaller pool, each lane takes one, and waits for the others and for the host.
 */
export function borrowedSizes({ max }: HostPool, mostWriters: number): LaneSizes {
  const part = (share: number, most: number) => Math.max(1, Math.min(most, Math.floor(max * share)));
  const readers = { keys: part(1 / 4, 3), lists: part(1 / 5, 2), scans: part(1 / 5, 2) };
  const left = max - 1 - readers.keys - readers.lists - readers.scans;
  return { ...readers, writers: Math.max(1, Math.min(mostWriters, left)) };
}
