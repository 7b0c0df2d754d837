import type { Dialect } from "../../db/dialect.js";

/** What a column of a table has, as it is kept in a JSON object. */
type Kept = "text" | "boolean" | "number" | "json";

/** The columns of a table that are kept, by their names. */
export type KeptColumns = Readonly<Record<string, Kept>>;

/** The names, each as a text. */
export const texts = (...names: readonly string[]): KeptColumns =>
  Object.fromEntries(names.map((name) => [name, "text"]));

export const booleans = (...names: readonly string[]): KeptColumns =>
  Object.fromEntries(names.map((name) => [name, "boolean"]));

/** The columns of an e-mail address, of an account or of a record. */
export const EMAIL: KeptColumns = {
  position: "number",
  ...texts("value_key", "display_key", "type_key"),
  ...booleans("is_primary"),
};

/**
 * SQL that makes a JSON object of the columns of a row.
 *
 * @param more further values that are JSON, by their names
 * @param instead SQL for columns that are kept otherwise than they are
 */
export function snapshot(
  dialect: Dialect,
  table: string,
  columns: KeptColumns,
  more: Readonly<Record<string, string>> = {},
  instead: Readonly<Record<string, string>> = {},
): string {
  const values = Object.entries(columns).map(([name, type]): [string, string] => {
    const value = instead[name] ?? `${table}.${name}`;
    return [name, type === "json" ? `cast(${value} as text)` : value];
  });
  return dialect.jsonObject({ ...Object.fromEntries(values), ...more });
}

/** SQL for the rows of a table as one JSON array. @param condition on the table, which has its own short name */
export const snapshots = (dialect: Dialect, table: string, columns: KeptColumns, condition: string): string =>
  dialect.jsonRows(snapshot(dialect, table, columns), `muster_${table} as ${table} where ${condition}`);

/** SQL for the columns of a row, by their names, out of a JSON object. */
export function columnsOf(
  dialect: Dialect,
  columns: KeptColumns,
  object: string,
): Readonly<Record<string, string>> {
  const read = (name: string, type: Kept) => {
    if (type === "boolean") return dialect.jsonBoolean(object, [name]);
    if (type === "number") return dialect.jsonNumber(object, [name]);
    const text = dialect.jsonText(object, [name]);
    return type === "json" ? dialect.asJson(text) : text;
  };
  return Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, read(name, type)]));
}
