import type { Session } from "../../db/session.js";
import { UniquenessError } from "../../domain/errors.js";
import type { Filter, Listing, Page } from "../../domain/listing.js";
import type { Member } from "../../domain/memberships/membership.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Taking } from "../../domain/removals/removal.js";
import type { Team } from "../../domain/teams/team.js";
import { hasRole, ORGANIZATION_ADMIN } from "../../domain/access/roles.js";
import { foldCase } from "../../domain/values/text.js";
import { ListingCompiler } from "../listing/compile.js";
import { readPage } from "../listing/page.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { keepSeats } from "../removals/taking.js";
import { memberName } from "../memberships/record-view.js";
import { roleBindings, toRoles } from "../memberships/roles.js";
import { within } from "../realm.js";
import { insertUnique, updateUnique } from "../unique.js";
import { memberElements, teamFields, teamFieldsAsGroups, teamSource, teamView } from "./team-fields.js";
import type { TeamFields } from "./team-fields.js";

interface TeamRow {
  id: string;
  organization_id: string;
  organization_name: string;
  display_name: string;
  external_id: string | null;
  description: string | null;
  roles: string;
  member_count: number;
  version: number;
  created_at: string;
  updated_at: string;
}

/** The columns of a row, except the long ones. */
const COLUMNS = [
  "id",
  "organization_id",
  "organization_name",
  "display_name",
  "external_id",
  "roles",
  "member_count",
  "version",
  "created_at",
  "updated_at",
];

/** The role of a member in a team; undefined for none. */
export interface TeamRole {
  readonly accountId: string;
  readonly role: string | undefined;
}

interface AccountId {
  account_id: string;
}

const toId = (row: AccountId) => row.account_id;

