import type { Session } from "../../db/session.js";
import type { Page, Position, Range } from "../../domain/listing.js";
import { sectionsAfter } from "./keyset.js";
import { testingEach, waysTo } from "./search.js";
import type { Ways } from "./search.js";
import { packedNames, unpack } from "./packing.js";
import { canBeMany, requireSortable } from "./orders.js";
import { boundsOf, inOrderOfFilter } from "./times.js";
import { countIn, countUpTo, isCountKept, selectFrom, selectWhole, sortOf } from "./source.js";
import type { Keys, Restriction, Source } from "./source.js";

/** About how many bytes a row has without its long columns. */
const ROW_BYTES = 256;

/** How many matches are counted for a list by cursor, so that its first page costs the same however many there are. */
export const MOST_COUNTED = 20_000;

/**
 * Reads one page of a listing and the total number of matches, which is counted only when it does not follow from the
 * page, and in a range that starts at a position no further than a bound. Reads few more bytes than the range allows: the long columns of rows above an even share are read only once it is
 * known which rows are on the page.
 *
 * @param asked the tables that are listed together, all in the same order
 * @throws TooMuchWorkError for an order that no index serves, when there are too many resources to sort
 */
export async function readPage<Row>(
  session: Session,
  asked: readonly Source[],
  range: Range,
): Promise<Page<Row>> {
  const sources = asked.length === 1 ? asked.map(inOwnOrder) : asked;
  for (const source of sources) await requireSortable(session, source);
  const longest = Math.floor(range.maxBytes / Math.max(range.limit, 1));
  const ways = await waysTo(session, sources, range.start.type);
  const { items, ...page } =
    range.start.type === "offset"
      ? await readFromOffset<Row>(session, ways, range, range.start.offset, longest)
      : await readFromPosition<Row>(session, ways, range, range.start, longest);
  const bytes = items.reduce((sum, row) => sum + bytesOf(row), 0);
  return { ...page, items: await withLongColumns(session, sources, items, longest), bytes };
}

const inOwnOrder = (source: Source): Source => ({
  ...source,
  criteria: inOrderOfFilter(source.criteria, source.orders),
});

/** A page whose long columns have not been read yet. */
type ShortPage<Row> = Omit<Page<Row & Keys>, "bytes">;

async function readFromOffset<Row>(
  session: Session,
  { toRead: sources, toCount }: Ways,
  { limit, maxBytes }: Range,
  offset: number,
  longest: number,
): Promise<ShortPage<Row>> {
  const found: (Row & Keys)[] = [];
  const packed = packedNames(session.dialect, sources);
  // The offset of the page within the section that is read next.
  let begin = offset;
  let passed: Restriction | undefined;
  for (const { condition, order } of limit === 0 ? [] : sectionsOf(sources, undefined)) {
    if (found.length === limit) break;
    if (passed) begin = found.length > 0 ? 0 : Math.max(0, begin - (await count(session, toCount, passed)));
    passed = condition;
    const { text, bindings } = selectFrom(session.dialect, sources, longest, condition);
    const range = [limit - found.length, begin];
    const rows = await session.rows<Row & Keys>(`${text} order by ${order} limit ? offset ?`, [
      ...bindings,
      ...range,
    ]);
    found.push(...unpack(rows, packed));
  }
  const isLast = found.length < limit && (found.length > 0 || offset === 0);
  return {
    items: fitting(found, maxBytes),
    total: isLast ? offset + found.length : await count(session, toCount),
  };
}

/** With an index on the sorted attribute, the cost of a page does not depend on where it begins. */
async function readFromPosition<Row>(
  session: Session,
  { toRead, toCount }: Ways,
  { limit, maxBytes }: Range,
  start: { readonly after?: Position; readonly total?: number | undefined },
  longest: number,
): Promise<ShortPage<Row>> {
  const { after } = start;
  const isToCount = !after && start.total === undefined;
  const countsFirst = isToCount && limit > 0 && toRead.every(canBeMany);
  const total = countsFirst ? await countSome(session, toCount) : start.total;
  const areMany = total === undefined && (countsFirst || !isToCount);
  const sources = areMany ? toRead.map((each) => (canBeMany(each) ? testingEach(each) : each)) : toRead;
  const found: (Row & Keys)[] = [];
  const packed = packedNames(session.dialect, sources);
  // One more than the limit, to know whether there is a next page.
  const wanted = limit + 1;
  for (const { condition, order } of limit === 0 ? [] : sectionsOf(sources, after)) {
    if (found.length === wanted) break;
    const { text, bindings } = selectFrom(session.dialect, sources, longest, condition);
    const rows = await session.rows<Row & Keys>(`${text} order by ${order} limit ?`, [
      ...bindings,
      wanted - found.length,
    ]);
    found.push(...unpack(rows, packed));
  }
  const items = fitting(found.slice(0, limit), maxBytes);
  const last = items.at(-1);
  const isWhole = limit > 0 && found.length <= limit;
  const countsNow = isToCount && !countsFirst;
  // Who asks for no resources asks for their number.
  const counted = async () => (limit === 0 ? count(session, toCount) : countSome(session, toCount));
  return {
    items,
    total: countsNow ? (isWhole ? found.length : await counted()) : total,
    ...(last && found.length > items.length && { next: { value: last.page_value, id: last.page_id } }),
  };
}

const sectionsOf = (sources: readonly Source[], after: Position | undefined) =>
  sectionsAfter(
    sortOf(sources),
    after,
    sources.every(({ criteria }) => boundsOf(criteria) !== undefined),
  );

const bytesOf = ({ page_bytes }: Keys) => Number(page_bytes) + ROW_BYTES;

/** As many of the rows as fit, and at least one, so that a client that reads all pages reaches the end. */
function fitting<Row extends Keys>(rows: readonly Row[], maxBytes: number): Row[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += bytesOf(row);
    return index > 0 && bytes > maxBytes;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}

/** Reads rows again whose long columns are missing; rows that were deleted in the meantime are left out. */
async function withLongColumns<Row>(
  session: Session,
  sources: readonly Source[],
  rows: readonly (Row & Keys)[],
  longest: number,
): Promise<Row[]> {
  const source = sources.find(({ long }) => long !== undefined);
  const isLong = ({ page_bytes }: Keys) => Number(page_bytes) > longest;
  const ids = rows.filter(isLong).map(({ page_id }) => page_id);
  if (!source || ids.length === 0) return [...rows];
  const { text, bindings } = selectWhole(source, session.dialect.textItems, JSON.stringify(ids));
  const read = await session.rows<Row & Pick<Keys, "page_id">>(text, bindings);
  const whole = new Map<string, Row>(read.map((row) => [row.page_id, row]));
  return rows.flatMap((row) => (isLong(row) ? (whole.get(row.page_id) ?? []) : row));
}

async function count(
  session: Session,
  sources: readonly Source[],
  restriction?: Restriction,
): Promise<number> {
  const { text, bindings } = countIn(sources, restriction);
  const counted = await session.first<{ total: number | string }>(text, bindings);
  return Number(counted?.total ?? 0);
}

/** @returns undefined beyond as many as are counted, unless their number is kept */
async function countSome(session: Session, sources: readonly Source[]): Promise<number | undefined> {
  if (sources.every(isCountKept)) return count(session, sources);
  const { text, bindings } = countUpTo(sources, MOST_COUNTED);
  const counted = await session.first<{ total: number | string }>(text, bindings);
  const total = Number(counted?.total ?? 0);
  return total > MOST_COUNTED ? undefined : total;
}
