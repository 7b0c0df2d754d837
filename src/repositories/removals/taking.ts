import type { Session } from "../../db/session.js";
import type { ItemKind, Taking } from "../../domain/removals/removal.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { profileOfRecord, IS_FOLLOWING } from "../memberships/record-view.js";
import { openRemoval } from "./open-removal.js";
import { booleans, EMAIL, snapshot, snapshots, texts } from "./snapshots.js";
import type { KeptColumns } from "./snapshots.js";

/*
 * What is taken away is kept here, in the transaction that takes it and before it does: each kind by one statement, however
 * many they are. Secrets are never kept.
 */

/** What is kept of a membership, besides its seats in teams and the addresses of its record. */
export const MEMBERSHIP: KeptColumns = {
  ...texts("user_name", "user_name_key", "display_name", "display_name_key", "external_id", "roles"),
  roles_search: "json",
  ...texts("source", "added_by", "added_by_account_id", "added_by_invitation_id"),
  ...booleans("added_by_provider", "active", "is_active_assigned", "is_admin", "shows_profile"),
  version: "number",
  ...texts("created_at", "last_active_at", "profile"),
  search: "json",
};

export const SEAT: KeptColumns = texts("team_id", "role", "role_key");

export const ACCOUNT: KeptColumns = {
  ...texts("user_name", "user_name_key", "external_id", "display_name", "display_name_key", "roles"),
  roles_search: "json",
  ...booleans("active", "is_active_assigned", "is_provider_admin"),
  ...texts("origin_organization_id", "profile"),
  search: "json",
  ...texts("shared_profile"),
  shared_search: "json",
  ...texts("shared_display_name", "shared_display_name_key", "created_at", "last_active_at"),
  version: "number",
};

export const ACCOUNT_EMAIL: KeptColumns = { ...EMAIL, ...booleans("is_shared") };

export const TEAM: KeptColumns = {
  ...texts("display_name", "display_name_key", "external_id", "description", "description_key", "roles"),
  roles_search: "json",
  ...booleans("is_admin"),
  version: "number",
  ...texts("created_at"),
};

export const ORGANIZATION: KeptColumns = {
  ...texts("display_name", "display_name_key", "external_id", "own_external_id"),
  ...texts("description", "description_key"),
  ...booleans("requires_second_factor"),
  version: "number",
  ...texts("created_at"),
};

export const RECORD: KeptColumns = {
  ...texts("user_name", "user_name_key", "display_name", "external_id", "profile"),
  search: "json",
  ...texts("ended_at"),
};

/** What is kept of an invitation, besides its parts. */
export const INVITATION: KeptColumns = {
  ...texts("name", "name_key", "description", "description_key"),
  ...texts("given_name", "given_name_key", "family_name", "family_name_key", "expires_at"),
  quota: "number",
  ...booleans("enabled"),
  accepted_count: "number",
  revision: "number",
  ...texts("inviter_token_id", "inviter_account_id", "inviter_maker_id", "created_at"),
  version: "number",
};

/** The tables of what belongs to an invitation, by their names, with their columns. */
export const INVITATION_PARTS: Readonly<Record<string, KeptColumns>> = {
  emails: {
    position: "number",
    ...texts("value", "value_key", "accepted_at", "declined_at"),
  },
  roles: { position: "number", ...texts("value", "value_key") },
  teams: { position: "number", ...texts("team_id") },
  acceptances: texts("account_id", "accepted_at"),
  claims: texts("address_key", "account_id"),
};

/** How something is kept. */
interface Item {
  readonly isPart?: boolean;
  /** SQL for the ids that it has. */
  readonly ids: Readonly<Partial<Record<"organization_id" | "resource_id" | "account_id", string>>>;
  /** SQL for its name. */
  readonly display: string;
  /** SQL for how many roles a person has by it. */
  readonly roles?: string;
  /** SQL for all that is needed to bring it back. */
  readonly data: string;
  /** What comes after `from`, with a `where`. */
  readonly from: Sql;
}