/** Teams and their members. The cost of a change depends on the members it names, not on the size of the team. */
export class TeamRepository {
  /** A condition that limits statements on teams and their memberships to the realm. */
  readonly #own: Sql;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#own = within(realm, "organization_id");
  }

  async find(id: string): Promise<Team | undefined> {
    const { text, bindings } = teamView(this.realm);
    const row = await this.session.first<TeamRow>(`select * from ${text} where teams.id = ?`, [
      ...bindings,
      id,
    ]);
    return row && toTeam(row);
  }

  /**
   * Makes other changes of the team wait until the transaction ends. Its organization is locked first, as wherever members
   * of teams change: who leaves the organization leaves its teams.
   */
  async lock(id: string): Promise<void> {
    const { forUpdate, hasOneWriter } = this.session.dialect;
    if (hasOneWriter) return;
    const team = `muster_teams where id = ? ${this.#own.text}`;
    const bindings = [id, ...this.#own.bindings];
    await this.session.rows(
      `select 1 from muster_organizations where id = (select organization_id from ${team}) ${forUpdate}`,
      bindings,
    );
    await this.session.rows(`select 1 from ${team} ${forUpdate}`, bindings);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing): Promise<Page<Team>> {
    return this.#list(listing, teamFields);
  }

  /** Like `list`, for criteria on the attributes of Groups. */
  async listAsGroups(listing: Listing): Promise<Page<Team>> {
    return this.#list(listing, teamFieldsAsGroups);
  }

  /** @returns the teams that exist, by their ids */
  async findAll(ids: readonly string[]): Promise<Map<string, Team>> {
    const { text, bindings } = teamView(this.realm);
    const rows = await this.session.rows<TeamRow>(
      `select * from ${text} where teams.id in (select items.value from ${this.session.dialect.textItems})`,
      [...bindings, JSON.stringify(ids)],
    );
    return new Map(rows.map((row) => [row.id, toTeam(row)]));
  }

  /** @throws UniquenessError when the organization has a team of that name */
  async insert(team: Team): Promise<void> {
    await insertUnique(
      this.session,
      sql(
        `insert into muster_teams (display_name, display_name_key, external_id, description, description_key,
           roles, roles_search, is_admin, version, updated_at, id, organization_id, created_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[...attributeBindings(team), team.id, team.organizationId, team.createdAt],
      ),
      "organization_id, display_name_key",
      () => nameTaken(team),
    );
  }

  /**
   * Writes a team, except the number of its members, which the database counts.
   *
   * @throws UniquenessError when the organization has a team of that name
   */
  async update(team: Team): Promise<void> {
    await updateUnique(
      this.session.rows(
        `update muster_teams set display_name = ?, display_name_key = ?, external_id = ?, description = ?,
           description_key = ?, roles = ?, roles_search = ?, is_admin = ?, version = ?, updated_at = ?
         where id = ? ${this.#own.text}`,
        [...attributeBindings(team), team.id, ...this.#own.bindings],
      ),
      "muster_teams_organization_id_display_name_key_unique",
      () => nameTaken(team),
    );
  }

  async delete(id: string): Promise<void> {
    await this.session.rows(`delete from muster_teams where id = ? ${this.#own.text}`, [
      id,
      ...this.#own.bindings,
    ]);
  }

  /** The members of a team in the order of their account ids. @param after the last account id of the page before */
  async members(id: string, after: string | undefined, limit: number): Promise<Member[]> {
    const rows = await this.session.rows<AccountId & { display: string; role: string | null }>(
      `select team_memberships.account_id, team_memberships.role,
         ${memberName(this.realm)} as display
       from muster_team_memberships as team_memberships
         join muster_accounts as accounts on accounts.id = team_memberships.account_id
         join muster_memberships as memberships on memberships.organization_id = team_memberships.organization_id
           and memberships.account_id = team_memberships.account_id
       where team_memberships.team_id = ? and team_memberships.account_id > ?
       ${within(this.realm, "team_memberships.organization_id").text}
       order by team_memberships.account_id limit ?`,
      [id, after ?? "", ...this.#own.bindings, limit],
    );
    return rows.map(({ account_id, display, role }) => ({
      accountId: account_id,
      display,
      role: role ?? undefined,
    }));
  }

  /** The account ids of the first members of a team, in order. */
  async memberIds(id: string, limit: number): Promise<string[]> {
    const rows = await this.session.rows<AccountId>(
      `select account_id from muster_team_memberships where team_id = ? ${this.#own.text}
       order by account_id limit ?`,
      [id, ...this.#own.bindings, limit],
    );
    return rows.map(toId);
  }

  /** Adds members of the team's organization; other accounts are skipped. @returns the ids of the new members */
  async add(team: Team, accountIds: readonly string[]): Promise<string[]> {
    const added = await this.session.rows<AccountId>(
      `insert into muster_team_memberships (team_id, organization_id, account_id)
       select ?, memberships.organization_id, memberships.account_id from muster_memberships as memberships
       where memberships.organization_id = ?
       and memberships.account_id in (select items.value from ${this.session.dialect.textItems})
       ${this.#own.text} on conflict (team_id, account_id) do nothing returning account_id`,
      [team.id, team.organizationId, JSON.stringify(accountIds), ...this.#own.bindings],
    );
    return added.map(toId);
  }

  /** @returns the ids that are not of members of the team's organization */
  async unknownMembers(team: Team, accountIds: readonly string[]): Promise<string[]> {
    const rows = await this.session.rows<{ value: string }>(
      `select items.value as value from ${this.session.dialect.textItems} where not exists
         (select 1 from muster_memberships where organization_id = ? and account_id = items.value)`,
      [JSON.stringify(accountIds), team.organizationId],
    );
    return rows.map(({ value }) => value);
  }

  /**
   * Those of the ids that a client may know as members, and that cannot be: of people who left the organization, and of
   * its teams, since identity providers send groups inside of groups.
   */
  async leaversAndTeams(team: Team, ids: readonly string[]): Promise<string[]> {
    const { textItems } = this.session.dialect;
    const rows = await this.session.rows<{ id: string }>(
      `select id from muster_teams
       where organization_id = ? and id in (select items.value from ${textItems})
       union all
       select account_id from muster_kept_records
       where organization_id = ? and account_id in (select items.value from ${textItems})`,
      [team.organizationId, JSON.stringify(ids), team.organizationId, JSON.stringify(ids)],
    );
    return rows.map(({ id }) => id);
  }

  /** Sets members' roles; undefined removes a role. @returns the members whose roles changed, with their old roles */
  async setRoles(id: string, roles: readonly TeamRole[]): Promise<TeamRole[]> {
    const changed: TeamRole[] = [];
    for (const role of new Set(roles.map((each) => each.role))) {
      const accountIds = roles.filter((each) => each.role === role).map(({ accountId }) => accountId);
      const changing = await this.session.rows<AccountId & { role: string | null }>(
        `select account_id, role from muster_team_memberships
         where team_id = ? and account_id in (select items.value from ${this.session.dialect.textItems})
         and role is distinct from ? ${this.#own.text}`,
        [id, JSON.stringify(accountIds), role ?? null, ...this.#own.bindings],
      );
      if (changing.length === 0) continue;
      await this.session.rows(
        `update muster_team_memberships set role = ?, role_key = ?
         where team_id = ? and account_id in (select items.value from ${this.session.dialect.textItems})`,
        [role ?? null, role === undefined ? null : foldCase(role), id, JSON.stringify(changing.map(toId))],
      );
      for (const row of changing) changed.push({ accountId: row.account_id, role: row.role ?? undefined });
    }
    return changed;
  }

  /** The members of a team who have a role in it. */
  async membersWithRoles(id: string): Promise<string[]> {
    const rows = await this.session.rows<AccountId>(
      `select account_id from muster_team_memberships where team_id = ? and role is not null ${this.#own.text}`,
      [id, ...this.#own.bindings],
    );
    return rows.map(toId);
  }

  async isMember(id: string, accountId: string): Promise<boolean> {
    const row = await this.session.first(
      `select 1 from muster_team_memberships where team_id = ? and account_id = ? ${this.#own.text}`,
      [id, accountId, ...this.#own.bindings],
    );
    return row !== undefined;
  }

  /** @returns the ids of the removed members, whose places are kept for an undo */
  async remove(id: string, accountIds: readonly string[], taking: Taking): Promise<string[]> {
    return this.#removeWhere(
      id,
      taking,
      sql(
        `account_id in (select items.value from ${this.session.dialect.textItems})`,
        JSON.stringify(accountIds),
      ),
    );
  }

  /** Like `remove`, for all members except these. */
  async removeOthers(id: string, accountIds: readonly string[], taking: Taking): Promise<string[]> {
    return this.#removeWhere(
      id,
      taking,
      sql(
        `account_id not in (select items.value from ${this.session.dialect.textItems})`,
        JSON.stringify(accountIds),
      ),
    );
  }

  /** Like `remove`, for the members whose elements of `members` match a filter. */
  async removeMatching(id: string, filter: Filter, taking: Taking): Promise<string[]> {
    const elements = memberElements(this.session.dialect, this.realm);
    const compiler = new ListingCompiler(this.session.dialect, {
      table: "team_memberships",
      columns: elements.columns,
      collections: {},
      documents: {},
    });
    const { text, bindings } = compiler.condition(filter);
    const select = `select element.account_id from ${elements.from} where element.team_id = ? and ${text}`;
    return this.#removeWhere(id, taking, sql(`account_id in (${select})`, id, ...bindings));
  }

  async #list(listing: Listing, fields: TeamFields): Promise<Page<Team>> {
    const source = {
      ...teamSource(this.session.dialect, this.realm, listing.locations, listing, fields),
      columns: COLUMNS.map((name) => `teams.${name}`).join(", "),
      long: { description: "teams.description" },
    };
    const page = await readPage<TeamRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toTeam) };
  }

  async #removeWhere(id: string, taking: Taking, condition: Sql): Promise<string[]> {
    const own = within(this.realm, "seats.organization_id");
    await keepSeats(
      this.session,
      taking,
      sql(
        `seats.team_id = ? and seats.${condition.text} ${own.text}`,
        ...[id, ...condition.bindings, ...own.bindings],
      ),
    );
    const removed = await this.session.rows<AccountId>(
      `delete from muster_team_memberships where team_id = ? and ${condition.text} ${this.#own.text}
       returning account_id`,
      [id, ...condition.bindings, ...this.#own.bindings],
    );
    return removed.map(toId);
  }
}

function attributeBindings({ displayName, externalId, description, roles, version, updatedAt }: Team) {
  const key = description === undefined ? null : foldCase(description);
  const attributes = [displayName, foldCase(displayName), externalId ?? null, description ?? null, key];
  return [...attributes, ...roleBindings(roles), hasRole(roles, ORGANIZATION_ADMIN), version, updatedAt];
}

const nameTaken = ({ displayName }: Team) => new UniquenessError("Team", "displayName", displayName);

function toTeam(row: TeamRow): Team {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    displayName: row.display_name,
    externalId: row.external_id ?? undefined,
    description: row.description ?? undefined,
    roles: toRoles(row.roles),
    memberCount: row.member_count,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
