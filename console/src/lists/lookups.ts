import { queryOptions } from "@tanstack/react-query";
import { scimIn } from "../server.ts";
import { search } from "../scim/filter.ts";
import { namedOf, namedQuery } from "./named-query.ts";
import type { NamedResource } from "./named-query.ts";

/** Where something is found by a part of its name, of which there may be thousands. */
export interface Lookup {
  /** The path of the resource type. */
  readonly path: string;
  /** What is looked for: 'organization'. */
  readonly noun: string;
  /** Whether it has an organization, which tells those of the same name apart. */
  readonly isInOrganization?: boolean;
}

/** A filter by something that is looked up by its name. */
export interface LookupFilter {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  readonly lookup: Lookup;
}

const ORGANIZATIONS: Lookup = { path: "Groups", noun: "organization" };

/** By the organization; in the provider's realm. */
export const organizationFilter: LookupFilter = {
  name: "organization",
  label: "Organization",
  lookup: ORGANIZATIONS,
};

/** By the team; everywhere. */
export const teamFilter: LookupFilter = {
  name: "team",
  label: "Team",
  lookup: { path: "Teams", noun: "team", isInOrganization: true },
};

const attributesOf = ({ isInOrganization = false }: Lookup) =>
  isInOrganization ? "displayName,organization" : "displayName";

/** Those whose name has what was typed. */
export const lookupQuery = (realm: string, lookup: Lookup, text: string) =>
  namedQuery(realm, lookup.path, search(text, ["displayName"]), attributesOf(lookup));

/** What one of them is called. @param id undefined: nothing is asked for */
export const lookupNameQuery = (realm: string, lookup: Lookup, id: string | undefined) =>
  queryOptions({
    queryKey: [realm, lookup.path, "name", id],
    queryFn: async ({ signal }) => {
      const attributes = attributesOf(lookup);
      return namedOf(await scimIn(realm).get<NamedResource>(`${lookup.path}/${id}`, { attributes }, signal));
    },
    enabled: id !== undefined,
  });
