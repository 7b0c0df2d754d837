import { Link, useLocation } from "react-router";
import { MEMBERSHIP } from "../scim/resources.ts";
import type { Realm, User } from "../scim/resources.ts";
import { isProvider } from "../frame/realm.ts";
import { Avatar } from "../ui/avatar.tsx";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { nameOf, nameOfRole, nameOfSource } from "./user-names.ts";
import styles from "./users.module.css";
import { UserStatus } from "./user-status.tsx";

/** The person, as a link to all that is known of them. */
function Person({ user }: { readonly user: User }) {
  const { search } = useLocation();
  const name = nameOf(user);
  return (
    <span className={styles.person}>
      <Avatar name={name} />
      <span>
        <Link to={{ pathname: user.id, search }}>
          <bdi>{name}</bdi>
        </Link>
        <small>
          <bdi>{user.userName}</bdi>
        </small>
      </span>
    </span>
  );
}

const named = (names: readonly string[]) => names.join(", ");

const rolesOf = (user: User) => named((user.roles ?? []).map(({ value = "" }) => nameOfRole(value)));

const organizationsOf = (user: User) =>
  named((user[MEMBERSHIP]?.memberships ?? []).map(({ display, value }) => display ?? value));

const sourcesOf = (user: User) =>
  named([...new Set((user[MEMBERSHIP]?.memberships ?? []).map(({ source }) => nameOfSource(source)))]);

const NAME: Column<User> = {
  id: "displayName",
  header: "Name",
  enableSorting: true,
  // A user name can be cut, a name should not be.
  meta: { share: "26%", isEssential: true },
  cell: ({ row }) => <Person user={row.original} />,
};

const USER_NAME: Column<User> = {
  id: "userName",
  header: "User name",
  enableSorting: true,
  cell: ({ row }) => (
    <bdi title={row.original.userName} className={styles.quiet}>
      {row.original.userName}
    </bdi>
  ),
};

const STATUS: Column<User> = {
  id: "active",
  header: "Status",
  meta: { width: 120, isEssential: true },
  cell: ({ row }) => <UserStatus user={row.original} />,
};

const textColumn = (
  id: string,
  header: string,
  textOf: (user: User) => string,
  width?: number,
): Column<User> => ({
  id,
  header,
  meta: { width },
  cell: ({ row }) => <bdi title={textOf(row.original)}>{textOf(row.original)}</bdi>,
});

const LAST_ACTIVE: Column<User> = {
  id: `${MEMBERSHIP}:lastActiveAt`,
  header: "Last active",
  enableSorting: true,
  meta: { width: 136 },
  cell: ({ row }) => <Time value={row.original[MEMBERSHIP]?.lastActiveAt} />,
};

const IN_PROVIDER: readonly Column<User>[] = [
  ...[NAME, USER_NAME, STATUS],
  textColumn("organizations", "Organizations", organizationsOf),
  textColumn("source", "Source", sourcesOf, 160),
  LAST_ACTIVE,
];

const IN_ORGANIZATION: readonly Column<User>[] = [
  ...[NAME, USER_NAME, STATUS],
  textColumn("roles", "Roles", rolesOf),
  textColumn("source", "Source", sourcesOf, 160),
  LAST_ACTIVE,
];

/** The columns of the table of people in a realm. */
export const userColumns = (realm: Realm) => (isProvider(realm) ? IN_PROVIDER : IN_ORGANIZATION);