/** Keeps memberships that are about to end. @param condition on the table `memberships` */
export async function keepMemberships(
  session: Session,
  taking: Taking,
  condition: Sql,
  { isPart = false }: Pick<Item, "isPart"> = {},
): Promise<void> {
  const { dialect } = session;
  const ofMember = (table: string) => `${table}.organization_id = memberships.organization_id
    and ${table}.account_id = memberships.account_id`;
  const lists = {
    seats: snapshots(dialect, "team_memberships", SEAT, ofMember("team_memberships")),
    emails: snapshots(
      dialect,
      "member_emails",
      EMAIL,
      `not ${IS_FOLLOWING} and ${ofMember("member_emails")}`,
    ),
  };
  const own = (column: "profile" | "search") =>
    `case when not ${IS_FOLLOWING} then ${profileOfRecord(dialect, column)} end`;
  await keep(session, taking, "membership", {
    isPart,
    ids: { organization_id: "memberships.organization_id", account_id: "memberships.account_id" },
    display: "coalesce(memberships.display_name, memberships.user_name)",
    roles: dialect.jsonLength("memberships.roles"),
    data: snapshot(dialect, "memberships", MEMBERSHIP, lists, {
      profile: own("profile"),
      search: own("search"),
    }),
    from: sql(
      `muster_memberships as memberships join muster_accounts as accounts on accounts.id = memberships.account_id
       where ${condition.text}`,
      ...condition.bindings,
    ),
  });
}

/** Keeps an account that is about to be deleted, with its memberships. */
export async function keepAccount(session: Session, taking: Taking, id: string): Promise<void> {
  const { dialect } = session;
  const emails = snapshots(
    dialect,
    "account_emails",
    ACCOUNT_EMAIL,
    "account_emails.account_id = accounts.id",
  );
  await keep(session, taking, "account", {
    ids: { account_id: "accounts.id" },
    display: "coalesce(accounts.display_name, accounts.user_name)",
    roles: dialect.jsonLength("accounts.roles"),
    data: snapshot(dialect, "accounts", ACCOUNT, { emails }),
    from: sql("muster_accounts as accounts where accounts.id = ?", id),
  });
  await keepMemberships(session, taking, sql("memberships.account_id = ?", id), { isPart: true });
}

/** Keeps a team that is about to be deleted, with its members. */
export async function keepTeam(session: Session, taking: Taking, id: string): Promise<void> {
  await keepTeams(session, taking, sql("teams.id = ?", id));
  await keepSeats(session, taking, sql("seats.team_id = ?", id), { isPart: true });
}

async function keepTeams(
  session: Session,
  taking: Taking,
  condition: Sql,
  { isPart = false }: Pick<Item, "isPart"> = {},
): Promise<void> {
  await keep(session, taking, "team", {
    isPart,
    ids: { organization_id: "teams.organization_id", resource_id: "teams.id" },
    display: "teams.display_name",
    data: snapshot(session.dialect, "teams", TEAM),
    from: sql(`muster_teams as teams where ${condition.text}`, ...condition.bindings),
  });
}

/** Keeps places in teams that people are about to lose without leaving the organization. @param condition on `seats` */
export async function keepSeats(
  session: Session,
  taking: Taking,
  condition: Sql,
  { isPart = false }: Pick<Item, "isPart"> = {},
): Promise<void> {
  await keep(session, taking, "seat", {
    isPart,
    ids: {
      organization_id: "seats.organization_id",
      resource_id: "seats.team_id",
      account_id: "seats.account_id",
    },
    display: "coalesce(memberships.display_name, memberships.user_name)",
    roles: `${session.dialect.jsonLength("teams.roles")} + case when seats.role is null then 0 else 1 end`,
    data: snapshot(session.dialect, "seats", SEAT),
    from: sql(
      `muster_team_memberships as seats join muster_memberships as memberships
         on memberships.organization_id = seats.organization_id and memberships.account_id = seats.account_id
         join muster_teams as teams on teams.id = seats.team_id
       where ${condition.text}`,
      ...condition.bindings,
    ),
  });
}

