import type { Database } from "../db/database.js";
import type { Session } from "../db/session.js";
import type { AuditEvent } from "../domain/audit/audit-event.js";
import { PROVIDER_REALM, turnOf } from "../domain/access/principal.js";
import type { Principal, Realm } from "../domain/access/principal.js";
import { Repositories } from "./repositories.js";

export type { Repositories };

/** The caller of a listing. */
export type Reader = Pick<Principal, "realm" | "actor" | "signal">;

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
}

/** Runs each unit of work in its own transaction. Reads are outside transactions, and see what is committed. */
export class Transactions implements UnitOfWork {
  constructor(private readonly database: Database) {}

  read(realm: Realm, owner = ownerIn(realm)): Repositories {
    return new Repositories(this.database.lookingUp(owner), realm);
  }

  readMany(reader: Reader): Repositories {
    const { realm, signal } = reader;
    return new Repositories(this.database.listing({ ...turnOf(reader), signal }), realm);
  }

  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.database.transaction((session) => work(new Repositories(session, realm)), ownerIn(realm));
  }

  /**
   * A savepoint costs as much as a small write, and most units of work need none. So this first runs without savepoints,
   * and again with them if a unit of work fails after it has written.
   */
  together<T>(realm: Realm, work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    return this.database.transaction(async (session) => {
      const unguarded = new Unguarded(session);
      try {
        return await session.atomically(() => unguarded.all(work));
      } catch (error) {
        if (!unguarded.mustRepeat) throw error;
        return new Savepoints(session).all(work);
      }
    }, ownerIn(realm));
  }
}

/** Realms take turns, however many tokens each has. */
const ownerIn = (realm: Realm) => (realm.type === "provider" ? "" : realm.organizationId);

/** Units of work within one transaction. Their audit events are written together at the end. */
abstract class Joined implements UnitOfWork {
  readonly #events: AuditEvent[] = [];

  constructor(protected readonly session: Session) {}

  /** Runs a unit of work, and undoes it when it throws. */
  protected abstract guard<T>(part: () => Promise<T>): Promise<T>;

  async all<T>(work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    const result = await work(this);
    await new Repositories(this.session, PROVIDER_REALM).auditEvents.insert(this.#events);
    return result;
  }

  read(realm: Realm): Repositories {
    return new Repositories(this.session, realm, this.#events);
  }

  readMany({ realm }: Reader): Repositories {
    return this.read(realm);
  }

  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.#part(() => work(this.read(realm)));
  }

  together<T>(_realm: Realm, work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#part(() => work(this));
  }

  async #part<T>(part: () => Promise<T>): Promise<T> {
    const before = this.#events.length;
    try {
      return await this.guard(part);
    } catch (error) {
      this.#events.length = before;
      throw error;
    }
  }
}

/** Each unit of work has a savepoint. */
class Savepoints extends Joined {
  protected guard<T>(part: () => Promise<T>): Promise<T> {
    return this.session.atomically(part);
  }
}

/** The units of work have no savepoints: when one fails after it has written, all of them have to be rolled back. */
class Unguarded extends Joined {
  #mustRepeat = false;

  get mustRepeat(): boolean {
    return this.#mustRepeat;
  }

  override async all<T>(work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    const result = await super.all(work);
    this.#requireNoFailure();
    return result;
  }

  protected async guard<T>(part: () => Promise<T>): Promise<T> {
    this.#requireNoFailure();
    const before = this.session.writes;
    try {
      return await part();
    } catch (error) {
      if (this.session.writes === before) throw error;
      this.#mustRepeat = true;
      throw new Error("A unit of work failed after it had written", { cause: error });
    }
  }

  #requireNoFailure(): void {
    if (this.#mustRepeat) throw new Error("A unit of work before this one failed after it had written");
  }
}
