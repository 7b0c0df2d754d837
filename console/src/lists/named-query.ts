import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { all, search } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import type { Resource } from "../scim/resources.ts";
import { scimIn } from "../server.ts";

/** What has a name. */
export interface Named extends Resource {
  readonly displayName: string;
  readonly userName?: string;
}

/** How many are offered at a time; one goes on typing to find others. */
const OFFERED = 20;

/**
 * Resources to choose from, by a part of their names.
 *
 * @param searched the attributes that are searched
 * @param also what they have to fulfil besides
 */
export const namedQuery = (
  realm: string,
  path: string,
  text: string,
  {
    searched = ["displayName"],
    also,
  }: { readonly searched?: readonly string[]; readonly also?: Filter } = {},
) =>
  queryOptions({
    queryKey: [realm, path, "named", text, searched, also],
    queryFn: async ({ signal }) => {
      const found = await scimIn(realm).list<Named>(
        path,
        {
          filter: all(search(text, searched), also),
          attributes: "displayName,userName",
          sortBy: "displayName",
          count: OFFERED,
        },
        signal,
      );
      return found.Resources;
    },
    placeholderData: keepPreviousData,
  });
