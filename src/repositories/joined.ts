import type { Session } from "../db/session.js";
import type { Realm } from "../domain/access/principal.js";
import { Repositories } from "./repositories.js";
import { Trace } from "./trace.js";
import type { Reader, Rehearsal, UnitOfWork } from "./unit-of-work.js";

/**
 * Runs several units of work in a running transaction. Each succeeds or is rolled back by itself; all are rolled back when
 * `work` throws.
 *
 * A savepoint costs as much as a small write, and most units of work need none. So this first runs without savepoints, and
 * again with them if a unit of work fails after it has written.
 *
 * @param work calls the units of work that it gets, and may be called again
 */
export async function joined<T>(session: Session, work: (joined: Joined) => Promise<T>): Promise<T> {
  const unguarded = new Unguarded(session);
  try {
    return await session.atomically(async () => {
      const result = await work(unguarded);
      unguarded.requireNoFailure();
      return result;
    });
  } catch (error) {
    if (!unguarded.mustRepeat) throw error;
    return work(new Savepoints(session));
  }
}

/** Units of work within one transaction. */
export abstract class Joined implements UnitOfWork {
  readonly trace = new Trace();

  constructor(protected readonly session: Session) {}

  /** Runs a unit of work, and undoes it when it throws. */
  protected abstract guard<T>(part: () => Promise<T>): Promise<T>;

  read(realm: Realm): Repositories {
    return new Repositories(this.session, realm, this.trace);
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

  rehearse<T>(): Promise<Rehearsal<T>> {
    return Promise.reject(new TypeError("A dry run needs a transaction of its own"));
  }

  async #part<T>(part: () => Promise<T>): Promise<T> {
    const takeBack = this.trace.mark();
    try {
      return await this.guard(part);
    } catch (error) {
      takeBack();
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

  protected async guard<T>(part: () => Promise<T>): Promise<T> {
    this.requireNoFailure();
    const before = this.session.writes;
    try {
      return await part();
    } catch (error) {
      if (this.session.writes === before) throw error;
      this.#mustRepeat = true;
      throw new Error("A unit of work failed after it had written", { cause: error });
    }
  }

  requireNoFailure(): void {
    if (this.#mustRepeat) throw new Error("A unit of work before this one failed after it had written");
  }
}
