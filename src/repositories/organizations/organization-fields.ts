import type { Dialect } from "../../db/dialect.js";
import type { Criteria, Locations } from "../../domain/listing.js";
import { ListingCompiler } from "../listing/compile.js";
import { constant, folded, text } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import type { Source } from "../listing/source.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import type { Realm } from "../../domain/access/principal.js";
import { ORGANIZATION } from "../../domain/values/schemas.js";
import { memberElements } from "../memberships/memberships.js";
import { groupSchemas } from "../teams/team-fields.js";

/** Where the attributes of an organization are in the database. */
const organizationFields = (dialect: Dialect, realm: Realm, locations: Locations): ResourceFields => ({
  table: "organizations",
  columns: {
    id: "organizations.id",
    displayName: text("organizations.display_name"),
    externalId: "organizations.external_id",
    // Every resource has `meta`.
    meta: "organizations.id",
    "meta.resourceType": constant(dialect, "Group"),
    "meta.location": prefixed(locations("Group", ""), "organizations.id"),
    "meta.created": "organizations.created_at",
    "meta.lastModified": "organizations.updated_at",
    "meta.version": dialect.plainText(`'W/"' || organizations.version || '"'`),
    // Every organization has the extension, since it always has a memberCount.
    [ORGANIZATION]: "organizations.id",
    [`${ORGANIZATION}.kind`]: constant(dialect, "organization"),
    [`${ORGANIZATION}.description`]: text("organizations.description"),
    [`${ORGANIZATION}.requiresSecondFactor`]: "organizations.requires_second_factor",
    [`${ORGANIZATION}.memberCount`]: "cast(organizations.member_count as numeric)",
  },
  documents: {},
  collections: {
    members: {
      ...memberElements(dialect, realm),
      owner: "element.organization_id",
      columns: {
        ...memberElements(dialect, realm).columns,
        $ref: prefixed(locations("User", ""), "element.account_id"),
      },
    },
    schemas: groupSchemas(dialect),
    // Roles by team; an organization has none.
    [`${ORGANIZATION}.roles`]: {
      from: "(select organizations.id as none where false) element",
      columns: { value: folded("element.none") },
      order: "element.none",
    },
  },
});

/** The column with a realm's `externalId` of an organization: the provider and the organization have one each. */
export const externalIdColumn = (realm: Realm) =>
  realm.type === "provider" ? "external_id" : "own_external_id";

/** The columns that all realms see alike. */
const SHARED = [
  "id",
  "display_name",
  "display_name_key",
  "description",
  "description_key",
  "member_count",
  "requires_second_factor",
];

/** Organizations as a realm sees them, as a relation named `organizations`. */
export const organizationView = (realm: Realm): Sql =>
  realm.type === "provider"
    ? sql("muster_organizations as organizations")
    : sql(
        `(select ${SHARED.join(", ")}, ${externalIdColumn(realm)} as external_id, version, created_at, updated_at
          from muster_organizations where id = ?) organizations`,
        realm.organizationId,
      );

/** Organizations as the source of a listing, with only their ids as columns. */
export const organizationSource = (
  dialect: Dialect,
  realm: Realm,
  locations: Locations,
  criteria: Criteria,
): Source => ({
  from: organizationView(realm),
  table: "organizations",
  columns: "organizations.id",
  bytes: "coalesce(octet_length(organizations.description), 0)",
  compiler: new ListingCompiler(dialect, organizationFields(dialect, realm, locations)),
  criteria,
});
