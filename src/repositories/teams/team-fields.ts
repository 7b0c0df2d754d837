import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Criteria, Locations } from "../../domain/listing.js";
import { GROUP, ORGANIZATION } from "../../domain/values/schemas.js";
import { ListingCompiler } from "../listing/compile.js";
import { constant, folded, text } from "../listing/fields.js";
import type { Collection, Columns, ResourceFields } from "../listing/fields.js";
import type { Source } from "../listing/source.js";
import { memberName } from "../memberships/record-view.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

/** The teams that a realm sees, as a relation named `teams`. */
export function teamView(realm: Realm): Sql {
  const select = `select teams.*, organizations.display_name as organization_name,
      organizations.display_name_key as organization_name_key
    from muster_teams as teams
      join muster_organizations as organizations on organizations.id = teams.organization_id`;
  return realm.type === "provider"
    ? sql(`(${select}) teams`)
    : sql(`(${select} where teams.organization_id = ?) teams`, realm.organizationId);
}

/** Members as the elements of a team's `members`. */
export const memberElements = (dialect: Dialect, realm: Realm): Collection => ({
  from: `muster_team_memberships as element join muster_accounts as accounts on accounts.id = element.account_id
    join muster_memberships as memberships
      on memberships.organization_id = element.organization_id and memberships.account_id = element.account_id`,
  columns: {
    value: "element.account_id",
    display: folded(memberName(realm, "_key")),
    type: constant(dialect, "User"),
    role: text("element.role"),
  },
  order: "element.account_id",
});

/** Where the attributes of a resource type that shows teams are in the database. */
export type TeamFields = (dialect: Dialect, realm: Realm, locations: Locations) => ResourceFields;

/** As Teams. */
export const teamFields: TeamFields = (dialect, realm, locations) => ({
  table: "teams",
  columns: {
    ...commonColumns(dialect, locations, "Team"),
    description: text("teams.description"),
    organization: "teams.organization_id",
    "organization.value": "teams.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "teams.organization_id"),
    "organization.display": text("teams.organization_name"),
    memberCount: "cast(teams.member_count as numeric)",
  },
  collections: { members: members(dialect, realm, locations) },
  documents: { roles: "teams.roles_search" },
});

/** As the Groups of an organization's realm. */
export const teamFieldsAsGroups: TeamFields = (dialect, realm, locations) => ({
  table: "teams",
  columns: {
    ...commonColumns(dialect, locations, "Group"),
    // Every Group has the extension.
    [ORGANIZATION]: "teams.id",
    [`${ORGANIZATION}.kind`]: constant(dialect, "team"),
    [`${ORGANIZATION}.description`]: text("teams.description"),
    // A team has none.
    [`${ORGANIZATION}.requiresSecondFactor`]: "case when teams.id is null then true end",
    [`${ORGANIZATION}.memberCount`]: "cast(teams.member_count as numeric)",
  },
  collections: {
    members: members(dialect, realm, locations),
    schemas: groupSchemas(dialect),
    [`${ORGANIZATION}.roles`]: {
      from: dialect.jsonElements("teams.roles_search", ["roles"]),
      columns: { value: folded(dialect.jsonText("element.value", ["value"])) },
      order: dialect.elementPosition,
    },
  },
  documents: {},
});

/** The `schemas` of a Group. */
export const groupSchemas = (dialect: Dialect): Collection => ({
  from: `(select '${GROUP}' as value union all select '${ORGANIZATION}' as value) as element`,
  columns: { "": dialect.plainText("element.value") },
  order: "element.value",
});

const commonColumns = (dialect: Dialect, locations: Locations, resourceType: string): Columns => ({
  id: "teams.id",
  externalId: "teams.external_id",
  displayName: text("teams.display_name"),
  meta: "teams.id",
  "meta.resourceType": constant(dialect, resourceType),
  "meta.location": prefixed(locations(resourceType, ""), "teams.id"),
  "meta.created": "teams.created_at",
  "meta.lastModified": "teams.updated_at",
  "meta.version": dialect.plainText(`'W/"' || teams.version || '"'`),
});

const members = (dialect: Dialect, realm: Realm, locations: Locations): Collection => ({
  ...memberElements(dialect, realm),
  owner: "element.team_id",
  columns: {
    ...memberElements(dialect, realm).columns,
    $ref: prefixed(locations("User", ""), "element.account_id"),
  },
});

/** Teams as the source of a listing, with only their ids as columns. @param fields by which resource type */
export const teamSource = (
  dialect: Dialect,
  realm: Realm,
  locations: Locations,
  criteria: Criteria,
  fields: TeamFields,
): Source => ({
  from: teamView(realm),
  table: "teams",
  columns: "teams.id",
  bytes: "coalesce(octet_length(teams.description), 0)",
  compiler: new ListingCompiler(dialect, fields(dialect, realm, locations)),
  criteria,
});
