import { InvalidValueError, UnavailableError } from "../domain/errors.js";
import type { Dialect } from "./dialect.js";
import { hasInvalidValue } from "./violations.js";

export type Binding = string | number | boolean | null;

/** Runs one statement. */
export type Run = <Row>(sql: string, bindings: readonly Binding[]) => Promise<Row[]>;

/** Rows of a table that are to be inserted. */
interface LaterRows {
  readonly columns: readonly string[];
  readonly rows: (readonly Binding[])[];
}

/** How many rows one statement inserts: few sizes, since each is a statement of its own that is prepared once. */
const ROWS_OF_STATEMENT = [64, 32, 16, 8, 4, 2, 1];

/** How many rows of a table wait to be inserted at most. */
const MOST_LATER = 500;

/** A place to run SQL: a transaction, or connections that only look. */
export class Session {
  #writes = 0;
  /** By the names of their tables. */
  readonly #later = new Map<string, LaterRows>();

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
    if (this.#later.size > 0 && this.#concernsLater(sql)) await this.#insertLater();
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

  /**
   * Inserts rows before the commit, and before a statement that names their table or deletes something. Units of work that
   * share a transaction share these insertions, too.
   *
   * @param table what other statements do must not depend on its rows, unless they name it or delete
   */
  async insertLater(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Binding[])[],
  ): Promise<void> {
    if (rows.length === 0) return;
    this.#writes += 1;
    const later = this.#later.get(table) ?? { columns, rows: [] };
    this.#later.set(table, later);
    for (const row of rows) later.rows.push(row);
    if (later.rows.length >= MOST_LATER) await this.#insertLater();
  }

  /** A deletion may take the rows that those to be inserted refer to. */
  #concernsLater(sql: string): boolean {
    if (/^(delete|commit|savepoint|release)\b/.test(sql)) return true;
    for (const table of this.#later.keys()) if (sql.includes(table)) return true;
    return false;
  }

  async #insertLater(): Promise<void> {
    // What fails now concerns all who share the transaction.
    this.#writes += 1;
    const all = [...this.#later];
    this.#later.clear();
    for (const [table, { columns, rows }] of all) {
      const row = `(${columns.map(() => "?").join(", ")})`;
      for (let done = 0; done < rows.length;) {
        const size = ROWS_OF_STATEMENT.find((each) => each <= rows.length - done) ?? 1;
        await this.rows(
          `insert into ${table} (${columns.join(", ")}) values ${Array<string>(size).fill(row).join(", ")}`,
          rows.slice(done, done + size).flat(),
        );
        done += size;
      }
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
      this.#later.clear();
      await this.rows("rollback to savepoint part");
      await this.rows("release savepoint part");
      throw error;
    }
  }
}

/** A write that says what it touched, and touched nothing, has written nothing. */
const hasWritten = (sql: string, rows: readonly unknown[]) =>
  !sql.startsWith("select") && (rows.length > 0 || !/\breturning\b/.test(sql));
