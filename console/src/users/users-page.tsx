import { Trash2, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useLocation } from "react-router";
import { nameOfRealm } from "../frame/realm-name.ts";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { realmOf, useSession } from "../frame/use-session.ts";
import { ListPage } from "../lists/list-page.tsx";
import { useListState } from "../lists/list-state.ts";
import type { User } from "../scim/resources.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import type { Column, Ticked } from "../ui/table.tsx";
import { RemovalNotice } from "./removal-result.tsx";
import { askToRemove, nameOfRemoval } from "./removal.tsx";
import type { RemovalResult } from "./removal.tsx";
import { userColumns } from "./user-columns.tsx";
import { USER_FILTER_NAMES, userFilters, userQuery } from "./user-list.ts";
import { nameOf } from "./user-names.ts";
import styles from "./users.module.css";

const NOBODY: Ticked = {};

/** The people of the realm. */
export function UsersPage() {
  const { id, realm } = useRealm();
  const here = realmOf(useSession(), id);
  const name = here ? nameOfRealm(here) : "";
  const [state, changes] = useListState(USER_FILTER_NAMES);
  const [ticked, setTicked] = useTicked(JSON.stringify([id, state.search, state.filters]));
  const [result, setResult] = useState<RemovalResult>();
  const { search } = useLocation();
  const mayRemove = may(realm, "delete Users");

  const columns = useMemo(() => {
    const remove = (user: User) => askToRemove([user], { id, realm, name }, setResult);
    return mayRemove ? [...userColumns(realm), removeColumn(remove)] : userColumns(realm);
  }, [id, realm, name, mayRemove]);

  const actions = (users: readonly User[]) => (
    <>
      <strong>{users.length === 1 ? "1 person" : `${users.length.toLocaleString()} people`} selected</strong>
      <Button
        onPress={() =>
          askToRemove(users, { id, realm, name }, (done) => {
            // Those who are still there can be tried again.
            setTicked(Object.fromEntries(done.failed.map(({ user }) => [user.id, true])));
            setResult(done);
          })
        }
      >
        {nameOfRemoval(realm, name)}
      </Button>
      <Button kind="quiet" onPress={() => setTicked(NOBODY)}>
        <X size={16} aria-hidden />
        Clear the selection
      </Button>
    </>
  );

  return (
    <>
      {result && (
        <RemovalNotice
          result={result}
          isDeletion={isProvider(realm)}
          onDismiss={() => setResult(undefined)}
        />
      )}
      <ListPage
        title="Users"
        query={userQuery(id, realm, state)}
        state={state}
        changes={changes}
        searchLabel="Search by name or address"
        filters={userFilters(realm)}
        columns={columns}
        nameOf={nameOf}
        canTick={mayRemove}
        ticked={ticked}
        onTick={setTicked}
        actions={actions}
        buttons={
          may(realm, "create Users") && (
            <LinkButton to={{ pathname: "create", search }} kind="primary">
              Create user
            </LinkButton>
          )
        }
        emptyText="People appear here when an identity provider, an administrator or an invitation adds them."
      />
    </>
  );
}

/** The ticked rows of a list. Another list has none: nobody acts on people who are not in sight. @param list which it is */
function useTicked(list: string): [Ticked, (ticked: Ticked) => void] {
  const [state, setState] = useState({ list, ticked: NOBODY });
  return [state.list === list ? state.ticked : NOBODY, (ticked) => setState({ list, ticked })];
}

const removeColumn = (remove: (user: User) => void): Column<User> => ({
  id: "remove",
  header: "Remove",
  meta: { width: 104 },
  cell: ({ row: { original } }) => (
    <span className={styles.remove}>
      <IconButton label={`Remove ${nameOf(original)}`} onPress={() => remove(original)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
    </span>
  ),
});
