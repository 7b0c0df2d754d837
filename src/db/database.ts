import type { Knex } from "knex";
import { TooMuchWorkError, UnavailableError } from "../domain/errors.js";
import type { Dialect } from "./dialect.js";
import { OutOfTimeError } from "./faults.js";
import type { Budget, Caller, Lane } from "./lanes/lane.js";
import type { DatabaseLimits } from "./lanes/limits.js";
import { RehearsalLimit } from "./lanes/rehearsal-limit.js";
import { Session } from "./session.js";
import type { Run } from "./session.js";
import { isTransient } from "./violations.js";
import { WriteQueue } from "./lanes/write-queue.js";

/** How often a transaction that lost a race is tried in all. */
const MAX_ATTEMPTS = 5;

/** The connections of a database, apart by what they are for: none of it waits for the others. */
export interface Lanes {
  readonly writers: Lane;
  /** Authentication, and whatever else is found by a key. */
  readonly keys: Lane;
  /** Lists, as long as they are short: their statements have little time. */
  readonly lists: Lane;
  /** Lists that have run out of it. */
  readonly scans: Lane;
}

/** How much work can wait for a single writer. */
const MAX_WAITING_WRITES = { waiting: 1000, waitingOfOne: 500 };

/**
 * What is written to find out whether writes get through again: as much as the largest User, which a full disk
 * refuses.
 */
const PROOF = { name: "proof that there is space", value: "x".repeat(128 * 1024) };

/** The database cannot be opened, or is not one that this version works with; the message says why and what to do. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
}

/** How a database is opened, and what it is called when it cannot be. */
export interface Opening {
  readonly name: string;
  /** Connects for the first time, and makes an embedded database where there is none. */
  readonly connect: () => Promise<unknown>;
}

/** A database: readers for what only looks, transactions for what changes. */
export class Database {
  /** For look-ups by key, which are short. */
  readonly reader: Session;
  readonly #queue: WriteQueue | undefined;
  /**
   * What kept a transaction from being written. The next one that is written ends it, unless waiting does not help
   * against it: on a full disk, small ones get through now and then. Then `check` has to find out.
   */
  #writeFault: UnavailableError | undefined;
  /** How many transactions have begun and not ended. */
  #begun = 0;

