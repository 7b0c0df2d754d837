import type { Session } from "../../db/session.js";
import type { Page, Position, Range } from "../../domain/listing.js";
import { sectionsAfter } from "./keyset.js";
import { searched } from "./search.js";
import { countIn, selectFrom, selectWhole, sortOf } from "./source.js";
import type { Keys, Restriction, Source } from "./source.js";

/** About how many bytes a row has without its long columns. */
const ROW_BYTES = 256;

/**
 * Reads one page of a listing and the total number of matches, which is counted only when it does not follow from the
 * page. Reads few more bytes than the range allows: the long columns of rows above an even share are read only once it is
 * known which rows are on the page.
 *
 * @param sources the tables that are listed together, all in the same order
 */
export async function readPage<Row>(
  session: Session,
  sources: readonly Source[],
  range: Range,
): Promise<Page<Row>> {
  const longest = Math.floor(range.maxBytes / Math.max(range.limit, 1));
  const ways = await waysTo(session, sources);
  const { items, ...page } =
    range.start.type === "offset"
      ? await readFromOffset<Row>(session, ways, range, range.start.offset, longest)
      : await readFromPosition<Row>(session, ways, range, range.start, longest);
  const bytes = items.reduce((sum, row) => sum + bytesOf(row), 0);
  return { ...page, items: await withLongColumns(session, sources, items, longest), bytes };
}

/** The sources, as the rows of a page are read from them, and as all that match are counted. */
interface Ways {
  readonly toRead: readonly Source[];
  readonly toCount: readonly Source[];
}

/** Where a search finds many rows, a page is soon full without it; where it finds most, they are also counted without it. */
async function waysTo(session: Session, sources: readonly Source[]): Promise<Ways> {
  const toRead: Source[] = [];
  const toCount: Source[] = [];
  for (const source of sources) {
    const found = await searched(session, source);
    const within = found ? { ...source, within: found.ids } : source;
    toRead.push(found?.areMany ? source : within);
    toCount.push(found?.areMost ? source : within);
  }
  return { toRead, toCount };
}

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
  // The offset of the page within the section that is read next.
  let begin = offset;
  let passed: Restriction | undefined;
  for (const { condition, order } of limit === 0 ? [] : sectionsAfter(sortOf(sources), undefined)) {
    if (found.length === limit) break;
    if (passed) begin = found.length > 0 ? 0 : Math.max(0, begin - (await count(session, toCount, passed)));
    passed = condition;
    const { text, bindings } = selectFrom(sources, longest, condition);
    const range = [limit - found.length, begin];
    found.push(
      ...(await session.rows<Row & Keys>(`${text} order by ${order} limit ? offset ?`, [
        ...bindings,
        ...range,
      ])),
    );
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
  { toRead: sources, toCount }: Ways,
  { limit, maxBytes }: Range,
  { after, total }: { readonly after?: Position; readonly total?: number },
  longest: number,
): Promise<ShortPage<Row>> {
  const found: (Row & Keys)[] = [];
  // One more than the limit, to know whether there is a next page.
  const wanted = limit + 1;
  for (const { condition, order } of limit === 0 ? [] : sectionsAfter(sortOf(sources), after)) {
    if (found.length === wanted) break;
    const { text, bindings } = selectFrom(sources, longest, condition);
    const rows = await session.rows<Row & Keys>(`${text} order by ${order} limit ?`, [
      ...bindings,
      wanted - found.length,
    ]);
    found.push(...rows);
  }
  const items = fitting(found.slice(0, limit), maxBytes);
  const last = items.at(-1);
  const isWhole = !after && limit > 0 && found.length <= limit;
  return {
    items,
    total: total ?? (isWhole ? found.length : await count(session, toCount)),
    ...(last && found.length > items.length && { next: { value: last.page_value, id: last.page_id } }),
  };
}

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
