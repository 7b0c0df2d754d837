import { isProvider } from "../frame/realm.ts";
import { RowName } from "../lists/row-name.tsx";
import type { Invitation, Realm } from "../scim/resources.ts";
import { nameOfRole } from "../users/user-names.ts";
import type { Column } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { addressesOf, nameOfInvitation } from "./invitation-names.ts";
import { InvitationStatus, MailsStatus } from "./invitation-status.tsx";

const NAME: Column<Invitation> = {
  id: "name",
  header: "Invited",
  meta: { isEssential: true },
  cell: ({ row: { original } }) => (
    <RowName id={original.id} name={nameOfInvitation(original)} below={addressesOf(original)} />
  ),
};

const ORGANIZATION: Column<Invitation> = {
  id: "organization.display",
  header: "Organization",
  enableSorting: true,
  cell: ({ row }) => <bdi>{row.original.organization.display}</bdi>,
};

const STATUS: Column<Invitation> = {
  id: "status",
  header: "Status",
  meta: { width: 120, isEssential: true },
  cell: ({ row }) => <InvitationStatus status={row.original.status} />,
};

const MAIL: Column<Invitation> = {
  id: "mail",
  header: "Mail",
  meta: { width: 120 },
  cell: ({ row }) => <MailsStatus invitation={row.original} />,
};

/** What accepting gives, beside the membership. */
function giftsOf({ roles = [], teams = [] }: Invitation): string {
  const names = roles.map(({ value = "" }) => nameOfRole(value));
  return [...names, ...teams.map(({ display, value }) => display ?? value)].join(", ");
}

const GIVES: Column<Invitation> = {
  id: "gives",
  header: "Roles and teams",
  cell: ({ row: { original } }) => <bdi title={giftsOf(original)}>{giftsOf(original)}</bdi>,
};

const timeColumn = (
  id: string,
  header: string,
  timeOf: (invitation: Invitation) => string | undefined,
): Column<Invitation> => ({
  id,
  header,
  enableSorting: true,
  meta: { width: 128 },
  cell: ({ row }) => <Time value={timeOf(row.original)} />,
});

const TIMES = [
  timeColumn("expiresAt", "Expires", ({ expiresAt }) => expiresAt),
  timeColumn("meta.created", "Created", ({ meta }) => meta.created),
];

const IN_PROVIDER = [NAME, ORGANIZATION, STATUS, MAIL, GIVES, ...TIMES];
const IN_ORGANIZATION = [NAME, STATUS, MAIL, GIVES, ...TIMES];

/** The columns of the table of invitations in a realm. */
export const invitationColumns = (realm: Realm): readonly Column<Invitation>[] =>
  isProvider(realm) ? IN_PROVIDER : IN_ORGANIZATION;
