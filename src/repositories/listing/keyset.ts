import type { Position, Sort } from "../../domain/listing.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/**
 * A section of a listing that can be read from any position along an index: the resources with a value to sort by, or
 * those without.
 */
export interface Section {
  /** The condition on a row of the section, made from the SQL expressions of its id and its value. */
  readonly condition: (id: string, value: string) => Sql;
  /** The SQL after `order by`. */
  readonly order: string;
}

/**
 * The sections of a listing after a position, in order. Resources without a value come last, or first when descending.
 * Equal values are ordered by id.
 *
 * @param after undefined: the listing from its beginning
 * @param haveValue whether all that match have a value to sort by
 */
export function sectionsAfter(
  sort: Sort | undefined,
  after: Position | undefined,
  haveValue = false,
): Section[] {
  if (!sort) {
    const condition = (id: string) => (after ? sql(`${id} > ?`, after.id) : sql("true"));
    return [{ condition, order: "page_id" }];
  }
  const direction = sort.descending ? "desc" : "asc";
  const beyond = sort.descending ? "<" : ">";
  const withValue: Section = {
    condition: (id, value) =>
      after && after.value !== null
        ? // The first comparison lets the database use an index.
          sql(
            `${value} ${beyond}= ? and (${value} ${beyond} ? or ${id} ${beyond} ?)`,
            after.value,
            after.value,
            after.id,
          )
        : sql(`${value} is not null`),
    order: `page_value ${direction}, page_id ${direction}`,
  };
  if (haveValue) return [withValue];
  const withoutValue: Section = {
    condition: (id, value) =>
      after?.value === null
        ? sql(`${value} is null and ${id} ${beyond} ?`, after.id)
        : sql(`${value} is null`),
    order: `page_id ${direction}`,
  };
  const sections = sort.descending ? [withoutValue, withValue] : [withValue, withoutValue];
  const isInSecond = after !== undefined && (after.value === null) !== sort.descending;
  return isInSecond ? sections.slice(1) : sections;
}
