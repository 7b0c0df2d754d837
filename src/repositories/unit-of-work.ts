import type { Database } from "../db/database.js";
import type { Session } from "../db/session.js";
import type { AuditEvent } from "../domain/audit/audit-event.js";
import { PROVIDER_REALM, turnOf } from "../domain/access/principal.js";
import type { Principal, Realm } from "../domain/access/principal.js";
import { Repositories } from "./repositories.js";

export type { Repositories };

/** Who looks at a list. */
export type Reader = Pick<Principal, "realm" | "actor" | "signal">;

/** Gives services their repositories: for looking, or for changes that happen together or not at all. */
export interface UnitOfWork {
  /**
   * Repositories for looking only, for what is found by a key.
   *
   * @param owner who takes turns with others; the realm, if nothing is said
   */
  read(realm: Realm, owner?: string): Repositories;

  /**
   * Repositories for looking only, for one list: the database takes longer for lists than for anything else, so
   * callers take turns there, what they ask for is cut off when it takes too long, and also when they go away.
   *
   * The repositories throw TooMuchWorkError, TooManyRequestsError.
   */
  readMany(principal: Reader): Repositories;

  /**
   * Runs `work` so that all of it is kept when it resolves, and nothing when it throws; it may be run again
   * after losing a race, so it must do nothing but work on the repositories.
   */
  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T>;

  /**
   * Runs several units of work in one transaction: each is kept or undone by itself, and all are undone when
   * `work` throws. It may be run again, as above.
   *
   * @param realm whose turn it is
   * @param work is given the units; they see what those before them have written
   */
  together<T>(realm: Realm, work: (joined: UnitOfWork) => Promise<T>): Promise<T>;
}

/** Each unit of work is a transaction of its own; looking is outside of any, and sees what is committed. */
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
   * Savepoints cost as much as what they guard, and most units of work need none: so it is tried without, and
   * done again with them when one fails after it has written something.
   */
  together<T>(realm: Realm, work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    return this.database.transaction(async (session) => {
      const unguarded = new Unguarded(session);
      try {
        return await session.atomically(() => unguarded.all(work));
      } catch (error) {
        if (!unguarded.isSpoiled) throw error;
        return new Savepoints(session).all(work);
      }
    }, ownerIn(realm));
  }
}

/** Realms take turns, whatever tokens they have. */
const ownerIn = (realm: Realm) => (realm.type === "provider" ? "" : realm.organizationId);

/** Units of work inside of one transaction. What they add to the audit log is written at the end, at once. */
abstract class Joined implements UnitOfWork {
  readonly #events: AuditEvent[] = [];

  constructor(protected readonly session: Session) {}

  /** Runs a unit of work so that nothing of it is left when it throws. */
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

/** Each behind a savepoint. */
class Savepoints extends Joined {
  protected guard<T>(part: () => Promise<T>): Promise<T> {
    return this.session.atomically(part);
  }
}

/** Nothing guards them: when one fails after it has written, all of them have to be undone. */
class Unguarded extends Joined {
  #isSpoiled = false;

  get isSpoiled(): boolean {
    return this.#isSpoiled;
  }

  override async all<T>(work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    const result = await super.all(work);
    this.#requireUnspoiled();
    return result;
  }

  protected async guard<T>(part: () => Promise<T>): Promise<T> {
    this.#requireUnspoiled();
    const before = this.session.writes;
    try {
      return await part();
    } catch (error) {
      if (this.session.writes === before) throw error;
      this.#isSpoiled = true;
      throw new Error("A unit of work failed after it had written", { cause: error });
    }
  }

  #requireUnspoiled(): void {
    if (this.#isSpoiled) throw new Error("A unit of work before this one failed after it had written");
  }
}
