import type { Binding, Session } from "../../db/session.js";
import type { ItemKind } from "../../domain/removals/removal.js";
import { INDEXED_IN_PROFILE } from "../../domain/users/account.js";
import { followingColumns, INDEXED } from "../memberships/record-view.js";
import { RecordRepository } from "../memberships/records.js";
import { columnsOf, EMAIL } from "./snapshots.js";
import type { KeptColumns } from "./snapshots.js";
import {
  ACCOUNT,
  ACCOUNT_EMAIL,
  INVITATION,
  INVITATION_PARTS,
  MEMBERSHIP,
  ORGANIZATION,
  RECORD,
  SEAT,
  TEAM,
} from "./taking.js";

/** Items of one removal and kind, in one organization and, for places in a team, of one team. */
export interface ItemGroup {
  readonly removalId: string;
  readonly kind: ItemKind;
  readonly organizationId: string;
  /** A team, or an invitation; '' for other kinds. */
  readonly resourceId: string;
  /** Of people; one '' for what has no person. */
  readonly accountIds: readonly string[];
}

/** A place of a person in a team. */
export interface RestoredSeat {
  readonly teamId: string;
  readonly accountId: string;
}

/** Why an item cannot come back; undefined when it can. */
export interface Reason {
  readonly accountId: string;
  readonly reason: string | null;
}

/**
 * Brings back what was taken away: each kind by a few statements for a group of items. It never overwrites what is there, and
 * what cannot come back is left out. The caller has locked the organization, and claimed the group.
 */
export class Restoring {
  constructor(private readonly session: Session) {}

  /**
   * Locks the people of a group that are there, and then its items, so that nobody strikes them until the transaction ends.
   * The caller has locked the organization: who strikes items locks in the same order.
   *
   * @returns the group without those that were struck, or came back, since it was read
   */
  async claim(group: ItemGroup): Promise<ItemGroup> {
    const { dialect } = this.session;
    if (dialect.hasOneWriter) return group;
    await this.#lockAccounts(group.accountIds);
    const { text, bindings } = this.#kept(group);
    const rows = await this.session.rows<{ account_id: string }>(
      `select kept.account_id from ${text} and (kept.state is null or kept.state = 'failed')
       order by kept.account_id ${dialect.forUpdate}`,
      bindings,
    );
    return { ...group, accountIds: rows.map((row) => row.account_id) };
  }

  /** @returns whether its name is free, and it is back, without members */
  async organization(group: ItemGroup, at: string): Promise<boolean> {
    const { dialect } = this.session;
    const columns = anew(columnsOf(dialect, ORGANIZATION, "kept.data"));
    const { text, bindings } = this.#kept(group);
    const restored = await this.session.first<{ id: string }>(
      `insert into muster_organizations (id, ${names(columns)}, member_count, updated_at)
       select kept.organization_id, ${values(columns)}, 0, ? from ${text}
       on conflict do nothing returning id`,
      [at, ...bindings],
    );
    if (!restored) return false;
    // The care for accounts that it created has ended for good.
    await this.session.rows(
      `update muster_accounts set origin_organization_id = ?, in_care = false
       where origin_organization_id is null and id in
         (select ${this.#elementText()} from muster_removal_items as kept
            cross join ${dialect.jsonElements("kept.data", ["creations"])}
          where kept.removal_id = ? and kept.kind = 'organization' and kept.organization_id = ?)`,
      [group.organizationId, group.removalId, group.organizationId],
    );
    return true;
  }

