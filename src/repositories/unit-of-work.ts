import type { Principal, Realm } from "../domain/access/principal.js";
import type { Change } from "../domain/changes/change.js";
import type { Effects } from "../domain/dry-runs/effects.js";
import type { Repositories } from "./repositories.js";
import type { LimitCount } from "./trace.js";

export type { Repositories };

/** The caller of a listing. */
export type Reader = Pick<Principal, "realm" | "actor" | "signal">;

/** What came of units of work that were undone. */
export interface Rehearsal<T> {
  /** What `work` gave. */
  readonly result: T;
  readonly effects: Effects;
  /** What was noted in `Repositories.changes`. */
  readonly changes: readonly Change[];
  /** What would have been counted against rate limits. */
  readonly counts: readonly LimitCount[];
}

/** Gives services their repositories, for reading or for a transaction. */
export interface UnitOfWork {
  /**
   * Repositories for reading by keys.
   *
   * @param owner whose turn it is in the queue for connections; by default the realm's
   */
  read(realm: Realm, owner?: string): Repositories;

  /**
   * Repositories for reading one list. Lists take the database longer than anything else, so callers take turns, and a
   * query is ended when it takes too long or its client disconnects.
   *
   * The repositories throw TooMuchWorkError, TooManyRequestsError.
   */
  readMany(principal: Reader): Repositories;

  /**
   * Runs `work` in a transaction, which is committed when it resolves and rolled back when it throws. `work` may be called
   * again after a conflict with another transaction, so it must have no side effects except through the repositories.
   */
  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T>;

  /**
   * Runs several units of work in one transaction. Each succeeds or is rolled back by itself; all are rolled back when
   * `work` throws. `work` may be called again, as with `write`.
   *
   * @param realm whose turn the transaction takes in the queue
   * @param work calls `write` of the unit of work that it gets; each call sees what earlier ones have written
   */
  together<T>(realm: Realm, work: (joined: UnitOfWork) => Promise<T>): Promise<T>;

  /**
   * Runs several units of work like `together`, in a transaction that nothing else is in, and which is rolled back.
   *
   * @param now the time now, as ISO 8601 in UTC
   * @param work also notes what it changes in `Repositories.changes`
   */
  rehearse<T>(realm: Realm, now: string, work: (joined: UnitOfWork) => Promise<T>): Promise<Rehearsal<T>>;
}
