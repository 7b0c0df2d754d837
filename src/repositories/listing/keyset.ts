import type { Position, Sort } from "../../domain/listing.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/**
 * A stretch of a listing in which an index can be followed from any place on: resources without a value to
 * sort by are a stretch of their own.
 */
export interface Stretch {
  /** What puts a row into the stretch, given the SQL expressions of its id and its value. */
  readonly condition: (id: string, value: string) => Sql;
  /** What follows `order by`. */
  readonly order: string;
}

/**
 * What is left of a listing behind a position, in order. Resources without a value come last, or first when
 * descending; the id settles what is equal.
 *
 * @param after undefined: the listing from its beginning
 */
export function stretchesAfter(sort: Sort | undefined, after: Position | undefined): Stretch[] {
  if (!sort) {
    const condition = (id: string) => (after ? sql(`${id} > ?`, after.id) : sql("true"));
    return [{ condition, order: "page_id" }];
  }
  const direction = sort.descending ? "desc" : "asc";
  const beyond = sort.descending ? "<" : ">";
  const withValue: Stretch = {
    condition: (id, value) =>
      after && after.value !== null
        ? // The first comparison is what an index is entered by.
          sql(
            `${value} ${beyond}= ? and (${value} ${beyond} ? or ${id} ${beyond} ?)`,
            after.value,
            after.value,
            after.id,
          )
        : sql(`${value} is not null`),
    order: `page_value ${direction}, page_id ${direction}`,
  };
  const withoutValue: Stretch = {
    condition: (id, value) =>
      after?.value === null
        ? sql(`${value} is null and ${id} ${beyond} ?`, after.id)
        : sql(`${value} is null`),
    order: `page_id ${direction}`,
  };
  const stretches = sort.descending ? [withoutValue, withValue] : [withValue, withoutValue];
  const isInSecond = after !== undefined && (after.value === null) !== sort.descending;
  return isInSecond ? stretches.slice(1) : stretches;
}
