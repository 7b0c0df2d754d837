import type { Session } from "../../db/session.js";
import type { Filter, Range } from "../../domain/listing.js";
import { foldCase, isStorable } from "../../domain/values/text.js";
import type { SearchIndex } from "./fields.js";
import { countIn } from "./source.js";
import type { Source } from "./source.js";
import { sql } from "./sql.js";
import type { Sql } from "./sql.js";

/** The shortest text that the index finds. */
export const MIN_LENGTH = 3;

/** Of so many rows, each is looked at; for more, a page is found faster by reading rows in the order of the page. */
const MANY = 20_000;

/** To count a row that the index finds takes as long as to count so many rows in their order. */
const COST = 6;

/** What an index finds for a filter: all rows that match, and some that do not. */
interface Found {
  /** Selects the ids of the rows. */
  readonly ids: Sql;
  readonly areMany: boolean;
  /** Whether they are so large a part of all rows that it takes less time to count without the index. */
  readonly areMost: boolean;
}

/** The sources, as the rows of a page are read from them, and as all that match are counted. */
export interface Ways {
  readonly toRead: readonly Source[];
  readonly toCount: readonly Source[];
}

/**
 * Where a search finds many rows, a page is soon full without it; where it finds most, they are also counted without it.
 *
 * @param start from a position, counting ends at a bound
 */
export async function waysTo(
  session: Session,
  sources: readonly Source[],
  start: Range["start"]["type"],
): Promise<Ways> {
  const toRead: Source[] = [];
  const toCount: Source[] = [];
  for (const source of sources) {
    const found = await searched(session, source);
    const within = found ? { ...source, within: found.ids } : source;
    toRead.push(found?.areMany ? testingEach(source) : within);
    // Counting from a position ends at a bound, which is reached soon.
    toCount.push(found?.areMost ? (start === "position" ? testingEach(source) : source) : within);
  }
  return { toRead, toCount };
}

/** A source whose rows are tested one after the other, in the order of a list, since many match. */
export const testingEach = (source: Source): Source => ({ ...source, testsEach: true });

/** @returns which rows of a source an index finds; undefined when the filter cannot be searched for by the index */
export async function searched(session: Session, source: Source): Promise<Found | undefined> {
  const { index, criteria } = source;
  if (!index || !criteria.filter) return undefined;
  const terms = termsOf(criteria.filter, index, "");
  if (!terms?.some(({ isPart }) => isPart)) return undefined;
  const ids = unionOf([...new Set(terms.map(({ text }) => text))].map(index.find));
  if (!(await areMoreThan(session, ids, MANY))) return { ids, areMany: false, areMost: false };
  const all = countIn([{ ...source, criteria: {} }]);
  const { total } = (await session.first<{ total: number | string }>(all.text, all.bindings)) ?? { total: 0 };
  const part = Math.floor(Number(total) / COST);
  return { ids, areMany: true, areMost: part <= MANY || (await areMoreThan(session, ids, part)) };
}

async function areMoreThan(session: Session, ids: Sql, limit: number): Promise<boolean> {
  // Not ordered, so that the index is read no further than that.
  const counted = await session.first<{ found: number | string }>(
    `select count(*) as found from (select 1 from (${ids.text}) found limit ${limit + 1}) found`,
    ids.bindings,
  );
  return Number(counted?.found) > limit;
}

const unionOf = (parts: readonly Sql[]): Sql =>
  sql(parts.map(({ text }) => text).join(" union all "), ...parts.flatMap(({ bindings }) => bindings));

/** A text that a row has in one of the fields. */
interface Term {
  readonly text: string;
  /** Whether it may stand anywhere in the field, so that no other index helps. */
  readonly isPart: boolean;
}

/** @returns texts of which each row that matches has one; undefined when rows can match that have none */
function termsOf(filter: Filter, index: SearchIndex, prefix: string): readonly Term[] | undefined {
  switch (filter.type) {
    case "or": {
      const branches = filter.filters.map((each) => termsOf(each, index, prefix));
      return branches.every((each) => each !== undefined) ? branches.flat() : undefined;
    }
    case "and":
      // The fewest texts, and of those the longest, find the fewest rows.
      return filter.filters
        .map((each) => termsOf(each, index, prefix))
        .filter((each) => each !== undefined)
        .sort((one, other) => one.length - other.length || lengthOf(other) - lengthOf(one))[0];
    case "compare":
      return termOf(filter, index, prefix);
    case "match":
      return filter.filter && termsOf(filter.filter, index, `${filter.collection.path.join(".")}.`);
    default:
      return undefined;
  }
}

const lengthOf = (terms: readonly Term[]) => Math.min(...terms.map(({ text }) => text.length));

function termOf(
  { field, operator, value }: Extract<Filter, { type: "compare" }>,
  { fields }: SearchIndex,
  prefix: string,
): readonly Term[] | undefined {
  if (typeof value !== "string" || !["co", "ew", "sw", "eq"].includes(operator)) return undefined;
  if (!fields.has(prefix + field.path.join("."))) return undefined;
  const text = foldCase(value);
  if (!isStorable(text) || Array.from(text).length < MIN_LENGTH) return undefined;
  return [{ text, isPart: operator === "co" || operator === "ew" }];
}
