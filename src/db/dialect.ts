/** Where the two engines' SQL differs, in the few forms that repositories need. */
export interface Dialect {
  readonly engine: "sqlite" | "postgres";
  /** An expression with the engine's version. */
  readonly version: string;
  /** Whether all writes go through one connection. */
  readonly hasOneWriter: boolean;
  /**
   * Whether a statement that fails spoils its transaction; otherwise only the statement is undone, and the
   * transaction continues.
   */
  readonly isSpoiledByFailure: boolean;
  /** Begins a transaction that is going to write. */
  readonly begin: string;
  /** Begins a transaction that only reads, and sees all as it was at one moment. */
  readonly beginSnapshot: string;
  /** The first statements of a transaction that migrates: only one at a time gets past them. */
  readonly migrationLock: readonly string[];
  /** Whether the database takes writes, as far as it says so itself. */
  readonly canWrite: string;
  /** Ends a `select` whose row is about to be changed in the same transaction. */
  readonly forUpdate: string;
  /** Ends a `select` whose row is about to be deleted in the same transaction. */
  readonly forDelete: string;
  /** Ends a `select` whose row is about to be referred to in the same transaction, so that it stays as it is until then. */
  readonly forReference: string;
  /** Ends a `select` that takes rows to work on, and leaves out those that another transaction is taking. */
  readonly forClaim: string;
  /** A table `items` with one text column `value`, from one binding that is a JSON array of strings. */
  readonly textItems: string;
  /** Whether a column is one of few texts, from one binding that is a JSON array of strings. */
  isOneOfFew(column: string): string;
  /** A condition that most rows fulfil: other indexes are better than one for it. PostgreSQL knows that by its statistics. */
  likely(condition: string): string;
  /** A condition that no index is used for. PostgreSQL knows by its statistics when to use none. */
  withoutIndex(condition: string): string;
  /** An expression that is no column as text without linguistic collation, as all text columns are. */
  readonly plainText: (expression: string) => string;
  /** A text value inside a JSON column, without linguistic collation; null when absent. */
  jsonText(column: string, path: readonly string[]): string;
  /** A boolean inside a JSON column; null when absent. */
  jsonBoolean(column: string, path: readonly string[]): string;
  /** A number inside a JSON column; null when absent. */
  jsonNumber(column: string, path: readonly string[]): string;
  /** The JSON value at a path; null when absent. */
  jsonValue(column: string, path: readonly string[]): string;
  /** A table `element` with the column `value` (JSON), from the JSON array at a path. */
  jsonElements(column: string, path: readonly string[]): string;
  /** The place of an `element` in its array. */
  readonly elementPosition: string;
  /**
   * The rows of a subquery as one JSON array of objects with `id`, `displayName` and, if it has them, `roles`, as text;
   * null or `[]` for none.
   */
  jsonList(rows: { id: string; displayName: string; roles?: string; from: string; order: string }): string;
  /** A JSON object with values by their names. */
  jsonObject(values: Readonly<Record<string, string>>): string;
  /** The rows of a subquery as one JSON array, `[]` for none. @param row an object from each, as `jsonObject` makes it */
  jsonRows(row: string, from: string): string;
  /** How many elements a text that is a JSON array has. */
  jsonLength(text: string): string;
  /** A text as the value of a JSON column. */
  asJson(text: string): string;
  /** Values as one JSON array, where that is cheaper to read than a column for each. */
  readonly packed?: (values: readonly string[]) => string;
  /** The later of two times. */
  greatest(one: string, other: string): string;
  /** The earlier of two times. */
  least(one: string, other: string): string;
  /** Where the second string begins in the first, from 1; 0 when it is not there. */
  position(text: string, part: string): string;
  /** The last so many characters. */
  right(text: string, length: string): string;
}

/** A name as part of a SQL string literal; names come from schemas, yet a quote must not end the literal. */
const quoted = (text: string) => text.replaceAll("'", "''");

const jsonEntries = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([name, value]) => `'${quoted(name)}', ${value}`)
    .join(", ");

const withRoles = (roles: string | undefined) => (roles === undefined ? "" : `, 'roles', ${roles}`);

