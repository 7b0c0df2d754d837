import type { Dialect } from "../../db/dialect.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { ACCOUNTS_IN_ALL } from "../counts/account-count.js";
import { SOURCE } from "../memberships/sources.js";
import { secondFactors } from "../second-factors/factor-elements.js";
import { adderOf } from "../memberships/adders.js";
import { organizationRoles, rolesInOrganization } from "../memberships/role-elements.js";
import { constant, folded, text } from "../listing/fields.js";
import type { Collection } from "../listing/fields.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { INDEXED, profileOfRecord } from "../memberships/record-view.js";

/**
 * Accounts as a realm sees them, as a relation named `accounts` that has the same columns in all realms. All reads of
 * accounts go through it, so that nothing outside the realm is visible.
 */
export interface AccountView {
  /** The SQL after `from`. */
  readonly from: Sql;
  /** SQL for how many there are. */
  readonly total: Sql;
  /** SQL for an account's organizations as one JSON list. */
  readonly organizations: string;
  /** SQL for about how many bytes that list has. */
  readonly bytesOfOrganizations: string;
  /** SQL for whether an account's owner has not chosen a password yet. */
  readonly isInvited: string;
  /** SQL for a column of the setup that mail was last sent for. */
  readonly setup: (column: string) => string;
  readonly emails: Collection;
  readonly secondFactors: Collection;
  /** The organizations as the elements of `groups`, without `$ref`. */
  readonly groups: References;
  /** The teams, and the roles in organizations, without `$ref`. */
  readonly teams: References;
  readonly organizationRoles: Collection;
  /** When, how and by whom the person was added, without `$ref`. */
  readonly memberships: References;
  /** The roles in an organization, with those by teams; undefined in the provider's realm. */
  readonly roles?: Collection;
}

/** Elements that have the id of a resource as their value. */
interface References extends Collection {
  readonly columns: Collection["columns"] & { readonly value: string };
}

/** Views that were made before, by dialect and organization ("": the provider): making one costs more than a look-up by id. */
const known = new WeakMap<Dialect, Map<string, AccountView>>();
const MOST_KNOWN = 1000;

export function accountView(dialect: Dialect, realm: Realm): AccountView {
  const views = known.get(dialect) ?? new Map<string, AccountView>();
  known.set(dialect, views);
  const key = realm.type === "provider" ? "" : realm.organizationId;
  const found = views.get(key);
  if (found) return found;
  if (views.size >= MOST_KNOWN) views.clear();
  const view =
    realm.type === "provider" ? providerView(dialect) : organizationView(dialect, realm.organizationId);
  views.set(key, view);
  return view;
}

/** The size of an id and a name of usual length in an answer. */
const BYTES_OF_ORGANIZATION = 256;

/** SQL for whether a setup is pending. An organization sees only those that it asked for. */
const isInvited = (more = "") =>
  `exists (select 1 from muster_account_setups as account_setups
    where account_setups.account_id = accounts.id${more})`;

const setupColumn =
  (more = "") =>
  (column: string) =>
    `(select account_setups.${column} from muster_account_setups as account_setups
      where account_setups.account_id = accounts.id${more} order by account_setups.mail_at desc limit 1)`;

/** Written as the index of a person's setups is, which SQLite would not use otherwise: it would read all of the organization's. */
const OWN_SETUP = " and coalesce(account_setups.organization_id, '') = accounts.organization_id";

const groupType = (dialect: Dialect) => constant(dialect, "direct");

/** @param from a table with the columns of `muster_account_emails` */
const emailElements = (from: string): Collection => ({
  from,
  owner: "element.account_id",
  columns: {
    value: folded("element.value_key"),
    display: folded("element.display_key"),
    type: folded("element.type_key"),
    primary: "element.is_primary",
  },
  order: "coalesce(element.is_primary, false) desc, element.position",
});

function providerView(dialect: Dialect): AccountView {
  const joined = "join muster_organizations as organizations on organizations.id";
  return {
    from: sql("muster_accounts as accounts"),
    total: sql(ACCOUNTS_IN_ALL),
    isInvited: isInvited(),
    setup: setupColumn(),
    emails: emailElements("muster_account_emails as element"),
    secondFactors: secondFactors(PROVIDER_REALM),
    organizations: dialect.jsonList({
      id: "organizations.id",
      displayName: "organizations.display_name",
      from: `muster_memberships as memberships ${joined} = memberships.organization_id
        where memberships.account_id = accounts.id`,
      order: "memberships.organization_id",
    }),
    bytesOfOrganizations: `${BYTES_OF_ORGANIZATION} *
      (select count(*) from muster_memberships as memberships where memberships.account_id = accounts.id)`,
    groups: {
      from: `muster_memberships as element ${joined} = element.organization_id`,
      owner: "element.account_id",
      columns: {
        value: "element.organization_id",
        display: text("organizations.display_name"),
        type: groupType(dialect),
      },
      order: "element.organization_id",
    },
    teams: {
      from: "muster_team_memberships as element join muster_teams as teams on teams.id = element.team_id",
      owner: "element.account_id",
      columns: { value: "element.team_id", display: text("teams.display_name"), role: text("element.role") },
      order: "element.team_id",
    },
    organizationRoles: organizationRoles(dialect),
    memberships: membershipElements(dialect, PROVIDER_REALM),
  };
}

