import type { Criteria, Sort } from "../../domain/listing.js";
import type { ListingCompiler } from "./compile.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/** One table that a listing reads from. */
export interface Source {
  /** What follows `from`: a table, or what is seen of it, by the name of `table`. */
  readonly from: Sql;
  readonly table: string;
  /** What follows `select`. */
  readonly columns: string;
  readonly compiler: ListingCompiler;
  readonly criteria: Criteria;
}

/** What every row of a listing is read with: the names that it is ordered by. */
export interface Keys {
  readonly page_id: string;
  readonly page_value: string | number | boolean | null;
}

/** A further condition on a row, given the SQL expressions of its id and of what it is sorted by. */
export type Restriction = (id: string, value: string) => Sql;

const NONE: Restriction = () => sql("true");

/** Reads all sources as one: the rows that match, with their `Keys`. */
export function selectFrom(sources: readonly Source[], restriction = NONE): Sql {
  const parts = sources.map((source) => {
    const { text, bindings } = rowsOf(source, restriction);
    const { id, value } = keysOf(source);
    return sql(`select ${source.columns}, ${id} as page_id, ${value} as page_value ${text}`, ...bindings);
  });
  return sql(parts.map(({ text }) => text).join(" union all "), ...parts.flatMap(({ bindings }) => bindings));
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
