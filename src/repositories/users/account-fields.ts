import type { Dialect } from "../../db/dialect.js";
import type { Criteria, Locations } from "../../domain/listing.js";
import type { Realm } from "../../domain/access/principal.js";
import { accountView } from "./account-view.js";
import type { AccountView } from "./account-view.js";
import { ListingCompiler } from "../listing/compile.js";
import type { ResourceFields } from "../listing/fields.js";
import type { Source } from "../listing/source.js";
import { prefixed } from "../listing/sql.js";

const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";

/** What the profile holds, and where it is folded. */
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

/** Where the attributes of an account are found. */
const accountFields = (
  { plainText }: Dialect,
  { isInvited, groups, teams, organizationRoles }: AccountView,
  locations: Locations,
): ResourceFields => ({
  table: "accounts",
  columns: {
    id: "accounts.id",
    userName: "accounts.user_name_key",
    externalId: "accounts.external_id",
    displayName: "accounts.display_name_key",
    "name.familyName": "accounts.family_name_key",
    [`${ENTERPRISE_USER}.department`]: "accounts.department_key",
    [`${ENTERPRISE_USER}.employeeNumber`]: "accounts.employee_number_key",
    [MEMBERSHIP]: plainText(`case when ${isInvited} then 'INVITED' end`),
    [`${MEMBERSHIP}.state`]: plainText(`case when ${isInvited} then 'INVITED' end`),
    active: "(case when accounts.is_active_assigned then accounts.active end)",
    // Every resource has it.
    meta: "accounts.id",
    "meta.resourceType": plainText("'User'"),
    "meta.location": prefixed(locations("User", ""), "accounts.id"),
    "meta.created": "accounts.created_at",
    "meta.lastModified": "accounts.updated_at",
    "meta.version": plainText(`'W/"' || accounts.version || '"'`),
  },
  collections: {
    emails: {
      from: "muster_account_emails as element",
      owner: "element.account_id",
      columns: {
        value: "element.value_key",
        display: "element.display_key",
        type: "element.type_key",
        primary: "element.is_primary",
      },
      order: "coalesce(element.is_primary, false) desc, element.position",
    },
    groups: {
      ...groups,
      columns: { ...groups.columns, $ref: prefixed(locations("Group", ""), groups.columns.value ?? "") },
    },
    [`${MEMBERSHIP}.teams`]: {
      ...teams,
      columns: { ...teams.columns, $ref: prefixed(locations("Team", ""), teams.columns.value ?? "") },
    },
    [`${MEMBERSHIP}.organizationRoles`]: organizationRoles,
  },
  documents: { ...PROFILE, roles: "accounts.roles_search" },
});

/** Accounts as a listing reads them, without any columns but the ids. */
export function accountSource(
  dialect: Dialect,
  realm: Realm,
  locations: Locations,
  criteria: Criteria,
): Source {
  const view = accountView(dialect, realm);
  return {
    from: view.from,
    table: "accounts",
    columns: "accounts.id",
    bytes: "octet_length(accounts.profile) + octet_length(accounts.roles)",
    compiler: new ListingCompiler(dialect, accountFields(dialect, view, locations)),
    criteria,
  };
}
