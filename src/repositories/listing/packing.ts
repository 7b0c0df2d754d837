import type { Dialect } from "../../db/dialect.js";

/*
 * SQLite's driver makes each value of each row in JavaScript's own thread, which takes longer than all else of a page. So the
 * short columns of a row are read as one, a JSON array.
 */

/** What of a source is read as one column, or by itself. */
export interface Packable {
  /** Columns that can be long, by name, as SQL expressions; they are read only for rows on the page. */
  readonly long?: Readonly<Record<string, string>>;
  /** Those of `long` that are no short values, where the others may be read as one column. */
  readonly texts?: readonly string[];
  /** A column that lists other rows, and an SQL expression for its bytes, which has to count them. */
  readonly list?: { readonly name: string; readonly column: string; readonly bytes: string };
}

/** The column that has the others. */
const PACKED = "page_packed";

/** Which columns of a listing are read as one, in this order; none where columns are cheaper. */
export function packedNames(dialect: Dialect, sources: readonly Packable[]): readonly string[] {
  const [source, ...others] = sources;
  if (!dialect.packed || !source?.texts || others.length > 0) return [];
  const { long = {}, list, texts } = source;
  const names = Object.keys(long).filter((name) => !texts.includes(name));
  return list ? [...names, list.name] : names;
}

/**
 * The column that has the others.
 *
 * @param isShort SQL for whether the row is short enough to be read whole
 */
export function packedColumn(
  { packed }: Dialect,
  { long = {}, list }: Packable,
  names: readonly string[],
  isShort: string,
): string {
  // With an empty text, JSON that a function made is a text like any other.
  const values = names.map((name) => (name === list?.name ? `${list.column} || ''` : (long[name] ?? "null")));
  return `case when ${isShort} then ${packed?.(values) ?? "null"} end as ${PACKED}`;
}

/** Gives rows the columns that were read as one; null in those that were not read. */
export function unpack<Row extends object>(rows: readonly Row[], names: readonly string[]): readonly Row[] {
  if (names.length === 0) return rows;
  for (const row of rows as readonly (Row & { [PACKED]: string | null })[]) {
    const values = row[PACKED] === null ? [] : (JSON.parse(row[PACKED]) as unknown[]);
    const columns = row as Record<string, unknown>;
    for (let place = 0; place < names.length; place += 1) columns[names[place] ?? ""] = values[place] ?? null;
  }
  return rows;
}
