import type { Session } from "../../db/session.js";
import type { Page, Position, Range } from "../../domain/listing.js";
import { stretchesAfter } from "./keyset.js";
import { countIn, selectFrom, sortOf } from "./source.js";
import type { Keys, Restriction, Source } from "./source.js";

/**
 * Reads one page of a listing and says how many match in all; it counts only when the page itself does not
 * tell.
 *
 * @param sources the tables that are listed together; all of them in the same order
 */
export function readPage<Row>(
  session: Session,
  sources: readonly Source[],
  { start, limit }: Range,
): Promise<Page<Row>> {
  return start.type === "offset"
    ? readFromOffset<Row>(session, sources, start.offset, limit)
    : readFromPosition<Row>(session, sources, start, limit);
}

async function readFromOffset<Row>(
  session: Session,
  sources: readonly Source[],
  offset: number,
  limit: number,
): Promise<Page<Row>> {
  const items: Row[] = [];
  // Where the page begins among the rows of the stretch that is read.
  let begin = offset;
  let passed: Restriction | undefined;
  for (const { condition, order } of limit === 0 ? [] : stretchesAfter(sortOf(sources), undefined)) {
    if (items.length === limit) break;
    if (passed) begin = items.length > 0 ? 0 : Math.max(0, begin - (await count(session, sources, passed)));
    passed = condition;
    const { text, bindings } = selectFrom(sources, condition);
    const range = [limit - items.length, begin];
    items.push(
      ...(await session.rows<Row>(`${text} order by ${order} limit ? offset ?`, [...bindings, ...range])),
    );
  }
  const isLast = items.length < limit && (items.length > 0 || offset === 0);
  return { items, total: isLast ? offset + items.length : await count(session, sources) };
}

/** The cost of a page is the same wherever it begins, given an index on what the listing is sorted by. */
async function readFromPosition<Row>(
  session: Session,
  sources: readonly Source[],
  { after, total }: { readonly after?: Position; readonly total?: number },
  limit: number,
): Promise<Page<Row>> {
  const found: (Row & Keys)[] = [];
  // One more than wanted, to know whether there is a next page.
  const wanted = limit + 1;
  for (const { condition, order } of limit === 0 ? [] : stretchesAfter(sortOf(sources), after)) {
    if (found.length === wanted) break;
    const { text, bindings } = selectFrom(sources, condition);
    const rows = await session.rows<Row & Keys>(`${text} order by ${order} limit ?`, [
      ...bindings,
      wanted - found.length,
    ]);
    found.push(...rows);
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const isWhole = !after && limit > 0 && found.length <= limit;
  return {
    items,
    total: total ?? (isWhole ? items.length : await count(session, sources)),
    ...(last && found.length > limit && { next: { value: last.page_value, id: last.page_id } }),
  };
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
