import type { ComparisonOperator } from "../../domain/listing.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/** Stored times have milliseconds; a time that falls between two of them is never equal to a stored one. */
const BETWEEN: Partial<Record<ComparisonOperator, string>> = { gt: ">", ge: ">", lt: "<=", le: "<=" };
const EXACT: Partial<Record<ComparisonOperator, string>> = { eq: "=", gt: ">", ge: ">=", lt: "<", le: "<=" };

/**
 * Compares a stored time with one in a filter.
 *
 * @param instant ISO 8601 in UTC, with any number of digits in the fraction
 */
export function compareInstant(expression: string, operator: ComparisonOperator, instant: string): Sql {
  const { text, exact } = toMilliseconds(instant);
  if (operator === "ne") return sql(`${expression} is distinct from ?`, exact ? text : "");
  const symbol = (exact ? EXACT : BETWEEN)[operator];
  return symbol ? sql(`${expression} ${symbol} ?`, text) : sql("false");
}

function toMilliseconds(instant: string): { text: string; exact: boolean } {
  const [, seconds = instant, fraction = ""] = /^([^.]*?)(?:\.(\d+))?Z$/.exec(instant) ?? [];
  return {
    text: `${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}Z`,
    exact: !/[1-9]/.test(fraction.slice(3)),
  };
}
