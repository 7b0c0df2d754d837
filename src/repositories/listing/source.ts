import type { Dialect } from "../../db/dialect.js";
import type { Criteria, Sort } from "../../domain/listing.js";
import type { ListingCompiler } from "./compile.js";
import type { SearchIndex } from "./fields.js";
import { packedColumn, packedNames } from "./packing.js";
import type { Packable } from "./packing.js";
import { sql } from "./sql.js";
import { boundsOf } from "./times.js";
import type { Sql } from "./sql.js";

/** One table that a listing reads from. */
export interface Source extends Packable {
  /** The SQL after `from`: a table, or a view of it, named as `table` says. */
  readonly from: Sql;
  readonly table: string;
  /** SQL for how many rows there are in all, where that is kept. */
  readonly total?: Sql;
  /** The SQL after `select`, without `long` and `list`. */
  readonly columns: string;
  /** A cheap SQL expression for the bytes in `long`; absent when a row has few. */
  readonly bytes?: string;
  readonly compiler: ListingCompiler;
  readonly criteria: Criteria;
  /** The attributes that an index serves the order of; undefined: all can be sorted. */
  readonly orders?: ReadonlySet<string> | undefined;
  /** Whether rows are tested one after the other until there are enough, since many match. */
  readonly testsEach?: boolean;
  /** The index for a part of a text. */
  readonly index?: SearchIndex;
  /** Selects ids of which all rows that match are: the others are not read. */
  readonly within?: Sql;
}

/** The columns that every row of a listing has: what it is ordered by, and its size. */
export interface Keys {
  readonly page_id: string;
  readonly page_value: string | number | boolean | null;
  /** About how many bytes the row has. */
  readonly page_bytes: number | string;
}

/** A further condition on a row, made from the SQL expressions of its id and of its value to sort by. */
export type Restriction = (id: string, value: string) => Sql;

const NONE: Restriction = () => sql("true");

/**
 * Selects the matching rows of all sources, with their `Keys`.
 *
 * @param longest in rows with more bytes, `long` and `list` are null
 */
export function selectFrom(
  dialect: Dialect,
  sources: readonly Source[],
  longest: number,
  restriction = NONE,
): Sql {
  const packed = packedNames(dialect, sources);
  const parts = sources.map((source) => {
    const { columns, long = {}, bytes = "0", list } = source;
    const { text, bindings } = rowsOf(source, restriction);
    const { id, value } = keysOf(source);
    const allBytes = list ? `${bytes} + ${list.bytes}` : bytes;
    const unlessLong = [
      ...Object.entries(long)
        .filter(([name]) => !packed.includes(name))
        .map(([name, column]) => `case when ${bytes} <= ? then ${column} end as ${name}`),
      ...(list && !packed.includes(list.name)
        ? [`case when ${allBytes} <= ? then ${list.column} end as ${list.name}`]
        : []),
      ...(packed.length > 0 ? [packedColumn(dialect, source, packed, `${allBytes} <= ?`)] : []),
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

/** Selects whole rows of one source by their ids. @param items a table with the column `items.value` */
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

/** Counts the matching rows of all sources together, as the column `total`. */
export function countIn(sources: readonly Source[], restriction = NONE): Sql {
  const counts = sources.map((source) => {
    const { total, criteria } = source;
    if (total && restriction === NONE && criteria.filter === undefined) return total;
    const { text, bindings } = rowsOf(source, restriction);
    return sql(`(select count(*) ${text})`, ...bindings);
  });
  return sql(
    `select ${counts.map(({ text }) => text).join(" + ")} as total`,
    ...counts.flatMap(({ bindings }) => bindings),
  );
}

/** Counts like `countIn`, and no further than one beyond a bound. */
export function countUpTo(sources: readonly Source[], bound: number): Sql {
  const rows = sources.map((source) => rowsOf(source, NONE));
  return sql(
    `select count(*) as total from (${rows.map(({ text }) => `select 1 ${text}`).join(" union all ")} limit ${bound + 1}) counted`,
    ...rows.flatMap(({ bindings }) => bindings),
  );
}

/** Whether the number of all that a source has is kept, and asked for. */
export const isCountKept = ({ total, criteria }: Source) =>
  total !== undefined && criteria.filter === undefined;

function keysOf({ table, compiler, criteria }: Source): { id: string; value: string } {
  return { id: `${table}.id`, value: criteria.sort ? compiler.value(criteria.sort) : "null" };
}

function rowsOf(source: Source, restriction: Restriction): Sql {
  const tested = source.testsEach ? "each" : source.within ? "few" : "all";
  const condition = source.compiler.condition(source.criteria.filter, tested);
  // Once more, for the index of the order.
  const bounds = source.testsEach ? boundsOf(source.criteria) : undefined;
  const between = bounds ? source.compiler.condition(bounds) : sql("true");
  const { id, value } = keysOf(source);
  const further = restriction(id, value);
  const within = source.within
    ? sql(`${id} in (${source.within.text}) and `, ...source.within.bindings)
    : sql("");
  return sql(
    `from ${source.from.text} where ${within.text}${condition.text} and ${between.text} and ${further.text}`,
    ...source.from.bindings,
    ...within.bindings,
    ...condition.bindings,
    ...between.bindings,
    ...further.bindings,
  );
}

/** The SQL after `select` for the rows of a source that match. */
export const matchesOf = (source: Source): Sql => rowsOf(source, NONE);

/** The order of a listing, the same for all its sources. */
export const sortOf = (sources: readonly Source[]): Sort | undefined =>
  sources.find(({ criteria }) => criteria.sort)?.criteria.sort;
