import type { ListFilter } from "../lists/filter-chip.tsx";
import type { ListRequest } from "../lists/load-all.ts";
import type { ListState } from "../lists/list-state.ts";
import { organizationFilter, teamFilter } from "../lists/lookups.ts";
import { all, compare, search } from "../scim/filter.ts";
import type { Filter } from "../scim/filter.ts";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Realm } from "../scim/resources.ts";
import { isProvider } from "../frame/realm.ts";
import { nameOfRole } from "./user-names.ts";

/** What an index finds a part of. */
const SEARCHED = ["userName", "displayName", "name.familyName", "name.givenName", "emails.value"];

/** What the rows show. */
const ATTRIBUTES = [
  ...["userName", "displayName", "name", "active", "roles"],
  ...["state", "memberships", "organizationRoles", "lastActiveAt"].map((name) => `${MEMBERSHIP}:${name}`),
].join();

const STATUS: ListFilter = {
  name: "status",
  label: "Status",
  values: [
    { value: "active", label: "Active" },
    { value: "inactive", label: "Inactive" },
    { value: "invited", label: "Not set up" },
  ],
};

const SOURCE: ListFilter = {
  name: "source",
  label: "Source",
  values: [
    { value: "scim", label: "Identity provider" },
    { value: "admin", label: "Administrator" },
    { value: "invitation", label: "Invitation" },
  ],
};

const roleFilter = (roles: readonly string[]): ListFilter => ({
  name: "role",
  label: "Role",
  values: roles.map((value) => ({ value, label: nameOfRole(value) })),
});

/** The filters that there are in a realm. */
export const userFilters = (realm: Realm): readonly ListFilter[] => [
  STATUS,
  roleFilter([
    ...(isProvider(realm) ? ["provider-admin"] : []),
    ...["organization-admin", "organization-billing-manager"],
  ]),
  ...(isProvider(realm) ? [organizationFilter] : []),
  ...[teamFilter, SOURCE],
];

export const USER_FILTER_NAMES = ["status", "role", "organization", "team", "source"];

const STATUS_FILTERS: Readonly<Record<string, string>> = {
  // Who has no password yet is shown as not set up.
  active: `active eq true and not (${MEMBERSHIP}:state eq "invited")`,
  inactive: "active eq false",
  // Rows show an inactive person as inactive, set up or not.
  invited: `active eq true and ${MEMBERSHIP}:state eq "invited"`,
};

function roleIs(role: string | undefined, realm: Realm): Filter {
  if (role === undefined) return undefined;
  // In the provider's realm, the roles in organizations are attributes of their own.
  const isElsewhere = isProvider(realm) && role.startsWith("organization-");
  return compare(isElsewhere ? `${MEMBERSHIP}:organizationRoles.value` : "roles.value", "eq", role);
}

function isIn(organization: string | undefined, team: string | undefined, realm: Realm): Filter {
  // In an organization's realm, the groups of a person are its teams.
  const ofTeams = isProvider(realm) ? `${MEMBERSHIP}:teams.value` : "groups.value";
  return all(
    organization === undefined ? undefined : compare("groups.value", "eq", organization),
    team === undefined ? undefined : compare(ofTeams, "eq", team),
  );
}

/** What acts on people need to know of each, and name in their results. */
export const ATTRIBUTES_FOR_ACTS = "userName,displayName,name";

/** What a list of people is asked for. */
export function userRequest(
  realmId: string,
  realm: Realm,
  { search: text, filters, sorting }: ListState,
): ListRequest {
  const { status, role, source, organization, team } = filters;
  const query = {
    filter: all(
      search(text, SEARCHED),
      status === undefined ? undefined : STATUS_FILTERS[status],
      roleIs(role, realm),
      isIn(organization, team, realm),
      source === undefined ? undefined : compare(`${MEMBERSHIP}:memberships.source`, "eq", source),
    ),
    sortBy: sorting?.by ?? "displayName",
    sortOrder: sorting?.isDescending ? "descending" : "ascending",
    attributes: ATTRIBUTES,
  } as const;
  return { realm: realmId, path: "Users", query };
}
