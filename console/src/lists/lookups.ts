import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { scimIn } from "../server.ts";
import { search } from "../scim/filter.ts";
import type { Reference, Resource } from "../scim/resources.ts";

/** How many are offered; more are found by typing. */
const OFFERED = 20;

/** Where something is found by a part of its name, of which there may be thousands. */
export interface Lookup {
  /** The path of the resource type. */
  readonly path: string;
  /** What is looked for: 'organization'. */
  readonly noun: string;
  /** Whether it has an organization, which tells those of the same name apart. */
  readonly isInOrganization?: boolean;
}

/** What was found. */
export interface Found extends Reference {
  /** The name of the organization. */
  readonly organization?: string;
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

interface Named extends Resource {
  readonly displayName: string;
  readonly organization?: Reference;
}

const toFound = ({ id, displayName, organization }: Named): Found => ({
  value: id,
  display: displayName,
  organization: organization?.display,
});

const attributesOf = ({ isInOrganization = false }: Lookup) =>
  isInOrganization ? "displayName,organization" : "displayName";

/** Those whose name has what was typed. */
export const lookupQuery = (realm: string, lookup: Lookup, text: string) =>
  queryOptions({
    queryKey: [realm, lookup.path, "lookup", text],
    queryFn: async ({ signal }) => {
      const { Resources } = await scimIn(realm).list<Named>(
        lookup.path,
        {
          filter: search(text, ["displayName"]),
          ...{ sortBy: "displayName", attributes: attributesOf(lookup), count: OFFERED },
        },
        signal,
      );
      return Resources.map(toFound);
    },
    // What was there stays while the next comes.
    placeholderData: keepPreviousData,
  });

/** What one of them is called. @param id undefined: nothing is asked for */
export const lookupNameQuery = (realm: string, lookup: Lookup, id: string | undefined) =>
  queryOptions({
    queryKey: [realm, lookup.path, "name", id],
    queryFn: async ({ signal }) => {
      const attributes = attributesOf(lookup);
      return toFound(await scimIn(realm).get<Named>(`${lookup.path}/${id}`, { attributes }, signal));
    },
    enabled: id !== undefined,
  });
