import type { Criteria, Filter } from "../../domain/listing.js";

const AFTER_AND_BEFORE = new Set(["gt", "ge", "lt", "le"]);

/** The time that no change moves. */
const CREATED = "meta.created";

/** Times that every resource has, and that only a change moves. */
const TIMES = new Set([CREATED, "meta.lastModified"]);

/**
 * Gives a list without an order the one of a time that its filter compares, if an index serves that: what matches is then read
 * one after the other, however few or many that are. Clients are promised no order (RFC 7644 section 3.4.2.3). By a time that
 * changes, the latest comes first: a client that changes what it reads does not meet it again. Where another term may have
 * an index that few resources match, such as a department, the order stays that of ids, in which that index is.
 */
export function inOrderOfFilter(criteria: Criteria, orders: ReadonlySet<string> = new Set()): Criteria {
  if (criteria.sort || !criteria.filter) return criteria;
  const terms = criteria.filter.type === "and" ? criteria.filter.filters : [criteria.filter];
  const time = terms.find((term) => isTime(term, orders));
  if (!time || terms.some(isSelective)) return criteria;
  return { ...criteria, sort: { field: time.field, descending: time.field.path.join(".") !== CREATED } };
}

const isTime = (
  filter: Filter,
  orders: ReadonlySet<string>,
): filter is Extract<Filter, { type: "compare" }> =>
  filter.type === "compare" &&
  filter.field.type === "dateTime" &&
  AFTER_AND_BEFORE.has(filter.operator) &&
  TIMES.has(filter.field.path.join(".")) &&
  orders.has(filter.field.path.join("."));

/** Most people are active, so that alone is none. */
const isSelective = (filter: Filter) =>
  filter.type === "compare" && filter.operator === "eq" && filter.value !== true;

/** What a filter says of the attribute that a list is sorted by, at its top: where in the order the list begins and ends. */
export function boundsOf({ filter, sort }: Criteria): Filter | undefined {
  if (!filter || !sort || sort.collection) return undefined;
  const name = sort.field.path.join(".");
  const terms = filter.type === "and" ? filter.filters : [filter];
  const filters = terms.filter(
    (term) =>
      term.type === "compare" && AFTER_AND_BEFORE.has(term.operator) && term.field.path.join(".") === name,
  );
  return filters.length === 0 ? undefined : { type: "and", filters };
}
