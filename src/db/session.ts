import { InvalidValueError, UnavailableError } from "../domain/errors.js";
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
   * How many statements have been run so far after which there is something to undo: those that wrote, and those that
   * failed, where that spoils the transaction.
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
    try {
      const rows = await this.run<Row>(sql, bindings);
      if (hasWritten(sql, rows)) this.#writes += 1;
      return rows;
    } catch (error) {
      // A fault of the database can spoil any transaction.
      if (this.dialect.isSpoiledByFailure || error instanceof UnavailableError) this.#writes += 1;
      if (!hasInvalidValue(error)) throw error;
      throw new InvalidValueError("A value is out of range, or contains invalid characters", undefined, {
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

/** A write that says what it touched, and touched nothing, has written nothing. */
const hasWritten = (sql: string, rows: readonly unknown[]) =>
  !sql.startsWith("select") && (rows.length > 0 || !/\breturning\b/.test(sql));
