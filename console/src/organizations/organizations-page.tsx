import { may, useRealm } from "../frame/realm.ts";
import { ListPage } from "../lists/list-page.tsx";
import { listQuery } from "../lists/list-query.ts";
import { useListState } from "../lists/list-state.ts";
import { RowName } from "../lists/row-name.tsx";
import { search } from "../scim/filter.ts";
import { ORGANIZATION } from "../scim/resources.ts";
import type { Group } from "../scim/resources.ts";
import { LinkButton } from "../ui/link-button.tsx";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";

const count = new Intl.NumberFormat();

/** Without the members, of which there may be a hundred thousand. */
const ATTRIBUTES = `displayName,externalId,meta,${ORGANIZATION}:description,${ORGANIZATION}:memberCount`;

const COLUMNS: readonly Column<Group>[] = [
  {
    id: "displayName",
    header: "Name",
    enableSorting: true,
    meta: { isEssential: true },
    cell: ({ row: { original } }) => <RowName id={original.id} name={original.displayName} />,
  },
  {
    id: "description",
    header: "Description",
    cell: ({ row }) => <bdi>{row.original[ORGANIZATION]?.description}</bdi>,
  },
  {
    id: "members",
    header: "Members",
    meta: { width: 112, isEssential: true },
    cell: ({ row }) => count.format(row.original[ORGANIZATION]?.memberCount ?? 0),
  },
  {
    id: "created",
    header: "Created",
    meta: { width: 136 },
    cell: ({ row }) => <Time value={row.original.meta.created} />,
  },
];

const NO_FILTERS: readonly string[] = [];

/** The organizations of the provider. */
export function OrganizationsPage() {
  const { id, realm } = useRealm();
  const [state, changes] = useListState(NO_FILTERS);
  const { sorting } = state;
  return (
    <ListPage
      title="Organizations"
      query={listQuery<Group>(id, "Groups", {
        filter: search(state.search, ["displayName"]),
        sortBy: sorting?.by ?? "displayName",
        sortOrder: sorting?.isDescending ? "descending" : "ascending",
        attributes: ATTRIBUTES,
      })}
      state={state}
      changes={changes}
      searchLabel="Search by name"
      filters={[]}
      columns={COLUMNS}
      buttons={
        may(realm, "create Groups") && (
          <LinkButton kind="primary" to={{ pathname: "create", search: location.search }}>
            Create organization
          </LinkButton>
        )
      }
      emptyText="Organizations appear here when an identity provider or an administrator creates them."
    />
  );
}
