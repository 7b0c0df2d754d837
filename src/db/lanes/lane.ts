import type { Knex } from "knex";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../domain/errors.js";
import { Slots } from "../../domain/limits/slots.js";
import type { SlotLimits } from "../../domain/limits/slots.js";
import { faultOf, isInterrupted, OutOfTimeError } from "../faults.js";
import type { Binding } from "../session.js";
import { Watch } from "./watch.js";
import type { Interrupter } from "./watch.js";

/** How to run statements on a connection, and to end them. */
export interface Engine extends Interrupter {
  /** @param limit how long it may take, in milliseconds, for an engine that can end it by itself */
  run<Row>(connection: object, sql: string, bindings: readonly Binding[], limit: number): Promise<Row[]>;
  /** Makes a connection ready. @returns how to make it as it was before, if there is something to do */
  borrow?(connection: object): Promise<(() => Promise<unknown>) | undefined>;
}

export interface LaneLimits extends SlotLimits {
  /** How long a statement may run, in milliseconds. */
  readonly statement: number;
}

/** The client for which a statement runs. */
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
export interface ConnectionPool {
  acquireConnection(): Promise<object>;
  releaseConnection(connection: object): Promise<void>;
}

const NO_CALLER: Caller = { group: "", owner: "" };

/**
 * Connections for one kind of work, so that no other kind keeps it waiting. The waits for them, their number and
 * the time of their statements have limits; what fails by the database's fault is an UnavailableError.
 */
export class Lane {
  readonly #slots: Slots;
  readonly #watch: Watch;
  readonly #pool: ConnectionPool;
  /** How many connections are in use, or waited for. */
  #used = 0;

  constructor(
    readonly knex: Knex,
    private readonly engine: Engine,
    private readonly limits: LaneLimits,
  ) {
    this.#slots = new Slots("The database", limits);
    this.#watch = new Watch(engine);
    this.#pool = knex.client as ConnectionPool;
  }

  /**
   * Runs one statement on a connection of its own.
   *
   * @throws UnavailableError, OutOfTimeError; TooManyRequestsError when too much of the caller waits
   */
  run<Row>(sql: string, bindings: readonly Binding[], caller = NO_CALLER, budget?: Budget): Promise<Row[]> {
    return this.use((connection) => this.runOn(connection, sql, bindings, caller.signal, budget), caller);
  }

  /** Gives a connection to `work` for as long as it takes. @throws as `run`, and what `work` throws */
  async use<T>(work: (connection: object) => Promise<T>, caller: Caller = NO_CALLER): Promise<T> {
    const turn = this.#slots.enter(caller, () => caller.signal);
    if (turn) await turn;
    this.#used += 1;
    try {
      const connection = await this.#acquire();
      try {
        return await this.#ready(connection, work);
      } finally {
        await this.#pool.releaseConnection(connection);
      }
    } finally {
      this.#used -= 1;
      this.#slots.leave(caller);
    }
  }

  async #ready<T>(connection: object, work: (connection: object) => Promise<T>): Promise<T> {
    const restore = await this.engine.borrow?.(connection);
    if (!restore) return work(connection);
    try {
      return await work(connection);
    } finally {
      await restore();
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
    if (signal?.aborted) throw gone();
    const started = budget && performance.now();
    const { statement } = this.limits;
    const limit = budget ? Math.min(statement, budget.left) : statement;
    const running = this.#watch.begin(connection, limit);
    const interrupt = signal && (() => this.#watch.interrupt(running));
    if (interrupt) signal.addEventListener("abort", interrupt);
    try {
      return await this.engine.run<Row>(connection, sql, bindings, limit);
    } catch (error) {
      if (!isInterrupted(error)) throw faultOf(error) ?? error;
      throw signal?.aborted ? gone() : new OutOfTimeError(error);
    } finally {
      this.#watch.end(running);
      if (interrupt) signal.removeEventListener("abort", interrupt);
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
    const deadline = performance.now() + CLOSE_PATIENCE_MS;
    while (this.#used > 0 && performance.now() < deadline) await sleep(10);
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

const gone = () => new UnavailableError("The client has closed the connection", undefined);
