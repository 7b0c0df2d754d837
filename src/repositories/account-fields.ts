import type { Dialect } from "../db/dialect.js";
import type { Criteria, Locations } from "../domain/listing.js";
import { ListingCompiler } from "./listing/compile.js";
import type { ResourceFields } from "./listing/fields.js";
import type { Source } from "./listing/source.js";
import { prefixed } from "./listing/sql.js";

const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Where the attributes of an account are found. */
const accountFields = ({ plainText }: Dialect, locations: Locations): ResourceFields => ({
  table: "accounts",
  columns: {
    id: "accounts.id",
    userName: "accounts.user_name_key",
    externalId: "accounts.external_id",
    displayName: "accounts.display_name_key",
    "name.familyName": "accounts.family_name_key",
    [`${ENTERPRISE_USER}.department`]: "accounts.department_key",
    [`${ENTERPRISE_USER}.employeeNumber`]: "accounts.employee_number_key",
    active: "(case when accounts.is_active_assigned then accounts.active end)",
    // Every resource has it.
    meta: "accounts.id",
    "meta.resourceType": plainText("'User'"),
    "meta.location": prefixed(locations.accounts, "accounts.id"),
    "meta.created": "accounts.created_at",
    "meta.lastModified": "accounts.updated_at",
    "meta.version": plainText(`'W/"' || accounts.version || '"'`),
  },
  collections: {
    emails: {
      from: "account_emails element",
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
      from: "memberships element join organizations on organizations.id = element.organization_id",
      owner: "element.account_id",
      columns: {
        value: "element.organization_id",
        $ref: prefixed(locations.organizations, "element.organization_id"),
        display: "organizations.display_name_key",
        type: plainText("'DIRECT'"),
      },
      order: "element.organization_id",
    },
  },
  document: {
    column: "accounts.search",
    attributes: new Set([
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
      "roles",
      "x509Certificates",
      ENTERPRISE_USER,
    ]),
  },
});

/** Accounts as a listing reads them, without any columns but the ids. */
export const accountSource = (dialect: Dialect, locations: Locations, criteria: Criteria): Source => ({
  table: "accounts",
  columns: "accounts.id",
  compiler: new ListingCompiler(dialect, accountFields(dialect, locations)),
  criteria,
});
