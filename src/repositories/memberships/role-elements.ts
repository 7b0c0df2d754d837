import type { Dialect } from "../../db/dialect.js";
import { foldCase } from "../../domain/values/text.js";
import { folded, text } from "../listing/fields.js";
import type { Collection } from "../listing/fields.js";

const SEATS = "muster_team_memberships as seats join muster_teams as teams on teams.id = seats.team_id";

/** The attributes of one role of the folded JSON, as columns. @param type of a role that says none */
function attributesOf(dialect: Dialect, type: "direct" | "team"): string {
  const attribute = (name: string) => dialect.jsonText("element.value", [name]);
  return `${attribute("value")} as value, ${attribute("display")} as display,
    coalesce(${attribute("type")}, ${dialect.plainText(`'${foldCase(type)}'`)}) as type,
    ${dialect.jsonBoolean("element.value", ["primary"])} as is_primary, ${dialect.elementPosition} as place`;
}

/** The `roles` of a member of an organization, of the row `accounts`: their own, and then those by teams. */
export const rolesInOrganization = (dialect: Dialect): Collection => ({
  from: `(select ${attributesOf(dialect, "direct")} from ${dialect.jsonElements("accounts.roles_search", ["roles"])}
    union all
    select ${attributesOf(dialect, "team")} from ${SEATS}
      cross join ${dialect.jsonElements("teams.roles_search", ["roles"])}
    where seats.account_id = accounts.id and seats.organization_id = accounts.organization_id) element`,
  columns: {
    value: folded("element.value"),
    display: folded("element.display"),
    type: folded("element.type"),
    primary: "element.is_primary",
  },
  order: "coalesce(element.is_primary, false) desc, element.type, element.place",
});

/** A person's roles in all organizations, as the elements of `organizationRoles`. */
export function organizationRoles(dialect: Dialect): Collection {
  const from = (rows: string, type: "direct" | "team") =>
    `select ${attributesOf(dialect, type)}, source.account_id, source.organization_id, organizations.display_name as name,
       organizations.display_name_key as name_key
     from (${rows}) as source join muster_organizations as organizations on organizations.id = source.organization_id
       cross join ${dialect.jsonElements("source.roles_search", ["roles"])}`;
  const own = from("select account_id, organization_id, roles_search from muster_memberships", "direct");
  const byTeam = from(
    `select seats.account_id, seats.organization_id, teams.roles_search from ${SEATS} where teams.roles <> '[]'`,
    "team",
  );
  return {
    from: `(${own} union all ${byTeam}) element`,
    owner: "element.account_id",
    columns: {
      value: folded("element.value"),
      organization: "element.organization_id",
      display: text("element.name"),
      type: folded("element.type"),
    },
    order: "element.organization_id",
  };
}