  /** @returns the ids of the accounts whose user names are free, and that are back */
  async accounts(group: ItemGroup, at: string): Promise<string[]> {
    const { dialect } = this.session;
    const kept = columnsOf(dialect, ACCOUNT, "kept.data");
    const origin = kept.origin_organization_id ?? "null";
    const columns = anew({
      ...kept,
      origin_organization_id: `(select id from muster_organizations as origins where origins.id = ${origin})`,
    });
    const { text, bindings } = this.#kept(group);
    const rows = await this.session.rows<{ id: string }>(
      `insert into muster_accounts (id, ${names(columns)}, updated_at)
       select kept.account_id, ${values(columns)}, ? from ${text} on conflict do nothing returning id`,
      [at, ...bindings],
    );
    const ids = rows.map(({ id }) => id);
    await this.#elements({ ...group, accountIds: ids }, "emails", ACCOUNT_EMAIL, "muster_account_emails", {
      account_id: "kept.account_id",
    });
    return ids;
  }

  /**
   * Brings a team back, without members.
   *
   * @returns `takenBy`: the id of the team that has the name, if it is another one; `hadRoles`: whether the one that was
   *   deleted gave roles; undefined when there is no such organization
   */
  async team(
    group: ItemGroup,
    at: string,
  ): Promise<{ takenBy: string | undefined; hadRoles: boolean } | undefined> {
    const columns = anew(columnsOf(this.session.dialect, TEAM, "kept.data"));
    const { text, bindings } = this.#kept(group);
    const isThere = `exists (select 1 from muster_organizations as organizations where organizations.id = kept.organization_id)`;
    const hadRoles = `${columns.roles ?? "''"} <> '[]'`;
    const restored = await this.session.first<{ had_roles: boolean | number }>(
      `insert into muster_teams (id, organization_id, ${names(columns)}, member_count, updated_at)
       select kept.resource_id, kept.organization_id, ${values(columns)}, 0, ? from ${text} and ${isThere}
       on conflict do nothing returning roles <> '[]' as had_roles`,
      [at, ...bindings],
    );
    if (restored) return { takenBy: undefined, hadRoles: Boolean(restored.had_roles) };
    const others = this.#kept(
      group,
      `join muster_teams as teams on teams.organization_id = kept.organization_id
         and teams.display_name_key = ${columns.display_name_key ?? "null"}`,
    );
    const other = await this.session.first<{ id: string; had_roles: boolean | number }>(
      `select teams.id, ${hadRoles} as had_roles from ${others.text}`,
      others.bindings,
    );
    return other && { takenBy: other.id, hadRoles: Boolean(other.had_roles) };
  }

  /** Gives the roles of a team to another one. */
  async giveRoles(group: ItemGroup, teamId: string, at: string): Promise<void> {
    const kept = columnsOf(this.session.dialect, TEAM, "kept.data");
    const given = ["roles", "roles_search", "is_admin"].map(
      (column) => `${column} = ${kept[column] ?? "null"}`,
    );
    await this.session.rows(
      `update muster_teams set ${given.join(", ")}, version = version + 1, updated_at = ?
       from muster_removal_items as kept where muster_teams.id = ? and kept.removal_id = ? and kept.kind = 'team'
       and kept.organization_id = ? and kept.resource_id = ?`,
      [at, teamId, group.removalId, group.organizationId, group.resourceId],
    );
  }

  /** Notes the team that has the members of one whose name was taken. */
  async redirect(group: ItemGroup, teamId: string): Promise<void> {
    await this.session.rows(
      `update muster_removal_items set target_id = ? where removal_id = ? and kind = 'team'
       and organization_id = ? and resource_id = ?`,
      [teamId, group.removalId, group.organizationId, group.resourceId],
    );
  }

  /** @returns whether the invitation is back */
  async invitation(group: ItemGroup, at: string): Promise<boolean> {
    const { dialect } = this.session;
    const kept = columnsOf(dialect, INVITATION, "kept.data");
    const columns = anew({
      ...kept,
      inviter_account_id: `(select id from muster_accounts as inviters where inviters.id = ${kept.inviter_account_id ?? ""})`,
    });
    const { text, bindings } = this.#kept(
      group,
      "join muster_organizations as organizations on organizations.id = kept.organization_id",
    );
    const restored = await this.session.first(
      `insert into muster_invitations (id, organization_id, ${names(columns)}, updated_at)
       select kept.resource_id, organizations.id, ${values(columns)}, ? from ${text}
       on conflict do nothing returning id`,
      [at, ...bindings],
    );
    if (!restored) return false;
    for (const [name, part] of Object.entries(INVITATION_PARTS)) {
      const column = Object.keys(part).find((each) => each === "team_id" || each === "account_id");
      const read = columnsOf(dialect, part, "element.value");
      const exists =
        column === undefined
          ? ""
          : `and exists (select 1 from muster_${column === "team_id" ? "teams" : "accounts"} as others
               where others.id = ${read[column] ?? ""})`;
      await this.#elements(
        group,
        name,
        part,
        `muster_invitation_${name}`,
        { invitation_id: "kept.resource_id" },
        exists,
      );
    }
    return true;
  }

  /** Brings back records of people who had left the organization, of accounts that are there. */
  async records(group: ItemGroup): Promise<void> {
    const columns = columnsOf(this.session.dialect, RECORD, "kept.data");
    const { text, bindings } = this.#kept(group);
    await this.session.rows(
      `insert into muster_kept_records (organization_id, account_id, ${names(columns)})
       select kept.organization_id, kept.account_id, ${values(columns)} from ${text}
       and exists (select 1 from muster_organizations as organizations where organizations.id = kept.organization_id)
       and exists (select 1 from muster_accounts as accounts where accounts.id = kept.account_id)
       on conflict do nothing`,
      bindings,
    );
  }

  /** Why memberships cannot come back. */
  async obstaclesOfMemberships(group: ItemGroup): Promise<Reason[]> {
    const following = this.#following();
    const { text, bindings } = this.#kept(
      group,
      "left join muster_accounts as accounts on accounts.id = kept.account_id",
    );
    return this.#reasons(
      `select kept.account_id, case
         when accounts.id is null then 'the account no longer exists'
         when exists (select 1 from muster_memberships as memberships
           where memberships.organization_id = kept.organization_id and memberships.account_id = kept.account_id)
           then 'is a member again, and stays as that was written'
         when ${LATER} then 'left again later, by another removal'
         when exists (select 1 from muster_memberships as others where others.organization_id = kept.organization_id
           and others.user_name_key = ${following.user_name_key ?? "''"} and others.account_id <> kept.account_id)
           then 'another User of the organization has the userName' end as reason
       from ${text}`,
      bindings,
    );
  }

  /** Brings memberships back, with their records. @returns the ids of the members */
  async memberships(group: ItemGroup, at: string): Promise<string[]> {
    const { dialect } = this.session;
    const following = this.#following("taken.value is not null");
    const columns = anew({ ...columnsOf(dialect, MEMBERSHIP, "kept.data"), ...following });
    const taken = JSON.stringify(await this.#withTakenNames(group));
    const { text, bindings } = this.#kept(
      group,
      "join muster_accounts as accounts on accounts.id = kept.account_id",
      `left join (${this.#items}) taken on taken.value = accounts.id`,
    );
    const rows = await this.session.rows<{ account_id: string; is_following: boolean | number }>(
      `insert into muster_memberships (organization_id, account_id, ${names(columns)}, updated_at, restored_at)
       select kept.organization_id, kept.account_id, ${values(columns)}, ?, ? from ${text}
       on conflict do nothing returning account_id, profile is null as is_following`,
      [at, at, taken, ...bindings],
    );
    const ids = rows.map((row) => row.account_id);
    const own = rows.filter((row) => !row.is_following).map((row) => row.account_id);
    const others = rows.filter((row) => row.is_following).map((row) => row.account_id);
    await this.#elements({ ...group, accountIds: own }, "emails", EMAIL, "muster_member_emails", {
      organization_id: "kept.organization_id",
      account_id: "kept.account_id",
    });
    const records = new RecordRepository(this.session);
    if (others.length > 0) await records.followEmails(group.organizationId, others);
    await records.endCare(await this.#inCare(ids));
    return ids;
  }

  /** Gives members back their places in teams that went with their memberships. @returns the places */
  async seatsOfMemberships(group: ItemGroup, at: string): Promise<RestoredSeat[]> {
    const { dialect } = this.session;
    const read = columnsOf(dialect, SEAT, "element.value");
    const { text, bindings } = this.#kept(
      group,
      `cross join ${dialect.jsonElements("kept.data", ["seats"])}`,
      `cross join muster_teams as teams`,
    );
    return this.#seats(
      `select teams.id, kept.organization_id, kept.account_id, ${read.role ?? ""}, ${read.role_key ?? ""}
       from ${text} and teams.id = ${TARGET(read.team_id ?? "")} and teams.organization_id = kept.organization_id`,
      bindings,
      at,
    );
  }

  /** Why people cannot come back into a team. */
  async obstaclesOfSeats(group: ItemGroup): Promise<Reason[]> {
    const { text, bindings } = this.#kept(group);
    const target = TARGET("kept.resource_id");
    return this.#reasons(
      `select kept.account_id, case
         when not exists (select 1 from muster_teams as teams where teams.id = ${target}
           and teams.organization_id = kept.organization_id) then 'the team no longer exists'
         when not exists (select 1 from muster_memberships as memberships
           where memberships.organization_id = kept.organization_id and memberships.account_id = kept.account_id)
           then 'is no longer a member of the organization'
         when exists (select 1 from muster_team_memberships as seats where seats.team_id = ${target}
           and seats.account_id = kept.account_id) then 'is in the team again, and stays as that was written'
         when ${LATER} then 'left the team again later, by another removal'
         when ${LEFT} then 'left the organization later' end as reason
       from ${text}`,
      bindings,
    );
  }

  /** Gives members back their places in a team, or in the one that has its name now. @returns the places */
  async seats(group: ItemGroup, at: string): Promise<RestoredSeat[]> {
    const { role = "", role_key: key = "" } = columnsOf(this.session.dialect, SEAT, "kept.data");
    const { text, bindings } = this.#kept(group);
    return this.#seats(
      `select ${TARGET("kept.resource_id")}, kept.organization_id, kept.account_id, ${role}, ${key} from ${text}`,
      bindings,
      at,
    );
  }

  /** Why people cannot be active again. */
  async obstaclesOfActivity(group: ItemGroup): Promise<Reason[]> {
    const of = group.organizationId === "" ? "muster_accounts" : "muster_memberships";
    const key =
      group.organizationId === ""
        ? "others.id = kept.account_id"
        : "others.organization_id = kept.organization_id and others.account_id = kept.account_id";
    const { text, bindings } = this.#kept(group, `left join ${of} as others on ${key}`);
    return this.#reasons(
      `select kept.account_id, case
         when others.version is null then 'the User no longer exists'
         when others.active then 'is active again'
         when ${LATER} then 'was deactivated again later, by another removal'
         when ${LEFT} then 'left the organization later' end as reason
       from ${text}`,
      bindings,
    );
  }

  /** Makes people active again. @returns their ids */
  async activity({ organizationId, accountIds }: ItemGroup, at: string): Promise<string[]> {
    const [table, id] = organizationId === "" ? ["accounts", "id"] : ["memberships", "account_id"];
    const rows = await this.session.rows<{ id: string }>(
      `update muster_${table} set active = true, is_active_assigned = true, version = version + 1, updated_at = ?
       where not active and ${id} in (${this.#items}) ${organizationId === "" ? "" : "and organization_id = ?"}
       returning ${id} as id`,
      [at, JSON.stringify(accountIds), ...(organizationId === "" ? [] : [organizationId])],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Makes items of their own of places in teams that went with memberships, and whose teams are not there: they come back, or
   * fail, by themselves.
   */
  async separateSeats(group: ItemGroup): Promise<void> {
    const { dialect } = this.session;
    const { team_id: teamId = "" } = columnsOf(dialect, SEAT, "element.value");
    const { text, bindings } = this.#kept(
      group,
      `cross join ${dialect.jsonElements("kept.data", ["seats"])}`,
    );
    await this.session.rows(
      `insert into muster_removal_items (removal_id, kind, organization_id, resource_id, account_id, realm, taken_at,
         is_part, display, data)
       select kept.removal_id, 'seat', kept.organization_id, ${teamId}, kept.account_id, kept.realm, kept.taken_at,
         true, kept.display, element.value
       from ${text} and not exists (select 1 from muster_teams as teams where teams.id = ${TARGET(teamId)})
       on conflict do nothing`,
      bindings,
    );
  }

  async #seats(select: string, bindings: readonly Binding[], at: string): Promise<RestoredSeat[]> {
    const rows = await this.session.rows<{ team_id: string; account_id: string }>(
      `insert into muster_team_memberships (team_id, organization_id, account_id, role, role_key) ${select}
       on conflict do nothing returning team_id, account_id`,
      bindings,
    );
    if (rows.length > 0) {
      await this.session.rows(
        `update muster_teams set version = version + 1, updated_at = ? where id in (${this.#items})`,
        [at, JSON.stringify([...new Set(rows.map((row) => row.team_id))])],
      );
    }
    return rows.map((row) => ({ teamId: row.team_id, accountId: row.account_id }));
  }

  /** Whose accounts have user names that other people have in the organization. */
  async #withTakenNames({ organizationId, accountIds }: ItemGroup): Promise<string[]> {
    const rows = await this.session.rows<{ id: string }>(
      `select accounts.id from muster_accounts as accounts where accounts.id in (${this.#items})
       and exists (select 1 from muster_memberships as others where others.organization_id = ?
         and others.user_name_key = accounts.user_name_key and others.account_id <> accounts.id)`,
      [JSON.stringify(accountIds), organizationId],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * The names of a record: its own, or those of the account that it follows.
   *
   * @param isTaken SQL for whether another person has the account's user name; absent: to be looked up
   */
  #following(isTaken?: string): Readonly<Record<string, string>> {
    const { dialect } = this.session;
    const kept = columnsOf(dialect, MEMBERSHIP, "kept.data");
    const following = followingColumns(dialect, {
      organizationId: "kept.organization_id",
      showsProfile: kept.shows_profile ?? "false",
      ...(isTaken !== undefined && { isTaken }),
    });
    const indexed = Object.fromEntries(
      INDEXED_IN_PROFILE.map((path) => [
        INDEXED[path.join(".")] ?? "",
        dialect.jsonText(`(${kept.search ?? ""})`, path),
      ]),
    );
    const own: Readonly<Record<string, string>> = { ...kept, ...indexed };
    return Object.fromEntries(
      Object.entries(following).map(([column, value]) => [
        column,
        `case when ${kept.profile ?? ""} is null then ${value} else ${own[column] ?? "null"} end`,
      ]),
    );
  }

  /** Inserts the elements of a list that items have. @param ids the columns that come from the item itself */
  async #elements(
    group: ItemGroup,
    list: string,
    columns: KeptColumns,
    table: string,
    ids: Readonly<Record<string, string>>,
    condition = "",
  ): Promise<void> {
    if (group.accountIds.length === 0) return;
    const read = columnsOf(this.session.dialect, columns, "element.value");
    const { text, bindings } = this.#kept(
      group,
      `cross join ${this.session.dialect.jsonElements("kept.data", [list])}`,
    );
    await this.session.rows(
      `insert into ${table} (${names(ids)}, ${names(read)}) select ${values(ids)}, ${values(read)}
       from ${text} ${condition} on conflict do nothing`,
      bindings,
    );
  }

  async #reasons(select: string, bindings: readonly Binding[]): Promise<Reason[]> {
    const rows = await this.session.rows<{ account_id: string; reason: string | null }>(select, bindings);
    return rows.map(({ account_id, reason }) => ({ accountId: account_id, reason }));
  }

  async #lockAccounts(ids: readonly string[]): Promise<void> {
    await this.session.rows(
      `select id from muster_accounts where id in (${this.#items}) order by id ${this.session.dialect.forUpdate}`,
      [JSON.stringify(ids)],
    );
  }

  /** Who of them is in the care of an organization: that ends when another one has them. */
  async #inCare(ids: readonly string[]): Promise<string[]> {
    const rows = await this.session.rows<{ id: string }>(
      `select id from muster_accounts where in_care and id in (${this.#items})`,
      [JSON.stringify(ids)],
    );
    return rows.map(({ id }) => id);
  }

  /** The items of a group, as a relation named `kept`, with further ones; more conditions can follow. */
  #kept(group: ItemGroup, ...joined: readonly string[]) {
    return {
      text: `muster_removal_items as kept ${joined.join(" ")} where kept.removal_id = ? and kept.kind = ?
        and kept.organization_id = ? and kept.resource_id = ? and kept.account_id in (${this.#items})`,
      bindings: [
        ...[group.removalId, group.kind, group.organizationId, group.resourceId],
        JSON.stringify(group.accountIds),
      ],
    };
  }

  get #items(): string {
    return `select items.value from ${this.session.dialect.textItems}`;
  }

  #elementText(): string {
    return this.session.dialect.engine === "postgres" ? "element.value #>> '{}'" : "element.value";
  }
}

