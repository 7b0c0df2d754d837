import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../domain/limits/page-size.js";
import type { Page, Range } from "../../domain/listing.js";
import type { ScimContext } from "../context.js";
import { invalidCount, invalidValue } from "../errors.js";
import type { Query } from "./query.js";

/** The attributes of a ListResponse besides its resources (RFC 7644 section 3.4.2, RFC 9865 section 2). */
export interface ListHeader {
  /** Absent, in pages by cursor, when more match than are counted (RFC 9865 section 2). */
  readonly totalResults?: number;
  /** Only for pages by index. */
  readonly startIndex?: number;
  /** How many resources this page has. */
  readonly itemsPerPage: number;
  /** Only for pages by cursor, and not for the last one. */
  readonly nextCursor?: string;
}

/** The paging of one request: what to read, and the attributes of the ListResponse. */
export interface Paging {
  readonly range: Range;
  readonly header: (page: Page<unknown>) => ListHeader;
}

/**
 * Reads the paging parameters of a query: by index (RFC 7644 section 3.4.2.4) or, with a `cursor`, even an empty one, by
 * cursor (RFC 9865).
 *
 * @param endpoint identifies the list; a cursor is valid for one list only
 * @param maxCount how many resources a page can have
 * @throws ScimError 400 `invalidCursor`, `expiredCursor`, `invalidCount`, or `invalidValue` for both ways at once
 */
export function readPaging(
  context: ScimContext,
  endpoint: string,
  query: Query,
  maxCount = MAX_PAGE_SIZE,
): Paging {
  return query.cursor === undefined
    ? byIndex(context, query, maxCount)
    : byCursor(context, endpoint, { ...query, cursor: query.cursor }, maxCount);
}

function byIndex({ pageMemory }: ScimContext, query: Query, maxCount: number): Paging {
  const startIndex = startIndexOf(query);
  const limit = Math.min(Math.max(query.count ?? DEFAULT_PAGE_SIZE, 0), maxCount);
  return {
    range: { limit, maxBytes: pageMemory.pageBytes, start: { type: "offset", offset: startIndex - 1 } },
    header: (page) => ({ ...totalOf(page), startIndex, itemsPerPage: page.items.length }),
  };
}

function byCursor(
  { cursors, principal, pageMemory }: ScimContext,
  endpoint: string,
  query: Query & { readonly cursor: string },
  maxCount: number,
): Paging {
  if (startIndexOf(query) > 1) throw invalidValue("Send either 'startIndex' or 'cursor', not both");
  const { cursor, filter, sortBy, sortOrder } = query;
  const use = JSON.stringify([principal.realm, endpoint, filter, sortBy, sortOrder]);
  const state = cursor === "" ? undefined : cursors.open(cursor, use);
  const count = countOf(query, state?.count, maxCount);
  return {
    range: {
      limit: count,
      maxBytes: pageMemory.pageBytes,
      start: { type: "position", ...(state && { after: state.after, total: state.total }) },
    },
    header: ({ total, items, next }) => ({
      ...totalOf({ total }),
      itemsPerPage: items.length,
      ...(next && { nextCursor: cursors.seal({ after: next, total, count }, use) }),
    }),
  };
}

const totalOf = ({ total }: Pick<Page<unknown>, "total">) => total !== undefined && { totalResults: total };

/** All pages of a list by cursor have the same length (RFC 9865 section 2.1). */
function countOf({ count }: Query, agreed: number | undefined, maxCount: number): number {
  // A page of ids is larger than those of resources that its cursor could be sent for.
  if ((count ?? agreed ?? 0) > maxCount) throw invalidCount(`'count' can be at most ${maxCount}`);
  const asked = count === undefined ? undefined : Math.max(count, 0);
  if (agreed !== undefined && asked !== undefined && asked !== agreed) {
    throw invalidCount(`'count' was ${agreed} on the previous pages; send the same value`);
  }
  return asked ?? agreed ?? DEFAULT_PAGE_SIZE;
}

/** Values below 1 count as 1. */
const startIndexOf = (query: Query) => Math.max(query.startIndex ?? 1, 1);
