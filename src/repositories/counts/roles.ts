import type { Dialect } from "../../db/dialect.js";
import { rolesIn } from "../../domain/access/known-roles.js";
import type { Realm } from "../../domain/access/principal.js";
import { foldCase } from "../../domain/values/text.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { within } from "../realm.js";
import { BOUND } from "./bounded.js";

/** The roles in organizations that Muster knows. */
export const organizationRoleNames = (): string[] =>
  rolesIn({ type: "organization", organizationId: "" }).map(({ id }) => id);

/** Who has which role in an organization, by a role of their own or by a team, as rows of `account_id` and `role`. */
export interface PeopleWithRoles extends Sql {
  /** SQL for whether there are more than were read. */
  readonly isOver: Sql;
}

/** At most so many people with a role of their own, and so many seats in teams that give one. */
export function peopleWithRoles(dialect: Dialect, realm: Realm): PeopleWithRoles {
  const own = within(realm, "organization_id");
  const limit = `limit ${BOUND + 1}`;
  // In the order of the index of those with a role: SQLite would read all members by another one.
  const direct = sql(
    `(select account_id, roles_search from muster_memberships where roles <> '[]' ${own.text}
       order by organization_id, account_id ${limit}) source`,
    ...own.bindings,
  );
  // Which teams give roles has no index.
  const teams = `(select id, roles, roles_search from muster_teams where true ${own.text} order by id ${limit})`;
  const byTeam = sql(
    `(select seats.account_id, teams.roles_search from ${teams} teams
       join muster_team_memberships as seats on seats.team_id = teams.id where teams.roles <> '[]' ${limit}) source`,
    ...own.bindings,
  );
  const isOver = [direct, byTeam].map(({ text }) => `(select count(*) from ${text}) > ${BOUND}`);
  const people = [direct, byTeam].map(({ text }) => rolesOf(dialect, text));
  return {
    ...sql(`(${people.join(" union all ")}) people`, ...own.bindings, ...own.bindings),
    isOver: sql(`(${isOver.join(" or ")})`, ...own.bindings, ...own.bindings),
  };
}

/** @param from rows `source` of `account_id` and `roles_search` */
export function rolesOf(dialect: Dialect, from: string): string {
  const known = organizationRoleNames().map((name) => `'${foldCase(name)}'`);
  const role = dialect.jsonText("element.value", ["value"]);
  return `select source.account_id, ${role} as role from ${from}
    cross join ${dialect.jsonElements("source.roles_search", ["roles"])} where ${role} in (${known.join(", ")})`;
}
