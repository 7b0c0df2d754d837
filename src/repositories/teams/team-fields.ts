import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Locations } from "../../domain/listing.js";
import { constant, folded, text } from "../listing/fields.js";
import type { Collection, ResourceFields } from "../listing/fields.js";
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
export const memberElements = (dialect: Dialect): Collection => ({
  from: "muster_team_memberships as element join muster_accounts as accounts on accounts.id = element.account_id",
  columns: {
    value: "element.account_id",
    display: folded("coalesce(accounts.display_name_key, accounts.user_name_key)"),
    type: constant(dialect, "User"),
    role: text("element.role"),
  },
  order: "element.account_id",
});

export const teamFields = (dialect: Dialect, locations: Locations): ResourceFields => ({
  table: "teams",
  columns: {
    id: "teams.id",
    externalId: "teams.external_id",
    displayName: text("teams.display_name"),
    description: text("teams.description"),
    organization: "teams.organization_id",
    "organization.value": "teams.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "teams.organization_id"),
    "organization.display": text("teams.organization_name"),
    meta: "teams.id",
    "meta.resourceType": constant(dialect, "Team"),
    "meta.location": prefixed(locations("Team", ""), "teams.id"),
    "meta.created": "teams.created_at",
    "meta.lastModified": "teams.updated_at",
    "meta.version": dialect.plainText(`'W/"' || teams.version || '"'`),
  },
  collections: {
    members: {
      ...memberElements(dialect),
      owner: "element.team_id",
      columns: {
        ...memberElements(dialect).columns,
        $ref: prefixed(locations("User", ""), "element.account_id"),
      },
    },
  },
  documents: {},
});
