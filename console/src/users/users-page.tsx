import { Trash2, X } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useLocation } from "react-router";
import type { ActResult } from "../acts/act.ts";
import { nameOfRealm } from "../frame/realm-name.ts";
import { isProvider, may, useRealm } from "../frame/realm.ts";
import { realmOf, useSession } from "../frame/use-session.ts";
import { ListPage } from "../lists/list-page.tsx";
import { listQuery } from "../lists/list-query.ts";
import { useListState } from "../lists/list-state.ts";
import { useSelection } from "../lists/selection.ts";
import type { User } from "../scim/resources.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import type { Column } from "../ui/table.tsx";
import { activation, ask, deactivation, removal } from "./user-acts.tsx";
import type { UserAct } from "./user-acts.tsx";
import { userColumns } from "./user-columns.tsx";
import { ATTRIBUTES_FOR_ACTS, USER_FILTER_NAMES, userFilters, userRequest } from "./user-list.ts";
import { nameOf } from "./user-names.ts";
import styles from "./users.module.css";

const ChangeRoles = lazy(async () => ({ default: (await import("./change-roles.tsx")).ChangeRoles }));

/** The people of the realm. */
export function UsersPage() {
  const { id, realm } = useRealm();
  const here = realmOf(useSession(), id);
  const name = here ? nameOfRealm(here) : "";
  const [state, changes] = useListState(USER_FILTER_NAMES);
  const selection = useSelection<User>(JSON.stringify([id, state.search, state.filters]));
  const [ofRoles, setOfRoles] = useState<readonly User[]>();
  const { search } = useLocation();
  const [mayRemove, mayChange] = [may(realm, "delete Users"), may(realm, "change Users")];
  const mayGrant = may(realm, "grant organization roles");
  const request = userRequest(id, realm, state);
  const { tick, untick } = selection;
  // Those for whom it failed stay ticked, and can be tried again; so do those who were ticked meanwhile.
  const onDone = useCallback(
    (results: readonly ActResult[]) =>
      untick(results.filter(({ outcome }) => outcome === "done").map(({ item }) => item.id)),
    [untick],
  );

  const columns = useMemo(() => {
    const place = { id, realm, name };
    const remove = (user: User) => ask(removal([user], place), [user], place, onDone);
    return mayRemove ? [...userColumns(realm), removeColumn(remove)] : userColumns(realm);
  }, [id, realm, name, mayRemove, onDone]);

  const place = { id, realm, name };
  const doTo = (users: readonly User[], actOf: typeof removal) => () => {
    const userAct: UserAct = actOf(users, place);
    ask(userAct, users, place, onDone);
  };
  const actions = (users: readonly User[]) => (
    <>
      <strong>{users.length === 1 ? "1 person" : `${users.length.toLocaleString()} people`} selected</strong>
      {mayRemove && (
        <Button onPress={doTo(users, removal)}>
          {isProvider(realm) ? "Delete accounts" : `Remove from ${name}`}
        </Button>
      )}
      {mayChange && mayGrant && <Button onPress={() => setOfRoles(users)}>Change roles</Button>}
      {mayChange && <Button onPress={doTo(users, deactivation)}>Deactivate</Button>}
      {mayChange && <Button onPress={doTo(users, activation)}>Activate</Button>}
      <Button kind="quiet" onPress={() => tick({})}>
        <X size={16} aria-hidden />
        Clear the selection
      </Button>
    </>
  );

  const to = (pathname: string, label: string, kind: "primary" | "secondary" = "secondary") => (
    <LinkButton to={{ pathname, search }} kind={kind}>
      {label}
    </LinkButton>
  );

  return (
    <>
      <ListPage
        title="Users"
        query={listQuery<User>(request.realm, request.path, request.query)}
        state={state}
        changes={changes}
        searchLabel="Search by name or address"
        filters={may(realm, "read Users") ? userFilters(realm) : []}
        columns={columns}
        nameOf={nameOf}
        selection={mayRemove || mayChange ? selection : undefined}
        everything={{ ...request, attributes: ATTRIBUTES_FOR_ACTS }}
        actions={actions}
        buttons={
          <>
            {may(realm, "change Groups") && to("add", "Add user")}
            {may(realm, "create Users") && to("create", "Create user")}
            {may(realm, "create Invitations") && to("invite", "Invite", "primary")}
          </>
        }
        emptyText="People appear here when an identity provider, an administrator or an invitation adds them."
      />
      {ofRoles && (
        <Suspense>
          <ChangeRoles users={ofRoles} place={place} onClose={() => setOfRoles(undefined)} onDone={onDone} />
        </Suspense>
      )}
    </>
  );
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
