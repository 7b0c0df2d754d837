import type { Session } from "../../db/session.js";
import { TooMuchWorkError } from "../../domain/errors.js";
import type { Criteria, Filter, Sort } from "../../domain/listing.js";
import { countIn, countUpTo } from "./source.js";
import type { Source } from "./source.js";

/** Of more resources than this, a list comes in the order of an index alone. */
export const MOST_SORTED = 200_000;

const AFTER_AND_BEFORE = new Set(["gt", "ge", "lt", "le"]);

/** The time that no change moves. */
const CREATED = "meta.created";

/**
 * Gives a list without an order the one of a time that its filter compares, if an index serves that: what matches is then read
 * one after the other, however few or many that are. Clients are promised no order (RFC 7644 section 3.4.2.3). By a time that
 * changes, the latest comes first: a client that changes what it reads does not meet it again.
 */
export function inOrderOfFilter(criteria: Criteria, orders: ReadonlySet<string> = NONE): Criteria {
  if (criteria.sort || !criteria.filter) return criteria;
  const terms = criteria.filter.type === "and" ? criteria.filter.filters : [criteria.filter];
  const time = terms.find((term) => isTime(term, orders));
  if (!time) return criteria;
  return { ...criteria, sort: { field: time.field, descending: time.field.path.join(".") !== CREATED } };
}

const isTime = (
  filter: Filter,
  orders: ReadonlySet<string>,
): filter is Extract<Filter, { type: "compare" }> =>
  filter.type === "compare" &&
  filter.field.type === "dateTime" &&
  AFTER_AND_BEFORE.has(filter.operator) &&
  orders.has(filter.field.path.join("."));

/**
 * Looks first whether a list can be sorted in time.
 *
 * @throws TooMuchWorkError for an order that no index serves, when there are too many resources to sort
 */
export async function requireSortable(session: Session, source: Source): Promise<void> {
  const { criteria, orders } = source;
  if (!criteria.sort || !orders || isIndexed(criteria.sort, orders)) return;
  if ((await numberOf(session, countIn([{ ...source, criteria: {} }]))) <= MOST_SORTED) return;
  if (criteria.filter && (await numberOf(session, countUpTo([source], MOST_SORTED))) <= MOST_SORTED) return;
  throw new TooMuchWorkError(
    `Too many resources to sort them by ${toName(nameOf(criteria.sort))}, which no index serves; use a filter that fewer match, ` +
      `or sort by ${[...orders].map(toName).join(", ")}`,
  );
}

/**
 * Whether what matches may be many, all over the order of a list by an index: it is found sooner in that order than by an index
 * for the filter, all of which would have to be sorted. What lies in a range, such as the names with one beginning, can come
 * last in the order.
 */
export const canBeMany = ({ criteria: { filter, sort }, orders, within }: Source): boolean =>
  filter !== undefined &&
  sort !== undefined &&
  !within &&
  isIndexed(sort, orders ?? NONE) &&
  !hasRange(filter);

const NONE: ReadonlySet<string> = new Set();

function hasRange(filter: Filter): boolean {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.filters.some(hasRange);
    case "not":
      return hasRange(filter.filter);
    case "match":
      return filter.filter !== undefined && hasRange(filter.filter);
    case "compare":
      return filter.operator !== "eq" && filter.operator !== "ne";
    case "present":
      return false;
  }
}

const isIndexed = ({ field, collection }: Sort, orders: ReadonlySet<string>) =>
  collection === undefined && orders.has(field.path.join("."));

/** The name of an attribute, from the parts of its path joined by dots. */
const toName = (path: string) => `'${path.replace(/^(urn:.*)\.(\w+)$/, "$1:$2")}'`;

const nameOf = ({ field, collection }: Sort) => [...(collection?.path ?? []), ...field.path].join(".");

async function numberOf(session: Session, { text, bindings }: ReturnType<typeof countIn>): Promise<number> {
  return Number((await session.first<{ total: number | string }>(text, bindings))?.total);
}
