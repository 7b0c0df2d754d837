import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Filter } from "../scim/filter.ts";
import type { Resource } from "../scim/resources.ts";
import { scimIn } from "../server.ts";

/** What is chosen by its name. */
export interface Named {
  readonly id: string;
  readonly name: string;
  /** Tells it from others of that name. */
  readonly userName?: string;
}

interface Found extends Resource {
  readonly displayName?: string;
  readonly userName?: string;
}

/** How many are offered at a time; one goes on typing to find others. */
const OFFERED = 20;

/** Resources to choose from. @param path of their type */
export const namedQuery = (realm: string, path: string, filter: Filter) =>
  queryOptions({
    queryKey: [realm, path, "named", filter],
    queryFn: async ({ signal }): Promise<readonly Named[]> => {
      const query = { filter, attributes: "displayName,userName", sortBy: "displayName", count: OFFERED };
      const { Resources } = await scimIn(realm).list<Found>(path, query, signal);
      return Resources.map(({ id, displayName, userName }) => ({
        id,
        name: displayName ?? userName ?? id,
        userName,
      }));
    },
    placeholderData: keepPreviousData,
  });
