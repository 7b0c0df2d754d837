import type { Session } from "../../db/session.js";
import { TooMuchWorkError } from "../../domain/errors.js";
import type { Filter, Sort } from "../../domain/listing.js";
import { countIn, countUpTo } from "./source.js";
import type { Source } from "./source.js";

/** Of more resources than this, a list comes in the order of an index alone. */
export const MOST_SORTED = 200_000;

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
