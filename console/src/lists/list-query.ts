import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { scimIn } from "../server.ts";
import type { Query } from "../scim/client.ts";
import type { List } from "../scim/resources.ts";

/** How many rows come at a time. */
const ROWS = 100;

/** A list of the server, portion by portion: each begins at the cursor of the one before it (RFC 9865). */
export const listQuery = <T>(realm: string, path: string, query: Omit<Query, "cursor" | "count">) =>
  infiniteQueryOptions({
    queryKey: [realm, path, "list", query],
    queryFn: ({ pageParam, signal }) =>
      scimIn(realm).list<T>(path, { ...query, count: ROWS, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }: List<T>) => nextCursor,
    // What was there stays until the next list comes, so that nothing jumps.
    placeholderData: keepPreviousData,
  });
