import type { Knex } from "knex";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../domain/errors.js";
import { Slots } from "../domain/slots.js";
import type { SlotLimits } from "../domain/slots.js";
import { faultOf, isInterrupted, OutOfTimeError } from "./faults.js";
import type { Binding } from "./session.js";

/** How to end what runs on a connection. */
export interface Engine {
  /** How long to leave it to the engine to end a statement by itself when its time is over, in milliseconds. */
  readonly lateness: number;
  /** Asks for the end of the statement that runs, which fails soon; asked again until it has. */
  interrupt(connection: object): void;
  /** Gives up a connection that does not answer. */
  abandon(connection: object): void;
}

export interface LaneLimits extends SlotLimits {
  /** How long a statement may run, in milliseconds. */
  readonly statement: number;
}

/** For whom a statement is run. */
export interface Caller {
  /** Who takes turns with others, and within it. */
  readonly group: string;
  readonly owner: string;
  /** Ends the statement, or the wait for its turn. */
  readonly signal?: AbortSignal | undefined;
}

/** How long several statements may still run together, in milliseconds. */
export interface Budget {
  left: number;
}

/** How long closing waits for running work, in milliseconds. */
const CLOSE_PATIENCE_MS = 5000;

/** What Knex's clients offer beneath its typed surface. */
interface ConnectionPool {
  acquireConnection(): Promise<object>;
  releaseConnection(connection: object): Promise<void>;
  readonly pool: { numUsed(): number; numPendingAcquires(): number };
}

const NOBODY: Caller = { group: "", owner: "" };

/** How often the end of a statement is asked for, which may not have begun when it is asked for first. */
const INTERRUPT_AGAIN_MS = 20;

/** How long a connection may take to end a statement before it is given up. */
const GRACE_MS = 1000;

/**
 * Connections for one kind of work, so that no other kind keeps it waiting. The waits for them, their number and
 * the time of their statements have limits; what fails by the database's fault is an UnavailableError.
 */
export class Lane {
  readonly #slots: Slots;
  readonly #pool: ConnectionPool;

  constructor(
    readonly knex: Knex,
    private readonly engine: Engine,
    private readonly limits: LaneLimits,
  ) {
    this.#slots = new Slots("The database", limits);
    this.#pool = knex.client as ConnectionPool;
  }

  /**
   * Runs one statement on a connection of its own.
   *
   * @throws UnavailableError, OutOfTimeError; TooManyRequestsError when too much of the caller waits
   */
  run<Row>(sql: string, bindings: readonly Binding[], caller = NOBODY, budget?: Budget): Promise<Row[]> {
    return this.use((connection) => this.runOn(connection, sql, bindings, caller.signal, budget), caller);
  }

  /** Gives a connection to `work` for as long as it takes. @throws as `run`, and what `work` throws */
  async use<T>(work: (connection: object) => Promise<T>, caller: Caller = NOBODY): Promise<T> {
    const turn = this.#slots.enter(caller, () => caller.signal);
    if (turn) await turn;
    try {
      const connection = await this.#acquire();
      try {
        return await work(connection);
      } finally {
        await this.#pool.releaseConnection(connection);
      }
    } finally {
      this.#slots.leave(caller);
    }
  }

  /** Runs one statement on a connection that `use` gave. @throws as `run`, and the driver's other errors as they are */
  async runOn<Row>(
    connection: object,
    sql: string,
    bindings: readonly Binding[],
    signal?: AbortSignal,
    budget?: Budget,
  ): Promise<Row[]> {
    const started = budget && performance.now();
    const watch = new Watch(
      this.engine,
      connection,
      Math.min(this.limits.statement, budget?.left ?? Infinity),
    );
    signal?.addEventListener("abort", watch.interrupt);
    try {
      if (signal?.aborted) throw gone();
      const statement = this.knex.raw(sql, bindings as Binding[]).connection(connection);
      const result = (await statement) as Row[] | { rows: Row[] };
      return Array.isArray(result) ? result : result.rows;
    } catch (error) {
      if (!isInterrupted(error)) throw faultOf(error) ?? error;
      throw signal?.aborted ? gone() : new OutOfTimeError(error);
    } finally {
      watch.end();
      signal?.removeEventListener("abort", watch.interrupt);
      if (budget && started !== undefined) budget.left -= performance.now() - started;
    }
  }

  /** Ends a transaction on a connection; one on which that is not possible is not used again. */
  async rollBack(connection: object): Promise<void> {
    try {
      await this.runOn(connection, "rollback", []);
    } catch (error) {
      if (!String(error).includes(NO_TRANSACTION)) this.engine.abandon(connection);
    }
  }

  /** Waits for running work, yet not for ever, and closes the connections. */
  async close(): Promise<void> {
    const { pool } = this.#pool;
    const deadline = performance.now() + CLOSE_PATIENCE_MS;
    while (pool.numUsed() + pool.numPendingAcquires() > 0 && performance.now() < deadline) await sleep(10);
    await this.knex.destroy();
  }

  async #acquire(): Promise<object> {
    try {
      return await this.#pool.acquireConnection();
    } catch (error) {
      throw faultOf(error) ?? error;
    }
  }
}

/** What SQLite says when there is nothing to roll back: it has done so by itself, or has not begun. */
const NO_TRANSACTION = "no transaction is active";

const gone = () => new UnavailableError("The client has gone", undefined);

/** Sees to it that a statement ends. */
class Watch {
  readonly #limit: NodeJS.Timeout;
  #again: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly connection: object,
    limit: number,
  ) {
    this.#limit = setTimeout(this.interrupt, limit + engine.lateness);
  }

  /** Ends the statement; a connection that does not heed it is given up. */
  readonly interrupt = (): void => {
    if (this.#again) return;
    const { engine, connection } = this;
    engine.interrupt(connection);
    this.#again = setInterval(() => {
      engine.interrupt(connection);
    }, INTERRUPT_AGAIN_MS);
    this.#grace = setTimeout(() => {
      engine.abandon(connection);
    }, GRACE_MS);
  };

  /** The statement has ended. */
  end(): void {
    clearTimeout(this.#limit);
    clearInterval(this.#again);
    clearTimeout(this.#grace);
  }
}
