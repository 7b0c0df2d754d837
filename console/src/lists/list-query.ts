import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { scimIn } from "../server.ts";
import type { Query } from "../scim/client.ts";
import type { List } from "../scim/resources.ts";

/** How many rows come at a time. */
const ROWS = 100;

/**
 * A list of the server, portion by portion: each begins at the cursor of the one before it (RFC 9865).
 *
 * @param complete adds to rows what the list does not tell, before they show
 */
export const listQuery = <T>(
  realm: string,
  path: string,
  query: Omit<Query, "cursor" | "count">,
  complete?: (rows: readonly T[], signal: AbortSignal) => Promise<readonly T[]>,
) =>
  infiniteQueryOptions({
    queryKey: [realm, path, "list", query],
    queryFn: async ({ pageParam, signal }) => {
      const page = await scimIn(realm).list<T>(path, { ...query, count: ROWS, cursor: pageParam }, signal);
      return complete ? { ...page, Resources: await complete(page.Resources, signal) } : page;
    },
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }: List<T>) => nextCursor,
    // What was there stays until the next list comes, so that nothing jumps.
    placeholderData: keepPreviousData,
  });