/** Whether the same was taken again later, by another removal. */
const LATER = `exists (select 1 from muster_removal_items as later where later.account_id = kept.account_id
  and later.account_id <> '' and later.organization_id = kept.organization_id and later.kind = kept.kind
  and later.resource_id = kept.resource_id and later.removal_id <> kept.removal_id
  and later.taken_at > kept.taken_at)`;

/** Whether the person left the organization after that, and no undo brought the membership back. */
const LEFT = `exists (select 1 from muster_removal_items as later where later.account_id = kept.account_id
  and later.account_id <> '' and later.organization_id = kept.organization_id and later.kind = 'membership'
  and later.taken_at >= kept.taken_at and (later.state is null or later.state <> 'restored'))`;

/** SQL for the team that has the members of a team: the one that has its name now, or it itself. */
const TARGET = (teamId: string) => `coalesce((select target.target_id from muster_removal_items as target
  where target.removal_id = kept.removal_id and target.kind = 'team' and target.organization_id = kept.organization_id
  and target.resource_id = ${teamId} and target.account_id = ''), ${teamId})`;

/** What comes back is in a new version. */
const anew = (columns: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...columns,
  version: `${columns.version ?? "0"} + 1`,
});

const names = (columns: Readonly<Record<string, string>>) => Object.keys(columns).join(", ");
const values = (columns: Readonly<Record<string, string>>) => Object.values(columns).join(", ");
