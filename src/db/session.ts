import type { Knex } from "knex";
import type { Dialect } from "./dialect.js";

export type Binding = string | number | boolean | null;

/** A place to run SQL: a transaction, or the pool of readers. */
export class Session {
  #writes = 0;

  constructor(
    readonly dialect: Dialect,
    private readonly knex: Knex,
    /** The connection that a transaction runs on; without one, each statement takes one from the pool. */
    private readonly connection?: object,
  ) {}

  /**
   * How many statements have been run so far after which there is something to undo: those that write, and
   * those that failed, which spoil a transaction of PostgreSQL.
   */
  get writes(): number {
    return this.#writes;
  }

  /**
   * Runs one statement with `?` for each binding. A write that wants to know what it touched says
   * `returning`.
   */
  async rows<Row>(sql: string, bindings: readonly Binding[] = []): Promise<Row[]> {
    const isWrite = !sql.startsWith("select");
    if (isWrite) this.#writes += 1;
    const statement = this.knex.raw(sql, bindings as Binding[]);
    try {
      const result = (await (this.connection ? statement.connection(this.connection) : statement)) as
        Row[] | { rows: Row[] };
      return Array.isArray(result) ? result : result.rows;
    } catch (error) {
      if (!isWrite) this.#writes += 1;
      throw error;
    }
  }

  /** The first row of what `rows` gives. */
  async first<Row>(sql: string, bindings: readonly Binding[] = []): Promise<Row | undefined> {
    return (await this.rows<Row>(sql, bindings))[0];
  }

  /**
   * Runs a part of a transaction behind a savepoint: what it has written is undone when it throws, and the
   * transaction goes on.
   */
  async atomically<T>(part: () => Promise<T>): Promise<T> {
    await this.rows("savepoint part");
    try {
      const result = await part();
      await this.rows("release savepoint part");
      return result;
    } catch (error) {
      await this.rows("rollback to savepoint part");
      await this.rows("release savepoint part");
      throw error;
    }
  }
}
