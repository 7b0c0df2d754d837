import type { Criteria, Sort } from "../../domain/listing.js";
import type { ListingCompiler } from "./compile.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/** One table that a listing reads from. */
export interface Source {
  /** What follows `from`: a table, or what is seen of it, by the name of `table`. */
  readonly from: Sql;
  readonly table: string;
  /** What follows `select`, apart from `long` and `list`. */
  readonly columns: string;
  /** Columns that are not worth reading of a long row until it is wanted, by name, as SQL expressions. */
  readonly long?: Readonly<Record<string, string>>;
  /** An SQL expression, cheap: how many bytes a row has that can be long; without it, few. */
  readonly bytes?: string;
  /** A column that lists what belongs to a row, and how many bytes it has, which takes counting. */
  readonly list?: { readonly name: string; readonly column: string; readonly bytes: string };
  readonly compiler: ListingCompiler;
  readonly criteria: Criteria;
}

/** What every row of a listing is read with: the names that it is ordered by. */
export interface Keys {
  readonly page_id: string;
  readonly page_value: string | number | boolean | null;
  /** How many bytes the row has. */
  readonly page_bytes: number | string;
}

/** A further condition on a row, given the SQL expressions of its id and of what it is sorted by. */
export type Restriction = (id: string, value: string) => Sql;

const NONE: Restriction = () => sql("true");

/**
 * Reads all sources as one: the rows that match, with their `Keys`.
 *
 * @param longest of rows that have more bytes, `long` and `list` are null
 */
export function selectFrom(sources: readonly Source[], longest: number, restriction = NONE): Sql {
  const parts = sources.map((source) => {
    const { columns, long = {}, bytes = "0", list } = source;
    const { text, bindings } = rowsOf(source, restriction);
    const { id, value } = keysOf(source);
    const allBytes = list ? `${bytes} + ${list.bytes}` : bytes;
    const unlessLong = [
      ...Object.entries(long).map(
        ([name, column]) => `case when ${bytes} <= ? then ${column} end as ${name}`,
      ),
      ...(list ? [`case when ${allBytes} <= ? then ${list.column} end as ${list.name}`] : []),
    ];
    const keys = `${id} as page_id, ${value} as page_value, ${allBytes} as page_bytes`;
    return sql(
      `select ${[columns, ...unlessLong, keys].join(", ")} ${text}`,
      ...unlessLong.map(() => longest),
      ...bindings,
    );
  });
  return sql(parts.map(({ text }) => text).join(" union all "), ...parts.flatMap(({ bindings }) => bindings));
}

/** Reads rows of one source by their ids, whole. @param items a table with the column `items.value` */
export function selectWhole(
  { from, table, columns, long = {}, list }: Source,
  items: string,
  ids: string,
): Sql {
  const all = [
    columns,
    ...Object.entries(long).map(([name, column]) => `${column} as ${name}`),
    ...(list ? [`${list.column} as ${list.name}`] : []),
  ];
  return sql(
    `select ${all.join(", ")}, ${table}.id as page_id from ${from.text}
     where ${table}.id in (select items.value from ${items})`,
    ...from.bindings,
    ids,
  );
}

/** How many rows all sources have together, as the column `total`. */
export function countIn(sources: readonly Source[], restriction = NONE): Sql {
  const parts = sources.map((source) => rowsOf(source, restriction));
  const counts = parts.map(({ text }) => `(select count(*) ${text})`);
  return sql(`select ${counts.join(" + ")} as total`, ...parts.flatMap(({ bindings }) => bindings));
}

function keysOf({ table, compiler, criteria }: Source): { id: string; value: string } {
  return { id: `${table}.id`, value: criteria.sort ? compiler.value(criteria.sort) : "null" };
}

function rowsOf(source: Source, restriction: Restriction): Sql {
  const condition = source.compiler.condition(source.criteria.filter);
  const { id, value } = keysOf(source);
  const further = restriction(id, value);
  return sql(
    `from ${source.from.text} where ${condition.text} and ${further.text}`,
    ...source.from.bindings,
    ...condition.bindings,
    ...further.bindings,
  );
}

/** The order of a listing, the same for all its sources. */
export const sortOf = (sources: readonly Source[]): Sort | undefined =>
  sources.find(({ criteria }) => criteria.sort)?.criteria.sort;
