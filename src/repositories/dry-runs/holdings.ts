import type { Dialect } from "../../db/dialect.js";
import { rolesIn } from "../../domain/access/known-roles.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { TEAM_ROLES } from "../../domain/access/seats.js";
import type { Touched } from "../../domain/dry-runs/touched.js";
import { foldCase } from "../../domain/values/text.js";
import { organizationRoleNames } from "../counts/roles.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { within } from "../realm.js";

/** The kinds of what people and organizations can lose, by the names that `Losses` has for them. */
export const HOLDINGS = ["memberships", "seats", "roles", "accounts", "tokens"] as const;
export type Holding = (typeof HOLDINGS)[number];

/**
 * What those have who are touched by a change: for each kind, rows with a text `key` that tells one from another. A realm
 * sees its own alone. Each part has a condition with an index.
 *
 * @param now as ISO 8601 in UTC: a token that has expired is nothing to lose
 */
export function holdings(
  dialect: Dialect,
  realm: Realm,
  touched: Touched,
  now: string,
): Readonly<Record<Holding, Sql>> {
  const { accounts, tokens, endedOrganizations, endedTeams, organizationsOfRoles } = touched;
  const among = (column: string, ids: Iterable<string>): Sql =>
    sql(dialect.isOneOfFew(column), JSON.stringify([...ids]));
  const inRealm = (column: string) => within(realm, column);

  /** @param conditions one for each part */
  const parts = (select: (condition: string) => string, conditions: readonly Sql[], own: Sql): Sql =>
    sql(
      conditions.map(({ text }) => select(`${text} ${own.text}`)).join(" union "),
      ...conditions.flatMap(({ bindings }) => [...bindings, ...own.bindings]),
    );

  const ofPeople = among("account_id", accounts);
  const inEnded = among("organization_id", endedOrganizations);
  const inOrganization = inRealm("organization_id");
  const roleScopes = [
    ofPeople,
    among("organization_id", new Set([...endedOrganizations, ...organizationsOfRoles])),
  ];
  const nothing = sql(`select ${dialect.plainText("''")} as key where false`);
  const isProvider = realm.type === "provider";

  const roles = [
    parts((condition) => ownRoles(dialect, condition), roleScopes, inOrganization),
    parts((condition) => rolesByTeam(dialect, condition), roleScopes, inOrganization),
    parts(teamRoles, [ofPeople, inEnded, among("team_id", endedTeams)], inOrganization),
    ...(isProvider ? [providerRoles(among("id", accounts))] : []),
  ];
  return {
    memberships: parts(
      (condition) =>
        `select organization_id || ' ' || account_id as key from muster_memberships where ${condition}`,
      [ofPeople, inEnded],
      inOrganization,
    ),
    seats: parts(
      (condition) =>
        `select team_id || ' ' || account_id as key from muster_team_memberships where ${condition}`,
      [ofPeople, inEnded, among("team_id", endedTeams)],
      inOrganization,
    ),
    roles: sql(roles.map(({ text }) => text).join(" union "), ...roles.flatMap(({ bindings }) => bindings)),
    // An organization's realm has no account to lose.
    accounts: isProvider
      ? parts(
          (condition) => `select id as key from muster_accounts where ${condition}`,
          [among("id", accounts)],
          sql(""),
        )
      : nothing,
    tokens: parts(
      (condition) => `select id as key from muster_access_tokens where ${condition}`,
      [ofPeople, inEnded, among("id", tokens)],
      sql(
        `${inOrganization.text} and revoked_at is null and coalesce(expires_at, ?) >= ?`,
        ...inOrganization.bindings,
        ...[now, now],
      ),
    ),
  };
}

const listed = (names: readonly string[]) => names.map((name) => `'${foldCase(name)}'`).join(", ");

/** The elements of the JSON in `roles_search` that are known roles. @param rows with the ids of the organization and the person */
function elements(dialect: Dialect, rows: string): string {
  const role = dialect.jsonText("element.value", ["value"]);
  return `select source.organization_id || ' ' || source.account_id || ' ' || ${role} as key from (${rows}) as source
    cross join ${dialect.jsonElements("source.roles_search", ["roles"])}
    where ${role} in (${listed(organizationRoleNames())})`;
}

const ownRoles = (dialect: Dialect, condition: string) =>
  elements(
    dialect,
    `select organization_id, account_id, roles_search from muster_memberships where roles <> '[]' and ${condition}`,
  );

/** The same keys: a person who has a role twice loses it only with both. */
const rolesByTeam = (dialect: Dialect, condition: string) =>
  elements(
    dialect,
    `select seats.organization_id, seats.account_id, teams.roles_search
     from (select team_id, account_id, organization_id from muster_team_memberships where ${condition}) as seats
     join muster_teams as teams on teams.id = seats.team_id where teams.roles <> '[]'`,
  );

const teamRoles = (condition: string) =>
  `select team_id || ' ' || account_id || ' ' || role_key as key from muster_team_memberships
   where role_key in (${listed(TEAM_ROLES)}) and ${condition}`;

const providerRoles = ({ text, bindings }: Sql) =>
  sql(
    `select id || ' ${rolesIn(PROVIDER_REALM)[0]?.id ?? ""}' as key from muster_accounts
     where is_provider_admin and ${text}`,
    ...bindings,
  );
