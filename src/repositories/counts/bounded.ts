import type { Session } from "../../db/session.js";
import type { Count } from "../../domain/counts/counts.js";
import { MOST_COUNTED } from "../listing/page.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

/** How many rows one count reads at most, so that it takes about 2 ms however many there are. */
export const BOUND = MOST_COUNTED;

/** How many of the largest organizations and teams are told. */
export const LARGEST = 100;

/** The SQL of rows, no more than one beyond a bound. @param rows after `select 1` */
const atMost = (rows: Sql, bound: number) =>
  sql(`(select 1 ${rows.text} limit ${bound + 1}) counted`, ...rows.bindings);

/** What a count says that read no more than one row beyond a bound. */
export const countOf = (value: string, found: number | string, bound = BOUND): Count => ({
  value,
  count: Math.min(Number(found), bound),
  atLeast: Number(found) > bound,
});

/** What is counted: the SQL of its rows after `select 1`, and a bound of its own. */
export type Counted = Readonly<Record<string, Sql & { readonly bound?: number }>>;

/** Counts several things in one statement. */
export async function countAll(session: Session, counted: Counted): Promise<Map<string, Count>> {
  const parts = Object.values(counted).map((rows) => atMost(rows, rows.bound ?? BOUND));
  const row = await session.first<Record<string, number | string>>(
    `select ${parts.map(({ text }, index) => `(select count(*) from ${text}) as counted_${index}`).join(", ")}`,
    parts.flatMap(({ bindings }) => bindings),
  );
  return new Map(
    Object.entries(counted).map(([value, { bound }], index) => [
      value,
      countOf(value, row?.[`counted_${index}`] ?? 0, bound),
    ]),
  );
}

/** The rest of a total; at least nothing, where either is not exact. */
export function rest(value: string, total: Count, others: readonly Count[]): Count {
  const isExact = [total, ...others].every(({ atLeast }) => !atLeast);
  const known = others.reduce((sum, { count }) => sum + count, 0);
  // A count read a moment later can be larger.
  return {
    value,
    count: others.some(({ atLeast }) => atLeast) ? 0 : Math.max(0, total.count - known),
    atLeast: !isExact,
  };
}
