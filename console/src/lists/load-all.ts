import { scimIn } from "../server.ts";
import type { Query } from "../scim/client.ts";
import type { List } from "../scim/resources.ts";

/** How many rows come at a time. */
const ROWS = 1000;

/** How many one can act on at once; with more, the search has to be narrowed. */
export const MOST_AT_ONCE = 20_000;

/** What a list is asked for. */
export interface ListRequest {
  readonly realm: string;
  readonly path: string;
  readonly query: Omit<Query, "cursor" | "count">;
}

/**
 * All that match, portion by portion; of each, as little as an act on it needs.
 *
 * @param attributes what is known of each
 * @param onProgress is told how many there are so far
 * @throws DOMException when the signal ends it
 */
export async function loadAll<T>(
  { realm, path, query }: ListRequest,
  attributes: string,
  onProgress: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const scim = scimIn(realm);
  const all: T[] = [];
  let cursor: string | undefined = "";
  while (cursor !== undefined && all.length < MOST_AT_ONCE) {
    const page: List<T> = await scim.list<T>(path, { ...query, attributes, count: ROWS, cursor }, signal);
    // The answer may have been there already.
    signal.throwIfAborted();
    all.push(...page.Resources);
    onProgress(all.length);
    cursor = page.nextCursor;
  }
  return all.slice(0, MOST_AT_ONCE);
}
