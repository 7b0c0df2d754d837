import type { Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import { PROVIDER_ADMIN } from "../../domain/access/roles.js";
import type { Count, Counts } from "../../domain/counts/counts.js";
import { USER_STATUSES } from "../../domain/counts/counts.js";
import { MEMBERSHIP_SOURCES } from "../../domain/memberships/membership.js";
import { foldCase } from "../../domain/values/text.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { waysTo } from "../listing/search.js";
import { matchesOf } from "../listing/source.js";
import type { Source } from "../listing/source.js";
import { SOURCE } from "../memberships/sources.js";
import { within } from "../realm.js";
import { accountView } from "../users/account-view.js";
import { BOUND, LARGEST } from "./bounded.js";
import { organizationRoleNames, rolesOf } from "./roles.js";

interface Row {
  kind: string;
  value: string;
  display: string;
  number: number | string;
}

/**
 * Counts the people who match a filter, at most as many as the bound, and what they are, in one statement that evaluates the
 * filter once.
 *
 * @throws UnsupportedFieldError for a filter on an attribute that cannot be searched
 */
export async function matchingCounts(session: Session, realm: Realm, source: Source): Promise<Counts> {
  const [counted = source] = (await waysTo(session, [source], "position")).toCount;
  const { text, bindings } = countsOf(session, realm, matchesOf(counted));
  const rows = await session.rows<Row>(text, bindings);
  const found = (kind: string) => rows.filter((row) => row.kind === kind);
  const people = Number(found("User")[0]?.number ?? 0);
  const isOver = people > BOUND;
  const toCount = (value: string, number: number | string = 0): Count => ({
    value,
    count: Math.min(Number(number), BOUND),
    atLeast: isOver,
  });
  const each = (kind: string, values: readonly string[]) =>
    values.map((value) => toCount(value, found(kind).find((row) => row.value === value)?.number));
  const named = (kind: string) =>
    found(kind).map((row) => ({ ...toCount(row.value, row.number), display: row.display }));
  const isProvider = realm.type === "provider";
  const roles = organizationRoleNames().map((value) =>
    toCount(value, found("role").find((row) => row.value === foldCase(value))?.number),
  );
  return {
    totals: [toCount("User", people)],
    statuses: each("status", USER_STATUSES),
    roles: [...(isProvider ? each("provider role", [PROVIDER_ADMIN]) : []), ...roles],
    sources: each("source", MEMBERSHIP_SOURCES),
    organizations: named("organization"),
    teams: named("team"),
    invitations: [],
  };
}

/** @param matches the people, as `from` and `where` */
function countsOf({ dialect }: Session, realm: Realm, matches: Sql): Sql {
  const isProvider = realm.type === "provider";
  const isAdmin = isProvider ? "accounts.is_provider_admin" : "false";
  const own = (table: string) => within(realm, `${table}.organization_id`);
  const number = (kind: string, value: string, where: string) =>
    sql(
      `select '${kind}' as kind, '${value}' as value, '' as display, count(*) as number from matching where ${where}`,
    );
  // A cross join: SQLite then looks up what belongs to those who match, and does not read the whole table.
  const joined = (table: string) =>
    sql(
      `matching cross join muster_${table} as ${table} where ${table}.account_id = matching.id ${own(table).text}`,
      ...own(table).bindings,
    );
  const [members, seats] = [joined("memberships"), joined("team_memberships")];
  const largest = (kind: string, table: string, column: string, rows: Sql) =>
    sql(
      `select * from (select '${kind}' as kind, named.id as value, named.display_name as display, counted.number
       from (select ${column} as id, count(*) as number from ${rows.text} group by ${column}
             order by count(*) desc, ${column} limit ${LARGEST}) counted
         join muster_${table} as named on named.id = counted.id) ${table}_counted`,
      ...rows.bindings,
    );
  const direct = rolesOf(
    dialect,
    `(select account_id, roles_search from ${members.text} and memberships.roles <> '[]') source`,
  );
  const byTeam = rolesOf(
    dialect,
    `(select team_memberships.account_id, teams.roles_search
       from matching cross join muster_team_memberships as team_memberships
         cross join muster_teams as teams
       where team_memberships.account_id = matching.id and teams.id = team_memberships.team_id
       and teams.roles <> '[]' ${own("team_memberships").text}) source`,
  );
  const parts = [
    number("User", "User", "true"),
    ...USER_STATUSES.map((status) => number("status", status, CONDITIONS[status])),
    ...(isProvider ? [number("provider role", PROVIDER_ADMIN, "matching.is_admin")] : []),
    sql(
      `select 'source' as kind, ${SOURCE} as value, '' as display, count(*) as number from ${members.text} group by ${SOURCE}`,
      ...members.bindings,
    ),
    sql(
      `select 'role' as kind, role as value, '' as display, count(distinct account_id) as number
       from (${direct} union all ${byTeam}) people group by role`,
      ...members.bindings,
      ...own("team_memberships").bindings,
    ),
    largest("team", "teams", "team_memberships.team_id", seats),
    ...(isProvider ? [largest("organization", "organizations", "memberships.organization_id", members)] : []),
  ];
  const { isInvited } = accountView(dialect, realm);
  return sql(
    `with matching as materialized (select accounts.id, accounts.active, ${isInvited} as is_invited, ${isAdmin} as is_admin
       ${matches.text} limit ${BOUND + 1})
     ${parts.map(({ text }) => text).join(" union all ")}`,
    ...matches.bindings,
    ...parts.flatMap(({ bindings }) => bindings),
  );
}

const CONDITIONS = {
  active: "matching.active",
  inactive: "not matching.active",
  invited: "matching.is_invited",
} as const;
