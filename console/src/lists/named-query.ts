import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Filter } from "../scim/filter.ts";
import type { Reference, Resource } from "../scim/resources.ts";
import { scimIn } from "../server.ts";

/** What is chosen by its name. */
export interface Named {
  readonly id: string;
  readonly name: string;
  /** Tells it from others of that name. */
  readonly userName?: string;
  /** The name of the organization that it is in. */
  readonly organization?: string;
}

/** What has a name, as the server answers it. */
export interface NamedResource extends Resource {
  readonly displayName?: string;
  readonly userName?: string;
  readonly organization?: Reference;
}

export const namedOf = ({ id, displayName, userName, organization }: NamedResource): Named => ({
  id,
  name: displayName ?? userName ?? id,
  userName,
  organization: organization?.display,
});

/** How many are offered at a time; one goes on typing to find others. */
const OFFERED = 20;

/** Resources to choose from. @param path of their type */
export const namedQuery = (
  realm: string,
  path: string,
  filter: Filter,
  attributes = "displayName,userName",
) =>
  queryOptions({
    queryKey: [realm, path, "named", filter, attributes],
    queryFn: async ({ signal }): Promise<readonly Named[]> => {
      const query = { filter, attributes, sortBy: "displayName", count: OFFERED };
      const { Resources } = await scimIn(realm).list<NamedResource>(path, query, signal);
      return Resources.map(namedOf);
    },
    // What was there stays while the next comes.
    placeholderData: keepPreviousData,
  });
