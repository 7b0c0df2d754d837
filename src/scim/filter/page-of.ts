import type { Field, Listing, Page, Sort, SortValue } from "../../domain/listing.js";
import { isJsonObject } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";
import { matcher } from "./evaluate.js";

/** A resource that is in memory, and the item that it was made from. */
export interface InMemory<T> {
  readonly item: T;
  /** All attributes, in canonical form, with the `id`. */
  readonly resource: JsonObject & { readonly id: string };
}

/** A page of a few resources that are in memory, as the repositories give it of those in the database. */
export function pageOf<T>(all: readonly InMemory<T>[], { filter, sort, start, limit }: Listing): Page<T> {
  const matches = filter ? matcher(filter) : () => true;
  const matching = all
    .filter(({ resource }) => matches(resource))
    .map((each) => ({ ...each, value: sort ? sortValue(each.resource, sort) : null }))
    .sort((a, b) => order(a.value, b.value, sort) || orderOfIds(a.resource.id, b.resource.id, sort));
  const begin = start.type === "offset" ? start.offset : placeAfter(matching, start.after?.id);
  const page = matching.slice(begin, begin + limit);
  const last = page.at(-1);
  const hasMore = begin + page.length < matching.length;
  return {
    total: start.type === "position" ? (start.total ?? matching.length) : matching.length,
    items: page.map(({ item }) => item),
    bytes: page.reduce((sum, { resource }) => sum + JSON.stringify(resource).length, 0),
    ...(start.type === "position" &&
      last &&
      hasMore && { next: { value: last.value, id: last.resource.id } }),
  };
}

const placeAfter = (all: readonly InMemory<unknown>[], id: string | undefined) =>
  id === undefined ? 0 : all.findIndex(({ resource }) => resource.id === id) + 1;

function sortValue(resource: JsonObject, { field, collection }: Sort): SortValue {
  const element = collection ? mainElement(at(resource, collection)) : resource;
  const value = at(element, field);
  if (typeof value === "string")
    return field.caseExact || field.type === "dateTime" ? value : foldCase(value);
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** The primary element, or the first (RFC 7644 section 3.4.2.3). */
function mainElement(elements: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(elements)) return undefined;
  return elements.find((each) => isJsonObject(each) && each.primary === true) ?? elements[0];
}

function at(value: JsonValue | undefined, { path }: Field): JsonValue | undefined {
  let found = value;
  for (const name of path) found = isJsonObject(found) ? found[name] : undefined;
  return found;
}

/** Missing values come last, or first when descending. */
function order(a: SortValue, b: SortValue, sort: Sort | undefined): number {
  if (a === b) return 0;
  const ascending =
    a === null || b === null
      ? Number(a === null) - Number(b === null)
      : typeof a === "string" && typeof b === "string"
        ? Buffer.compare(Buffer.from(a), Buffer.from(b))
        : Number(a) - Number(b);
  return sort?.descending === true ? -ascending : ascending;
}

const orderOfIds = (a: string, b: string, sort: Sort | undefined) => order(a, b, sort);
