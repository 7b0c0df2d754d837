import { isDeepStrictEqual } from "node:util";
import type { Session } from "../../db/session.js";
import type {
  AdderType,
  Joining,
  MembershipDetails,
  OrganizationRole,
  TeamReference,
} from "../../domain/memberships/membership-details.js";
import { within } from "../realm.js";
import type { Realm } from "../../domain/access/principal.js";
import { roleNames } from "../../domain/access/roles.js";
import type { MailState } from "../../domain/mail/mail.js";
import type { MembershipSource } from "../../domain/memberships/membership.js";
import { secondFactors } from "../second-factors/factor-elements.js";
import { adderName, adderOf } from "./adders.js";
import { toRoles } from "./roles.js";
import { SOURCE } from "./sources.js";

interface RolesRow {
  account_id: string;
  organization_id: string;
  display_name: string;
  roles: string;
  type: "direct" | "team";
}

interface JoiningRow {
  account_id: string;
  organization_id: string;
  display_name: string;
  created_at: string;
  source: MembershipSource;
  adder_type: AdderType;
  adder_id: string | null;
  adder_name: string | null;
}

interface TeamRow {
  account_id: string;
  id: string;
  display_name: string;
  role: string | null;
}

/** The roles and teams of many people at once. */
export class MembershipDetailsRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /** @returns the details of those accounts that have any, by their ids */
  async find(accountIds: readonly string[]): Promise<Map<string, MembershipDetails>> {
    const [roles, teams, joinings, activity, guarded, setupMails] = await Promise.all([
      this.#roles(accountIds),
      this.#teams(accountIds),
      this.#joinings(accountIds),
      this.#activity(accountIds),
      this.#guarded(accountIds),
      this.#setupMails(accountIds),
    ]);
    const all = [roles, teams, joinings, activity, guarded, setupMails];
    const ids = new Set(all.flatMap((found) => [...found.keys()]));
    return new Map(
      [...ids].map((id) => [
        id,
        {
          organizationRoles: roles.get(id) ?? [],
          teams: teams.get(id) ?? [],
          memberships: joinings.get(id) ?? [],
          lastActiveAt: activity.get(id),
          hasSecondFactor: guarded.has(id),
          setupMail: setupMails.get(id),
        },
      ]),
    );
  }

  async #joinings(accountIds: readonly string[]): Promise<Map<string, Joining[]>> {
    const { type, id } = adderOf(this.session.dialect, this.realm, "memberships");
    const own = within(this.realm, "memberships.organization_id");
    const rows = await this.session.rows<JoiningRow>(
      `select joinings.*, ${adderName(this.realm)} as adder_name from (
         select memberships.account_id, memberships.organization_id, organizations.display_name, memberships.created_at,
           ${SOURCE} as source, ${type} as adder_type, ${id} as adder_id
         from muster_memberships as memberships
           join muster_organizations as organizations on organizations.id = memberships.organization_id
         where memberships.account_id in (select items.value from ${this.session.dialect.textItems}) ${own.text}
       ) joinings order by joinings.account_id, joinings.organization_id`,
      [JSON.stringify(accountIds), ...own.bindings],
    );
    return grouped(rows, (row) => [
      {
        organizationId: row.organization_id,
        organizationName: row.display_name,
        joinedAt: row.created_at,
        source: row.source,
        adder: { type: row.adder_type, id: row.adder_id ?? undefined, name: row.adder_name ?? undefined },
      },
    ]);
  }

  /** An organization sees only the mail that it asked for. */
  async #setupMails(accountIds: readonly string[]): Promise<Map<string, MailState>> {
    const own = within(this.realm, "organization_id");
    const rows = await this.session.rows<{
      account_id: string;
      mail_state: MailState["state"];
      mail_at: string;
    }>(
      `select account_id, mail_state, mail_at from muster_account_setups
       where mail_state is not null and account_id in (select items.value from ${this.session.dialect.textItems})
       ${own.text} order by mail_at`,
      [JSON.stringify(accountIds), ...own.bindings],
    );
    return new Map(rows.map((row) => [row.account_id, { state: row.mail_state, at: row.mail_at }]));
  }

  /** The accounts with a second factor for the password that is the realm's concern. */
  async #guarded(accountIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { from, within } = secondFactors(this.realm);
    const rows = await this.session.rows<{ account_id: string }>(
      `select element.account_id from ${from}
       where element.account_id in (select items.value from ${this.session.dialect.textItems})
       ${within ? `and ${within.column} = ?` : ""}`,
      [JSON.stringify(accountIds), ...(within ? [within.id] : [])],
    );
    return new Set(rows.map((row) => row.account_id));
  }

  async #activity(accountIds: readonly string[]): Promise<Map<string, string>> {
    const { textItems } = this.session.dialect;
    const ids = JSON.stringify(accountIds);
    const rows =
      this.realm.type === "provider"
        ? await this.session.rows<{ account_id: string; last_active_at: string }>(
            `select id as account_id, last_active_at from muster_accounts
             where last_active_at is not null and id in (select items.value from ${textItems})`,
            [ids],
          )
        : await this.session.rows<{ account_id: string; last_active_at: string }>(
            `select account_id, last_active_at from muster_memberships
             where last_active_at is not null and organization_id = ?
             and account_id in (select items.value from ${textItems})`,
            [this.realm.organizationId, ids],
          );
    return new Map(rows.map((row) => [row.account_id, row.last_active_at]));
  }

  async #roles(accountIds: readonly string[]): Promise<Map<string, OrganizationRole[]>> {
    if (this.realm.type === "organization") return new Map();
    const { textItems } = this.session.dialect;
    const named = "join muster_organizations as organizations on organizations.id";
    const rows = await this.session.rows<RolesRow>(
      `select memberships.account_id, memberships.organization_id, organizations.display_name, memberships.roles,
         'direct' as type
       from muster_memberships as memberships ${named} = memberships.organization_id
       where memberships.roles <> '[]'
       and memberships.account_id in (select items.value from ${textItems})
       union
       select seats.account_id, seats.organization_id, organizations.display_name, teams.roles, 'team' as type
       from muster_team_memberships as seats join muster_teams as teams on teams.id = seats.team_id
         ${named} = seats.organization_id
       where teams.roles <> '[]' and seats.account_id in (select items.value from ${textItems})
       order by account_id, organization_id, type`,
      [JSON.stringify(accountIds), JSON.stringify(accountIds)],
    );
    return grouped(rows, (row, before) =>
      roleNames(toRoles(row.roles))
        .map((role) => ({
          ...{ role, organizationId: row.organization_id, organizationName: row.display_name },
          type: row.type,
        }))
        // Two teams can give the same role.
        .filter((each) => row.type === "direct" || !before.some((known) => isDeepStrictEqual(known, each))),
    );
  }

  async #teams(accountIds: readonly string[]): Promise<Map<string, TeamReference[]>> {
    const inRealm = this.realm.type === "provider" ? "" : "and team_memberships.organization_id = ?";
    const own = this.realm.type === "provider" ? [] : [this.realm.organizationId];
    const rows = await this.session.rows<TeamRow>(
      `select team_memberships.account_id, teams.id, teams.display_name, team_memberships.role
       from muster_team_memberships as team_memberships
         join muster_teams as teams on teams.id = team_memberships.team_id
       where team_memberships.account_id in (select items.value from ${this.session.dialect.textItems}) ${inRealm}
       order by team_memberships.account_id, teams.id`,
      [JSON.stringify(accountIds), ...own],
    );
    return grouped(rows, (row) => [
      { id: row.id, displayName: row.display_name, role: row.role ?? undefined },
    ]);
  }
}

function grouped<Row extends { account_id: string }, T>(
  rows: readonly Row[],
  read: (row: Row, before: readonly T[]) => readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.account_id) ?? [];
    group.push(...read(row, group));
    groups.set(row.account_id, group);
  }
  return groups;
}
