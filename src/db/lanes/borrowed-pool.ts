import { UnavailableError } from "../../domain/errors.js";
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
 * A host's pool as Knex takes it (`connectionPool`), with a limit to the wait for a connection. Knex never destroys a
 * pool that it was given.
 *
 * @param patience how long to wait, in milliseconds
 */
export const borrowedPool = (pool: HostPool, patience: number) => ({
  acquire: () => ({ promise: acquire(pool, patience) }),
  release: (connection: object) => pool.release(connection),
  destroy: () => Promise.resolve(),
  numFree: () => pool.numFree(),
  numUsed: () => pool.numUsed(),
  numPendingAcquires: () => pool.numPendingAcquires(),
});

async function acquire(pool: HostPool, patience: number): Promise<object> {
  const pending = pool.acquire();
  const deadline = performance.now() + patience;
  const timer = setTimeout(() => {
    pending.abort();
  }, patience);
  try {
    return await pending.promise;
  } catch (error) {
    if (performance.now() < deadline) throw error;
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
