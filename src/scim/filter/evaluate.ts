import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { ComparisonOperator, ComparisonValue, Field, Filter } from "../../domain/listing.js";
import { foldCase } from "../../domain/values/text.js";
import { foldedPart } from "./folded.js";

/** Called with the number of characters that a comparison has read. */
type Report = (characters: number) => void;

/** Whether an element of a multi-valued attribute, in canonical form, satisfies a filter. */
export type Matcher = (element: JsonValue) => boolean;

/**
 * Compiles a filter for many elements. It gives the same results as the repositories' SQL: a comparison with an absent
 * value is not true, except `ne`.
 */
export function matcher(filter: Filter, report: Report = () => undefined): Matcher {
  switch (filter.type) {
    case "and": {
      const all = filter.filters.map((each) => matcher(each, report));
      return (element) => all.every((matches) => matches(element));
    }
    case "or": {
      const any = filter.filters.map((each) => matcher(each, report));
      return (element) => any.some((matches) => matches(element));
    }
    case "not": {
      const matches = matcher(filter.filter, report);
      return (element) => !matches(element);
    }
    case "present":
      return (element) => {
        report(0);
        return isPresent(valueAt(element, filter.field.path));
      };
    case "compare":
      return comparison(filter.field, filter.operator, filter.value, report);
    case "match": {
      const matches = filter.filter && matcher(filter.filter, report);
      return (element) => elementsAt(element, filter.collection).some((each) => !matches || matches(each));
    }
  }
}

/**
 * The element that a filter describes, if it consists of equality terms only: `type eq "work" and primary eq true` gives
 * `{type: "work", primary: true}`.
 *
 * @returns undefined for other filters
 */
export function equalityTerms(filter: Filter): JsonObject | undefined {
  if (filter.type === "compare" && filter.operator === "eq" && filter.field.path.length === 1) {
    return { [filter.field.path[0] ?? ""]: filter.value };
  }
  if (filter.type !== "and") return undefined;
  const terms = filter.filters.map(equalityTerms);
  return terms.every((each) => each !== undefined) ? (Object.assign({}, ...terms) as JsonObject) : undefined;
}

function valueAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of path) found = isJsonObject(found) ? found[name] : undefined;
  return found;
}

function elementsAt(value: JsonValue, { path }: Field): JsonValue[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

function isPresent(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.values(value).some(isPresent);
}

function comparison(
  field: Field,
  operator: ComparisonOperator,
  value: ComparisonValue,
  report: Report,
): Matcher {
  const isFolded = !field.caseExact && field.type !== "dateTime";
  const wanted = typeof value === "string" && isFolded ? foldCase(value) : value;
  const name = field.path.join(".");
  return (element) => {
    const found = valueAt(element, field.path);
    report(typeof found === "string" ? workOf(operator, found.length, String(wanted).length) : 0);
    if (found === undefined || found === null || typeof found !== typeof wanted) return operator === "ne";
    if (typeof found !== "string" || typeof wanted !== "string") {
      return byOrder(operator, found === wanted ? 0 : Number(found) - Number(wanted));
    }
    const text = isFolded && isJsonObject(element) ? foldedPart(element, name, found) : found;
    return compareText(text, operator, wanted);
  };
}

/** About how many characters a comparison reads: `co` may have to try every position. */
const workOf = (operator: ComparisonOperator, found: number, wanted: number) =>
  operator === "co" ? found * Math.ceil(wanted / 16) : found;

function compareText(found: string, operator: ComparisonOperator, wanted: string): boolean {
  switch (operator) {
    case "co":
      return found.includes(wanted);
    case "sw":
      return found.startsWith(wanted);
    case "ew":
      return found.endsWith(wanted);
    default:
      // By code points, as both databases do; JavaScript compares by UTF-16 units.
      return byOrder(operator, Buffer.compare(Buffer.from(found), Buffer.from(wanted)));
  }
}

function byOrder(operator: ComparisonOperator, order: number): boolean {
  switch (operator) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "gt":
      return order > 0;
    case "ge":
      return order >= 0;
    case "lt":
      return order < 0;
    case "le":
      return order <= 0;
    default:
      return false;
  }
}
