import { isProvider } from "../frame/realm.ts";
import type { ListFilter } from "../lists/filter-chip.tsx";
import { listQuery } from "../lists/list-query.ts";
import type { ListState } from "../lists/list-state.ts";
import { organizationFilter } from "../lists/lookups.ts";
import { all, compare, search } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import type { Realm } from "../scim/resources.ts";
import type { AccessToken } from "./access-token.ts";

const FILTERS: readonly ListFilter[] = [
  {
    name: "owner",
    label: "Owner",
    values: [
      { value: "machine", label: "A machine" },
      { value: "person", label: "A person" },
    ],
  },
  {
    name: "status",
    label: "Status",
    values: [
      { value: "valid", label: "Valid" },
      { value: "orphaned", label: "Orphaned" },
      { value: "expired", label: "Expired" },
    ],
  },
  {
    name: "rights",
    label: "Rights",
    values: [
      { value: "read", label: "Read only" },
      { value: "write", label: "Read and write" },
    ],
  },
];

/** The filters that there are in a realm. */
export const tokenFilters = (realm: Realm): readonly ListFilter[] =>
  isProvider(realm) ? [...FILTERS, organizationFilter] : FILTERS;

export const TOKEN_FILTER_NAMES = ["owner", "status", "rights", "organization"];

/** Tokens whose maker lost the power to make them, and which can still be used. */
export const ORPHANED = "orphaned eq true";

/** @param now ISO 8601 */
function statusIs(status: string | undefined, now: string): Filter {
  if (status === "orphaned") return ORPHANED;
  if (status === "expired") return `expiresAt le "${now}"`;
  return status === "valid" ? `orphaned eq false and not (expiresAt le "${now}")` : undefined;
}

const OWNERS: Readonly<Record<string, string>> = { machine: "not (user pr)", person: "user pr" };
const RIGHTS: Readonly<Record<string, string>> = { read: "readOnly eq true", write: "readOnly eq false" };

/** The query for the tokens that a list shows. @param now when it was opened; ISO 8601 */
export function tokenQuery(realmId: string, { search: text, filters, sorting }: ListState, now: string) {
  const { owner, status, rights, organization } = filters;
  return listQuery<AccessToken>(realmId, "AccessTokens", {
    filter: all(
      search(text, ["name", "user.display"]),
      owner === undefined ? undefined : OWNERS[owner],
      statusIs(status, now),
      rights === undefined ? undefined : RIGHTS[rights],
      organization === undefined ? undefined : compare("organization.value", "eq", organization),
    ),
    sortBy: sorting?.by ?? "name",
    sortOrder: sorting?.isDescending ? "descending" : "ascending",
  });
}