/** Keeps that a person was active in the realm. */
export async function keepActivity(session: Session, taking: Taking, accountId: string): Promise<void> {
  const { organizationId } = taking;
  const display = (table: string) => `coalesce(${table}.display_name, ${table}.user_name)`;
  await keep(session, taking, "deactivation", {
    ...(organizationId === undefined
      ? {
          display: display("accounts"),
          from: sql("muster_accounts as accounts where accounts.id = ?", accountId),
          ids: { account_id: "accounts.id" },
        }
      : {
          display: display("memberships"),
          from: sql(
            "muster_memberships as memberships where memberships.organization_id = ? and memberships.account_id = ?",
            organizationId,
            accountId,
          ),
          ids: { organization_id: "memberships.organization_id", account_id: "memberships.account_id" },
        }),
    data: session.dialect.jsonObject({}),
  });
}

/** Keeps an organization that is about to be deleted, with all that is in it except its access tokens. */
export async function keepOrganization(session: Session, taking: Taking, id: string): Promise<void> {
  const { dialect } = session;
  const isPart = true;
  await keep(session, taking, "organization", {
    ids: { organization_id: "organizations.id" },
    display: "organizations.display_name",
    data: snapshot(dialect, "organizations", ORGANIZATION, {
      creations: dialect.jsonRows(
        "created.id",
        "(select id from muster_accounts where origin_organization_id = organizations.id) created",
      ),
    }),
    from: sql("muster_organizations as organizations where organizations.id = ?", id),
  });
  await keepTeams(session, taking, sql("teams.organization_id = ?", id), { isPart });
  await keepInvitations(session, taking, id);
  await keep(session, taking, "record", {
    isPart,
    ids: { organization_id: "records.organization_id", account_id: "records.account_id" },
    display: "coalesce(records.display_name, records.user_name)",
    data: snapshot(dialect, "records", RECORD),
    from: sql("muster_kept_records as records where records.organization_id = ?", id),
  });
  await keepMemberships(session, taking, sql("memberships.organization_id = ?", id), { isPart });
}

async function keepInvitations(session: Session, taking: Taking, organizationId: string): Promise<void> {
  const { dialect } = session;
  const parts = Object.entries(INVITATION_PARTS).map(([name, columns]) => {
    const table = `invitation_${name}`;
    return [name, snapshots(dialect, table, columns, `${table}.invitation_id = invitations.id`)];
  });
  await keep(session, taking, "invitation", {
    isPart: true,
    ids: { organization_id: "invitations.organization_id", resource_id: "invitations.id" },
    display: "invitations.name",
    data: snapshot(
      dialect,
      "invitations",
      INVITATION,
      Object.fromEntries(parts) as Readonly<Record<string, string>>,
    ),
    from: sql("muster_invitations as invitations where invitations.organization_id = ?", organizationId),
  });
}

const COLUMNS = ["kind", "organization_id", "resource_id", "account_id", "realm", "taken_at", "is_part"];

/** What the same actor had taken before, and what came back since, is taken again. */
const ANEW = ["taken_at", "is_part", "display", "roles", "data", "state", "detail"];

async function keep(session: Session, taking: Taking, kind: ItemKind, item: Item): Promise<void> {
  if (!taking.isKept) return;
  const { ids, display, roles = "0", data, from, isPart = false } = item;
  const isAny = async () =>
    (await session.first(`select 1 from ${from.text} limit 1`, from.bindings)) !== undefined;
  const removalId = await openRemoval(session, taking, isAny);
  if (removalId === undefined) return;
  const id = (name: keyof Item["ids"]) => ids[name] ?? "''";
  await session.rows(
    `insert into muster_removal_items (removal_id, ${COLUMNS.join(", ")}, display, roles, data)
     select ?, '${kind}', ${id("organization_id")}, ${id("resource_id")}, ${id("account_id")}, ?, ?, ?,
       ${display}, ${roles}, ${data}
     from ${from.text}
     on conflict (removal_id, kind, organization_id, resource_id, account_id) do update set
       ${ANEW.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    [removalId, taking.organizationId ?? "", taking.at, isPart, ...from.bindings],
  );
}
