import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Locations } from "../../domain/listing.js";
import { personName } from "../memberships/record-view.js";
import { constant } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

/** The stored columns of a token. */
export const STORED = [
  "id",
  "name",
  "organization_id",
  "read_only",
  "checks_passwords",
  "account_id",
  "created_at",
  "updated_at",
  "version",
  "expires_at",
  "revoked_at",
  "last_used_at",
  "maker_account_id",
  "orphaned_at",
];

/** These columns in a query. */
export const columnsOf = (table: string) => STORED.map((name) => `${table}.${name}`).join(", ");

const names = (realm: Realm) => `
  (select display_name from muster_organizations as organizations
    where organizations.id = access_tokens.organization_id)
    as organization_name,
  (select ${personName(realm, "access_tokens.organization_id")} from muster_accounts as accounts
    where accounts.id = access_tokens.account_id)
    as account_name`;

/** The maker of a token, as a realm sees it: an organization does not see people who are not its members. */
export function makers(realm: Realm): string {
  const isVisible =
    realm.type === "provider"
      ? ""
      : `and exists (select 1 from muster_memberships as memberships where memberships.account_id = accounts.id
           and memberships.organization_id = access_tokens.organization_id)`;
  const maker = (column: string) =>
    `(select ${column} from muster_accounts as accounts
      where accounts.id = access_tokens.maker_account_id ${isVisible})`;
  return `${maker("id")} as maker_id, ${maker(personName(realm, "access_tokens.organization_id"))} as maker_name,
    orphaned_at is not null as orphaned`;
}

/** The tokens that a realm sees, without revoked ones, as a relation named `access_tokens`. */
export function tokenView(realm: Realm): Sql {
  const select = `select ${columnsOf("access_tokens")}, ${names(realm)}, ${makers(realm)}
    from muster_access_tokens as access_tokens where revoked_at is null`;
  return realm.type === "provider"
    ? sql(`(${select}) access_tokens`)
    : sql(`(${select} and organization_id = ?) access_tokens`, realm.organizationId);
}

export const tokenFields = (dialect: Dialect, locations: Locations): ResourceFields => ({
  table: "access_tokens",
  columns: {
    id: "access_tokens.id",
    name: "access_tokens.name",
    realm: dialect.plainText(
      "case when access_tokens.organization_id is null then 'provider' else 'organization' end",
    ),
    organization: "access_tokens.organization_id",
    "organization.value": "access_tokens.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "access_tokens.organization_id"),
    "organization.display": dialect.plainText("access_tokens.organization_name"),
    user: "access_tokens.account_id",
    "user.value": "access_tokens.account_id",
    "user.$ref": prefixed(locations("User", ""), "access_tokens.account_id"),
    "user.display": dialect.plainText("access_tokens.account_name"),
    maker: "access_tokens.maker_id",
    "maker.value": "access_tokens.maker_id",
    "maker.$ref": prefixed(locations("User", ""), "access_tokens.maker_id"),
    "maker.display": dialect.plainText("access_tokens.maker_name"),
    orphaned: "access_tokens.orphaned",
    readOnly: "access_tokens.read_only",
    checksPasswords: "access_tokens.checks_passwords",
    expiresAt: "access_tokens.expires_at",
    lastUsedAt: "access_tokens.last_used_at",
    meta: "access_tokens.id",
    "meta.resourceType": constant(dialect, "AccessToken"),
    "meta.location": prefixed(locations("AccessToken", ""), "access_tokens.id"),
    "meta.created": "access_tokens.created_at",
    "meta.lastModified": "access_tokens.updated_at",
    "meta.version": dialect.plainText(`'W/"' || access_tokens.version || '"'`),
  },
  collections: {},
  documents: {},
});