const sqlitePath = (path: readonly string[]) =>
  `'$${quoted(path.map((name) => `."${name.replaceAll('"', "")}"`).join(""))}'`;

const sqliteJson = (column: string, path: readonly string[]) =>
  path.length === 0 ? column : `${column} ->> ${sqlitePath(path)}`;

export const sqliteDialect: Dialect = {
  engine: "sqlite",
  version: "sqlite_version()",
  hasOneWriter: true,
  isSpoiledByFailure: false,
  // As a writer from the start: it waits for its turn here, rather than fail in the middle because another
  // process has written since its first read.
  begin: "begin immediate",
  beginSnapshot: "begin",
  // Any write takes the one lock there is; this one leaves nothing behind. (Knex begins transactions as readers.)
  migrationLock: ["create table muster_migrations_turn (id integer)", "drop table muster_migrations_turn"],
  canWrite: "true",
  forUpdate: "",
  forDelete: "",
  forReference: "",
  forClaim: "",
  textItems: "json_each(?) as items",
  isOneOfFew: (column) => `${column} in (select value from json_each(?))`,
  likely: (condition) => `likely(${condition})`,
  withoutIndex: (condition) => `+(${condition})`,
  plainText: (expression) => `(${expression})`,
  jsonText: (column, path) => `(${sqliteJson(column, path)})`,
  jsonBoolean: (column, path) => `(${sqliteJson(column, path)})`,
  jsonNumber: (column, path) => `(${sqliteJson(column, path)})`,
  jsonValue: (column, path) => `json_extract(${column}, ${sqlitePath(path)})`,
  jsonElements: (column, path) => `json_each(${column}, ${sqlitePath(path)}) as element`,
  elementPosition: "element.key",
  jsonList: ({ id, displayName, roles, from, order }) =>
    `(select json_group_array(json_object('id', ${id}, 'displayName', ${displayName}${withRoles(roles)}) order by ${order}) from ${from})`,
  jsonObject: (values) => `json_object(${jsonEntries(values)})`,
  // A subquery gives text; it becomes JSON again by the function around it.
  jsonRows: (row, from) => `json((select json_group_array(${row}) from ${from}))`,
  jsonLength: (text) => `json_array_length(${text})`,
  asJson: (text) => text,
  packed: (values) => `json_array(${values.join(", ")})`,
  greatest: (one, other) => `max(${one}, ${other})`,
  least: (one, other) => `min(${one}, ${other})`,
  position: (text, part) => `instr(${text}, ${part})`,
  right: (text, length) => `substr(${text}, -${length})`,
};

const postgresPath = (path: readonly string[]) =>
  `'{${quoted(path.map((name) => `"${name.replaceAll('"', "")}"`).join(","))}}'`;

export const postgresDialect: Dialect = {
  engine: "postgres",
  version: "current_setting('server_version')",
  hasOneWriter: false,
  isSpoiledByFailure: true,
  begin: "begin",
  beginSnapshot: "begin isolation level repeatable read, read only",
  // A migration takes as long as it takes. The number is Muster's own.
  migrationLock: ["set local statement_timeout = 0", "select pg_advisory_xact_lock(6017210553)"],
  canWrite: "not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'",
  // Not the stronger `for update`: rows that only refer to this one need not wait.
  forUpdate: "for no key update",
  forDelete: "for update",
  forReference: "for key share",
  forClaim: "for update skip locked",
  textItems: "jsonb_array_elements_text(?::jsonb) as items(value)",
  // As an array, which PostgreSQL expects to be short: it expects a table to have a hundred rows, and may read all of the other one.
  isOneOfFew: (column) => `${column} = any (array(select jsonb_array_elements_text(?::jsonb)))`,
  likely: (condition) => condition,
  withoutIndex: (condition) => condition,
  plainText: (expression) => `((${expression}) collate "C")`,
  jsonText: (column, path) => `((${column} #>> ${postgresPath(path)}) collate "C")`,
  jsonBoolean: (column, path) => `((${column} #>> ${postgresPath(path)})::boolean)`,
  jsonNumber: (column, path) => `((${column} #>> ${postgresPath(path)})::numeric)`,
  jsonValue: (column, path) => `(${column} #> ${postgresPath(path)})`,
  jsonElements: (column, path) =>
    `jsonb_array_elements(${column} #> ${postgresPath(path)}) with ordinality as element(value, position)`,
  elementPosition: "element.position",
  jsonList: ({ id, displayName, roles, from, order }) =>
    `(select json_agg(json_build_object('id', ${id}, 'displayName', ${displayName}${withRoles(roles)}) order by ${order})::text from ${from})`,
  jsonObject: (values) => `jsonb_build_object(${jsonEntries(values)})`,
  jsonRows: (row, from) => `(select coalesce(jsonb_agg(${row}), '[]'::jsonb) from ${from})`,
  jsonLength: (text) => `jsonb_array_length((${text})::jsonb)`,
  asJson: (text) => `(${text})::jsonb`,
  greatest: (one, other) => `greatest(${one}, ${other})`,
  least: (one, other) => `least(${one}, ${other})`,
  position: (text, part) => `strpos(${text}, ${part})`,
  right: (text, length) => `right(${text}, ${length})`,
};