/** Memberships as the elements of the User's `memberships`. */
function membershipElements(dialect: Dialect, realm: Realm): References {
  const { type, id } = adderOf(dialect, realm, "element");
  return {
    from: "muster_memberships as element join muster_organizations as organizations on organizations.id = element.organization_id",
    owner: "element.account_id",
    columns: {
      value: "element.organization_id",
      display: text("organizations.display_name"),
      joinedAt: "element.created_at",
      source: dialect.plainText(SOURCE.replaceAll("memberships.", "element.")),
      addedByType: type,
      addedBy: id,
    },
    order: "element.organization_id",
  };
}

/** The columns that an organization has of its own for each member. */
const OF_MEMBERSHIP = [
  ...["user_name", "user_name_key", "display_name", "display_name_key", ...Object.values(INDEXED)],
  ...["organization_id", "external_id", "active", "is_active_assigned", "roles", "roles_search"],
  ...["version", "created_at", "updated_at", "last_active_at"],
];

function organizationView(dialect: Dialect, organizationId: string): AccountView {
  const within = { column: "element.organization_id", of: "accounts.organization_id", id: organizationId };
  const seats = "muster_team_memberships as seats join muster_teams as teams on teams.id = seats.team_id";
  const columns = [
    "memberships.account_id as id",
    ...OF_MEMBERSHIP.map((name) => `memberships.${name}`),
    ...(["profile", "search"] as const).map((name) => `${profileOfRecord(dialect, name)} as ${name}`),
  ];
  return {
    from: sql(
      // An account is locked before its memberships.
      `(select ${columns.join(", ")} from muster_accounts as accounts
        join muster_memberships as memberships on memberships.account_id = accounts.id
        where memberships.organization_id = ?) accounts`,
      organizationId,
    ),
    total: sql("(select member_count from muster_organizations where id = ?)", organizationId),
    isInvited: isInvited(OWN_SETUP),
    setup: setupColumn(OWN_SETUP),
    emails: {
      ...emailElements("muster_member_emails as element"),
      within,
    },
    secondFactors: secondFactors({ type: "organization", organizationId }),
    // In an organization's realm, a person's groups are the teams.
    organizations: dialect.jsonList({
      id: "teams.id",
      displayName: "teams.display_name",
      roles: "teams.roles",
      from: `${seats} where seats.account_id = accounts.id and seats.organization_id = accounts.organization_id`,
      order: "teams.id",
    }),
    bytesOfOrganizations: `${BYTES_OF_ORGANIZATION} * (select count(*) from muster_team_memberships as seats
      where seats.account_id = accounts.id and seats.organization_id = accounts.organization_id)`,
    groups: {
      from: `(select seats.account_id, seats.organization_id, teams.id, teams.display_name_key as name_key
        from ${seats}) element`,
      owner: "element.account_id",
      within,
      columns: { value: "element.id", display: folded("element.name_key"), type: groupType(dialect) },
      order: "element.id",
    },
    teams: {
      from: `(select teams.id, teams.display_name_key as name_key, team_memberships.role, team_memberships.role_key
        from muster_team_memberships as team_memberships
          join muster_teams as teams on teams.id = team_memberships.team_id
        where team_memberships.account_id = accounts.id
        and team_memberships.organization_id = accounts.organization_id) element`,
      columns: { value: "element.id", display: folded("element.name_key"), role: text("element.role") },
      order: "element.id",
    },
    roles: rolesInOrganization(dialect),
    memberships: { ...membershipElements(dialect, { type: "organization", organizationId }), within },
    // None: in an organization's realm, these are the User's `roles`.
    organizationRoles: {
      from: "(select accounts.user_name as none where false) element",
      columns: {
        value: folded("element.none"),
        organization: "element.none",
        display: folded("element.none"),
        type: folded("element.none"),
      },
      order: "element.none",
    },
  };
}
