import { hash } from "node:crypto";
import type { Binding } from "../session.js";
import { isOutdated } from "../violations.js";

/** More different statements than this do not come up again often enough to keep them. */
const MAX_TEXTS = 1000;

/** The server keeps each statement and its plan for each connection. */
const MAX_PREPARED = 128;

/** A longer text is one that a client's filter or a number of rows made, and is not worth keeping. */
const MAX_LENGTH = 16_384;

/** What there is of a connection of the driver beneath its typed surface. */
interface Connection {
  query(statement: {
    readonly name?: string | undefined;
    readonly text: string;
    readonly values?: readonly Binding[];
  }): Promise<Result | Result[]>;
  readonly connection: {
    readonly parsedStatements: Record<string, string>;
    /** Sends the protocol's Close. Unlike `deallocate`, poolers understand it, and it works after a failure. */
    close(target: { readonly type: "S"; readonly name: string }): void;
  };
}

interface Result {
  readonly rows: unknown[];
}

interface Statement {
  /** With `$1`, `$2`, ... */
  readonly text: string;
  readonly name: string;
  isRepeated: boolean;
}

/** By connection, the names of what is prepared on it; the first has gone unused the longest. */
const preparedOn = new WeakMap<object, Set<string>>();

/**
 * Runs statements on PostgreSQL without Knex, which costs more than many of them do. To parse and to plan a statement
 * takes the server several times as long as to execute it, so what comes a second time is prepared.
 */
export class Statements {
  readonly #known = new Map<string, Statement>();
  #generation = 0;

  /** @param isPreparing whether statements are prepared; the pooler in between may not pass that through */
  constructor(private readonly isPreparing: boolean) {}

  /**
   * Runs a statement. Once one turns out to be outdated (`isOutdated`), all are prepared anew.
   *
   * @param sql with `?` for each binding; without bindings, it may be several statements
   * @returns the rows of the last statement
   * @throws the driver's error
   */
  async run<Row>(connection: object, sql: string, bindings: readonly Binding[]): Promise<Row[]> {
    const client = connection as Connection;
    if (bindings.length === 0) return rowsOf(await client.query({ text: sql }));
    const statement = this.#find(sql);
    const { text, name } = statement;
    if (!statement.isRepeated) {
      statement.isRepeated = this.isPreparing;
      return rowsOf(await client.query({ text, values: bindings }));
    }
    keepOn(client, name);
    try {
      return rowsOf(await client.query({ name, text, values: bindings }));
    } catch (error) {
      if (isOutdated(error) && this.#known.get(sql) === statement) this.#forget();
      throw error;
    }
  }

  #find(sql: string): Statement {
    const known = this.#known.get(sql);
    const statement = known ?? this.#translate(sql);
    if (sql.length > MAX_LENGTH) return statement;
    if (known) this.#known.delete(sql);
    // Last in line, so that the first in line is the one that has gone unused the longest.
    this.#known.set(sql, statement);
    if (this.#known.size > MAX_TEXTS) this.#known.delete(firstOf(this.#known.keys()) ?? "");
    return statement;
  }

  #translate(sql: string): Statement {
    let count = 0;
    const text = sql.replaceAll("?", () => `$${(count += 1)}`);
    return { text, name: nameOf(`${this.#generation} ${text}`), isRepeated: false };
  }

  /** The same texts get other names from now on. */
  #forget(): void {
    this.#generation += 1;
    this.#known.clear();
  }
}

/** One text, one name, in every process: a pooler may lend the same connection to several. Names have at most 63 bytes. */
const nameOf = (text: string) => `muster_${hash("sha256", text, "base64url")}`;

/** Notes that a statement is used, and closes the one that has gone unused the longest if there are too many. */
function keepOn({ connection }: Connection, name: string): void {
  let names = preparedOn.get(connection);
  if (!names) preparedOn.set(connection, (names = new Set()));
  names.delete(name);
  names.add(name);
  if (names.size <= MAX_PREPARED) return;
  const unused = firstOf(names) ?? "";
  names.delete(unused);
  connection.close({ type: "S", name: unused });
  Reflect.deleteProperty(connection.parsedStatements, unused);
}

function firstOf<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}

// Of several statements in one text, the last one's.
function rowsOf<Row>(result: Result | Result[]): Row[] {
  const last = Array.isArray(result) ? result.at(-1) : result;
  return (last?.rows ?? []) as Row[];
}
