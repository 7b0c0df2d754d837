import type { Dialect } from "../../db/dialect.js";
import type { Criteria, Locations } from "../../domain/listing.js";
import type { Realm } from "../../domain/access/principal.js";
import { ENTERPRISE_USER, MEMBERSHIP } from "../../domain/values/schemas.js";
import { accountSearch } from "./account-search.js";
import { accountView } from "./account-view.js";
import type { AccountView } from "./account-view.js";
import { INDEXED } from "../memberships/record-view.js";
import { ListingCompiler } from "../listing/compile.js";
import { constant, folded, text } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import type { Source } from "../listing/source.js";
import { prefixed } from "../listing/sql.js";

/** The attributes in the profile, and the JSON column that has them case-folded. */
const PROFILE: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "schemas",
    "name",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "entitlements",
    "x509Certificates",
    ENTERPRISE_USER,
  ].map((name) => [name, "accounts.search"]),
);

const INDEXED_COLUMNS = Object.fromEntries(
  Object.entries(INDEXED).map(([name, column]) => [name, folded(`accounts.${column}`)]),
);

/** What an index of accounts, and one of an organization's records, has in order. */
const ORDERS = new Set([
  ...["id", "userName", "displayName", "name.familyName", "externalId"],
  ...[`${ENTERPRISE_USER}.department`, `${ENTERPRISE_USER}.employeeNumber`],
  ...["meta.created", "meta.lastModified", `${MEMBERSHIP}.lastActiveAt`],
]);

/** Where the attributes of an account are in the database. */
const accountFields = (
  dialect: Dialect,
  {
    isInvited,
    setup,
    emails,
    secondFactors,
    groups,
    teams,
    organizationRoles,
    memberships,
    roles,
  }: AccountView,
  locations: Locations,
): ResourceFields => ({
  table: "accounts",
  columns: {
    id: "accounts.id",
    userName: text("accounts.user_name"),
    externalId: "accounts.external_id",
    displayName: text("accounts.display_name"),
    ...INDEXED_COLUMNS,
    [MEMBERSHIP]: dialect.plainText(`case when ${isInvited} then 'INVITED' end`),
    [`${MEMBERSHIP}.state`]: constant(dialect, "invited", isInvited),
    [`${MEMBERSHIP}.setupMailStatus`]: dialect.plainText(setup("mail_state")),
    [`${MEMBERSHIP}.setupMailStatusAt`]: dialect.plainText(setup("mail_at")),
    [`${MEMBERSHIP}.lastActiveAt`]: "accounts.last_active_at",
    active: "(case when accounts.is_active_assigned then accounts.active end)",
    // Every resource has `meta`.
    meta: "accounts.id",
    "meta.resourceType": constant(dialect, "User"),
    "meta.location": prefixed(locations("User", ""), "accounts.id"),
    "meta.created": "accounts.created_at",
    "meta.lastModified": "accounts.updated_at",
    "meta.version": dialect.plainText(`'W/"' || accounts.version || '"'`),
  },
  flags: { [`${MEMBERSHIP}.hasSecondFactor`]: secondFactors },
  collections: {
    emails,
    groups: {
      ...groups,
      columns: { ...groups.columns, $ref: prefixed(locations("Group", ""), groups.columns.value) },
    },
    [`${MEMBERSHIP}.teams`]: {
      ...teams,
      columns: { ...teams.columns, $ref: prefixed(locations("Team", ""), teams.columns.value) },
    },
    [`${MEMBERSHIP}.organizationRoles`]: organizationRoles,
    [`${MEMBERSHIP}.memberships`]: {
      ...memberships,
      columns: {
        ...memberships.columns,
        $ref: prefixed(locations("Group", ""), memberships.columns.value),
      },
    },
    ...(roles && { roles }),
  },
  booleans: {
    active: {
      true: dialect.likely("accounts.active = true"),
      false: "accounts.active = false and accounts.is_active_assigned",
    },
  },
  documents: { ...PROFILE, roles: "accounts.roles_search" },
  // In an organization's realm, people also have roles by teams.
  ...(!roles && { haveElements: { roles: "accounts.roles <> '[]'" } }),
});

/** Accounts as the source of a listing, with only their ids as columns. */
export function accountSource(
  dialect: Dialect,
  realm: Realm,
  locations: Locations,
  criteria: Criteria,
): Source {
  const view = accountView(dialect, realm);
  return {
    from: view.from,
    total: view.total,
    table: "accounts",
    columns: "accounts.id",
    bytes: "octet_length(accounts.profile) + octet_length(accounts.roles)",
    compiler: new ListingCompiler(dialect, accountFields(dialect, view, locations)),
    criteria,
    orders: ORDERS,
    index: accountSearch(dialect, realm),
  };
}