  constructor(
    readonly dialect: Dialect,
    private readonly lanes: Lanes,
    private readonly limits: DatabaseLimits,
    private readonly opening: Opening,
  ) {
    this.reader = this.lookingUp("");
    this.#queue = dialect.hasOneWriter
      ? new WriteQueue((work) => this.#attempt(work), { ...MAX_WAITING_WRITES, patience: limits.wait })
      : undefined;
  }

  /** The connections that may change the schema. */
  get knex(): Knex {
    return this.lanes.writers.knex;
  }

  /**
   * Connects, so that a database that cannot be opened is noticed; an embedded one is created when it is not there.
   *
   * @throws DatabaseUnavailableError
   */
  async connect(): Promise<void> {
    try {
      await this.opening.connect();
    } catch (error) {
      const { message, code } = error as { message?: string; code?: string };
      throw new DatabaseUnavailableError(
        `Cannot open ${this.opening.name}: ${message === "" ? code : message}`,
        { cause: error },
      );
    }
  }

  /** For what is found by a key. @param owner who takes turns with others */
  lookingUp(owner: string): Session {
    const caller = { group: owner, owner };
    return new Session(this.dialect, (sql, bindings) => this.lanes.keys.run(sql, bindings, caller));
  }

  /**
   * For one list of a caller: its statements together may take as long as a list may. A list that is not short
   * waits for one of few slots, which callers take turns for.
   *
   * The session throws TooMuchWorkError when the list takes too long.
   */
  listing(caller: Caller): Session {
    const { lists, scans } = this.lanes;
    const budget: Budget = { left: this.limits.list };
    let isShort = true;
    const run: Run = async <Row>(sql: string, bindings: Parameters<Run>[1]): Promise<Row[]> => {
      if (isShort) {
        try {
          return await lists.run<Row>(sql, bindings, caller, budget);
        } catch (error) {
          if (!(error instanceof OutOfTimeError)) throw error;
          isShort = false;
        }
      }
      try {
        return await scans.run<Row>(sql, bindings, caller, budget);
      } catch (error) {
        throw error instanceof OutOfTimeError ? tooLong(error) : error;
      }
    };
    return new Session(this.dialect, run);
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. `work` is run
   * again when the transaction lost a race, so it must do nothing but work on the session. Where there is
   * one writer, work that waits for it shares a transaction; a transaction inside of another would wait for ever.
   *
   * @param owner who takes turns with others
   * @throws UnavailableError when the database cannot do it, TooManyRequestsError when too much of the owner waits, and
   *   what `work` throws
   */
  transaction<T>(work: (session: Session) => Promise<T>, owner = ""): Promise<T> {
    return this.#queue ? this.#queue.run(work, owner) : this.#retried(() => this.#attempt(work, owner));
  }

  /**
   * Runs `work` in a transaction of its own, which is rolled back in any case. It ends when it has taken too long, or other
   * writes wait for it. Like `transaction`, it can run `work` again.
   *
   * @param owner who takes turns with others
   * @throws UnavailableError when the database cannot do it, or not in that time; TooManyRequestsError when too much of the
   *   owner waits, and what `work` throws
   */
  rehearse<T>(work: (session: Session) => Promise<T>, owner = ""): Promise<T> {
    const rehearse = <R>(each: (session: Session) => Promise<R>) => this.#rehearsed(each, owner);
    return this.#queue ? this.#queue.run(work, owner, rehearse) : this.#retried(() => rehearse(work));
  }

  /**
   * Reads all as it is at one moment, whatever is written meanwhile. Each statement may take as long as a list may.
   *
   * @throws UnavailableError, and what `work` throws
   */
  async snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { scans } = this.lanes;
    return scans.use(async (connection) => {
      const session = new Session(this.dialect, (sql, bindings) => scans.runOn(connection, sql, bindings));
      await session.rows(this.dialect.beginSnapshot);
      try {
        return await work(session);
      } finally {
        await scans.rollBack(connection);
      }
    });
  }

  /**
   * Finds out whether the database answers and takes writes. While transactions get through, that is known
   * without asking; after a fault, as much is written as a User can have, and taken away again.
   *
   * @throws UnavailableError
   */
  async check(): Promise<void> {
    const { canWrite } = (await this.reader.first<{ canWrite: boolean | number }>(
      `select ${this.dialect.canWrite} as "canWrite"`,
    )) ?? { canWrite: false };
    if (!canWrite) throw new UnavailableError("The database cannot be written to", undefined);
    if (this.#begun > 0 && !this.#writeFault) return;
    if (this.#writeFault) await this.#proveWritable();
    else await this.transaction(() => Promise.resolve());
  }

  /** The version of the engine, such as `17.2`. @throws UnavailableError */
  async version(): Promise<string> {
    const row = await this.reader.first<{ version: string }>(`select ${this.dialect.version} as version`);
    return row?.version ?? "";
  }

  async #proveWritable(): Promise<void> {
    const { name, value } = PROOF;
    // Not in one transaction, of which nothing would be left to write.
    await this.transaction((session) =>
      session.rows(
        "insert into muster_keys (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        [name, value],
      ),
    );
    await this.transaction((session) => session.rows("delete from muster_keys where name = ?", [name]));
    this.#writeFault = undefined;
  }

  async #retried<T>(transact: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transact();
      } catch (error) {
        const lostRace = error instanceof UnavailableError && isTransient(error.cause);
        if (attempt >= MAX_ATTEMPTS || !lostRace) throw error;
      }
    }
  }

  async #attempt<T>(work: (session: Session) => Promise<T>, owner = ""): Promise<T> {
    const caller = { group: owner, owner };
    try {
      const result = await this.lanes.writers.use((connection) => this.#transact(connection, work), caller);
      if (this.#writeFault?.retryAfter !== undefined) this.#writeFault = undefined;
      return result;
    } catch (error) {
      if (error instanceof UnavailableError && !(error instanceof OutOfTimeError)) this.#writeFault = error;
      throw error;
    }
  }

  #rehearsed<T>(work: (session: Session) => Promise<T>, owner: string): Promise<T> {
    const rehearse = async (connection: object) => {
      const limit = new RehearsalLimit(this.#queue);
      try {
        return await this.#transact(connection, work, { isKept: false, signal: limit.signal });
      } catch (error) {
        throw limit.errorFor(error);
      } finally {
        limit.stop();
      }
    };
    return this.lanes.writers.use(rehearse, { group: owner, owner });
  }

  /**
   * Knex's own transactions would cost several times what the statements in them cost.
   *
   * @param how whether it is committed, and what ends it early
   */
  async #transact<T>(
    connection: object,
    work: (session: Session) => Promise<T>,
    { isKept, signal }: { readonly isKept: boolean; readonly signal?: AbortSignal } = { isKept: true },
  ): Promise<T> {
    const { writers } = this.lanes;
    const session = new Session(
      this.dialect,
      untilFault((sql, bindings) => writers.runOn(connection, sql, bindings, signal)),
    );
    let isBegun = false;
    try {
      await session.rows(this.dialect.begin);
      isBegun = true;
      this.#begun += 1;
      const result = await work(session);
      if (isKept) await session.rows("commit");
      else await writers.rollBack(connection);
      return result;
    } catch (error) {
      // The first error is the one that tells.
      await writers.rollBack(connection);
      throw error;
    } finally {
      if (isBegun) this.#begun -= 1;
    }
  }

  /** Waits for running work and closes all connections. */
  async close(): Promise<void> {
    const { writers, keys, lists, scans } = this.lanes;
    // The writer last: what closes an SQLite file last puts its write-ahead log into it.
    for (const lane of [keys, lists, scans, writers]) await lane.close();
  }
}

/**
 * Runs nothing more after a fault: SQLite may have rolled back by itself, and what came after that would be kept,
 * each statement by itself.
 */
function untilFault(run: Run): Run {
  let fault: UnavailableError | undefined;
  return async (sql, bindings) => {
    if (fault) throw fault;
    try {
      return await run(sql, bindings);
    } catch (error) {
      if (error instanceof UnavailableError) fault = error;
      throw error;
    }
  };
}

const tooLong = (cause: unknown) =>
  new TooMuchWorkError(
    "This list takes too long; filter by an attribute with an index, such as 'userName eq', " +
      "and use a cursor instead of a high startIndex",
    { cause },
  );
