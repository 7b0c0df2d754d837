import type { Criteria, Sort } from "../../domain/listing.js";
import type { ListingCompiler } from "./compile.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/** One table that a listing reads from. */
export interface Source {
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

/**
 * Reads all sources as one: the rows that match, with their `Keys`.
 *
 * @param restriction a further condition, given the SQL expressions of a row's id and of what it is sorted by
 */
export function selectFrom(
  sources: readonly Source[],
  restriction: (id: string, value: string) => Sql = () => sql("true"),
): Sql {
  const parts = sources.map(({ table, columns, compiler, criteria }) => {
    const id = `${table}.id`;
    const value = criteria.sort ? compiler.value(criteria.sort) : "null";
    const condition = compiler.condition(criteria.filter);
    const further = restriction(id, value);
    return sql(
      `select ${columns}, ${id} as page_id, ${value} as page_value from ${table} where ${condition.text} and ${further.text}`,
      ...condition.bindings,
      ...further.bindings,
    );
  });
  return sql(parts.map(({ text }) => text).join(" union all "), ...parts.flatMap(({ bindings }) => bindings));
}

/** How many rows all sources have together, as the column `total`. */
export function countIn(sources: readonly Source[]): Sql {
  const parts = sources.map(({ table, compiler, criteria }) => {
    const { text, bindings } = compiler.condition(criteria.filter);
    return sql(`(select count(*) from ${table} where ${text})`, ...bindings);
  });
  const text = `select ${parts.map((part) => part.text).join(" + ")} as total`;
  return sql(text, ...parts.flatMap(({ bindings }) => bindings));
}

/** The order of a listing, the same for all its sources. */
export const sortOf = (sources: readonly Source[]): Sort | undefined =>
  sources.find(({ criteria }) => criteria.sort)?.criteria.sort;
