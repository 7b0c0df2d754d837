import { useRealm } from "../frame/realm.ts";
import { ListPage } from "../lists/list-page.tsx";
import { useListState } from "../lists/list-state.ts";
import { userColumns } from "./user-columns.tsx";
import { USER_FILTER_NAMES, userFilters, userQuery } from "./user-list.ts";
import { nameOf } from "./user-names.ts";

/** The people of the realm. */
export function UsersPage() {
  const { id, realm } = useRealm();
  const [state, changes] = useListState(USER_FILTER_NAMES);
  return (
    <ListPage
      title="Users"
      query={userQuery(id, realm, state)}
      state={state}
      changes={changes}
      searchLabel="Search by name or address"
      filters={userFilters(realm)}
      columns={userColumns(realm)}
      nameOf={nameOf}
      emptyText="People appear here when an identity provider, an administrator or an invitation adds them."
    />
  );
}
