import { isJsonObject } from "../../domain/json.js";
import type { JsonObject, JsonValue } from "../../domain/json.js";
import type { ComparisonOperator, Field, Filter } from "../../domain/listing.js";
import { foldCase } from "../../domain/text.js";

/**
 * Whether an element of a multi-valued attribute satisfies a filter. The same answer as the repositories'
 * SQL gives: comparing with what is not there is not true, except `ne`.
 *
 * @param element in canonical form
 */
export function matches(element: JsonValue, filter: Filter): boolean {
  switch (filter.type) {
    case "and":
      return filter.filters.every((each) => matches(element, each));
    case "or":
      return filter.filters.some((each) => matches(element, each));
    case "not":
      return !matches(element, filter.filter);
    case "present":
      return isPresent(valueAt(element, filter.field.path));
    case "compare":
      return compare(valueAt(element, filter.field.path), filter.field, filter.operator, filter.value);
    case "match":
      return elementsAt(element, filter.collection).some(
        (each) => !filter.filter || matches(each, filter.filter),
      );
  }
}

/**
 * What an element must look like for the filter to match it, if the filter says no more than that:
 * `type eq "work" and primary eq true` gives `{type: "work", primary: true}`.
 *
 * @returns undefined when the filter says something else
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

function compare(
  found: JsonValue | undefined,
  field: Field,
  operator: ComparisonOperator,
  wanted: string | number | boolean | null,
): boolean {
  if (found === undefined || found === null) return operator === "ne";
  if (typeof found !== typeof wanted) return operator === "ne";
  if (typeof found === "string" && typeof wanted === "string") {
    const fold = field.caseExact || field.type === "dateTime" ? (text: string) => text : foldCase;
    return compareText(fold(found), operator, fold(wanted));
  }
  return byOrder(operator, found === wanted ? 0 : Number(found) - Number(wanted));
}

function compareText(found: string, operator: ComparisonOperator, wanted: string): boolean {
  switch (operator) {
    case "co":
      return found.includes(wanted);
    case "sw":
      return found.startsWith(wanted);
    case "ew":
      return found.endsWith(wanted);
    default:
      // By code points, as both databases do; comparing strings goes by UTF-16 units.
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
