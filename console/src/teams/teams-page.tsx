import { isProvider, may, useRealm } from "../frame/realm.ts";
import { ListPage } from "../lists/list-page.tsx";
import { listQuery } from "../lists/list-query.ts";
import { useListState } from "../lists/list-state.ts";
import { organizationFilter } from "../lists/lookups.ts";
import { RowName } from "../lists/row-name.tsx";
import { all, compare, search } from "../scim/filter.ts";
import type { Realm, Team } from "../scim/resources.ts";
import { LinkButton } from "../ui/link-button.tsx";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { nameOfRole } from "../users/user-names.ts";

const count = new Intl.NumberFormat();

/** Without the members, of whom there may be many. */
const ATTRIBUTES = "displayName,description,externalId,organization,roles,memberCount,meta";

const NAME: Column<Team> = {
  id: "displayName",
  header: "Name",
  enableSorting: true,
  meta: { isEssential: true },
  cell: ({ row: { original } }) => (
    <RowName id={original.id} name={original.displayName} below={original.description} />
  ),
};

const ORGANIZATION: Column<Team> = {
  id: "organization.display",
  header: "Organization",
  enableSorting: true,
  cell: ({ row }) => <bdi>{row.original.organization.display}</bdi>,
};

const OTHERS: readonly Column<Team>[] = [
  {
    id: "roles",
    header: "Gives the roles",
    cell: ({ row }) => (row.original.roles ?? []).map(({ value = "" }) => nameOfRole(value)).join(", "),
  },
  {
    id: "memberCount",
    header: "Members",
    enableSorting: true,
    meta: { width: 112, isEssential: true },
    cell: ({ row }) => count.format(row.original.memberCount ?? 0),
  },
  {
    id: "meta.created",
    header: "Created",
    enableSorting: true,
    meta: { width: 128 },
    cell: ({ row }) => <Time value={row.original.meta.created} />,
  },
];

const IN_PROVIDER = [NAME, ORGANIZATION, ...OTHERS];
const IN_ORGANIZATION = [NAME, ...OTHERS];

const columnsIn = (realm: Realm) => (isProvider(realm) ? IN_PROVIDER : IN_ORGANIZATION);
const FILTER_NAMES = ["organization"];

/** The teams of the realm: all of an organization, or those of all organizations. */
export function TeamsPage() {
  const { id, realm } = useRealm();
  const [state, changes] = useListState(FILTER_NAMES);
  const { sorting, filters } = state;
  const { organization } = filters;
  return (
    <ListPage
      title="Teams"
      query={listQuery<Team>(id, "Teams", {
        filter: all(
          search(state.search, ["displayName", "description"]),
          organization === undefined ? undefined : compare("organization.value", "eq", organization),
        ),
        sortBy: sorting?.by ?? "displayName",
        sortOrder: sorting?.isDescending ? "descending" : "ascending",
        attributes: ATTRIBUTES,
      })}
      state={state}
      changes={changes}
      searchLabel="Search by name"
      filters={isProvider(realm) ? [organizationFilter] : []}
      columns={columnsIn(realm)}
      buttons={
        may(realm, "create Teams") && (
          <LinkButton kind="primary" to={{ pathname: "create", search: location.search }}>
            Create team
          </LinkButton>
        )
      }
      emptyText="Teams appear here when an identity provider pushes groups, or an administrator creates them."
    />
  );
}
