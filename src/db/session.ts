import { InvalidValueError } from "../domain/errors.js";
import type { Dialect } from "./dialect.js";
import { hasInvalidValue } from "./violations.js";

export type Binding = string | number | boolean | null;

/** Runs one statement. */
export type Run = <Row>(sql: string, bindings: readonly Binding[]) => Promise<Row[]>;

/** A place to run SQL: a transaction, or connections that only look. */
export class Session {
  #writes = 0;

  constructor(
    readonly dialect: Dialect,
    private readonly run: Run,
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
   *
   * @throws InvalidValueError for a binding that the engine cannot take, UnavailableError for a fault of the
   *   database, and the driver's error for anything else
   */
  async rows<Row>(sql: string, bindings: readonly Binding[] = []): Promise<Row[]> {
    const isWrite = !sql.startsWith("select");
    if (isWrite) this.#writes += 1;
    try {
      return await this.run<Row>(sql, bindings);
    } catch (error) {
      if (!isWrite) this.#writes += 1;
      if (!hasInvalidValue(error)) throw error;
      throw new InvalidValueError("A value is out of range, or contains characters that are no text", {
        cause: error,
      });
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
