import { lostRace } from "../../db/faults.js";
import type { Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Listing, Page } from "../../domain/listing.js";
import { statusOf } from "../../domain/removals/removal.js";
import type { Removal, RemovalActor, Taking } from "../../domain/removals/removal.js";
import { ListingCompiler } from "../listing/compile.js";
import { readPage } from "../listing/page.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { COLUMNS, removalFields, removalView } from "./removal-fields.js";
import { keepAccount, keepActivity, keepOrganization, keepTeam } from "./taking.js";

interface RemovalRow extends Record<
  "users" | "teams" | "roles" | "accounts" | "organizations",
  number | string
> {
  id: string;
  created_at: string;
  expires_at: string;
  undone_at: string | null;
  actor_type: RemovalActor["type"];
  actor_id: string | null;
  actor_name: string | null;
}

/** What was taken away, and is kept so that it can be undone. A realm sees what was taken in it, and no other. */
export class RemovalRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /** @param now the time for which the status is computed; ISO 8601 in UTC */
  async find(id: string, now: string): Promise<Removal | undefined> {
    const { text, bindings } = removalView(this.realm, now);
    const row = await this.session.first<RemovalRow>(
      `select ${COLUMNS.join(", ")} from ${text} where id = ?`,
      [...bindings, id],
    );
    return row && toRemoval(row, now);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing, now: string): Promise<Page<Removal>> {
    const { dialect } = this.session;
    const source = {
      from: removalView(this.realm, now),
      table: "removals",
      columns: COLUMNS.map((name) => `removals.${name}`).join(", "),
      compiler: new ListingCompiler(dialect, removalFields(dialect, listing.locations)),
      criteria: listing,
    };
    const page = await readPage<RemovalRow>(this.session, [source], listing);
    return { ...page, items: page.items.map((row) => toRemoval(row, now)) };
  }

  /** Keeps an account that is about to be deleted, with its memberships. */
  keepAccount(taking: Taking, id: string): Promise<void> {
    return keepAccount(this.session, taking, id);
  }

  /** Keeps a team that is about to be deleted, with its members. */
  keepTeam(taking: Taking, id: string): Promise<void> {
    return keepTeam(this.session, taking, id);
  }

  /** Keeps an organization that is about to be deleted, with all that is in it except its access tokens. */
  keepOrganization(taking: Taking, id: string): Promise<void> {
    return keepOrganization(this.session, taking, id);
  }

  /**
   * Strikes from undos what an actor means to take that is gone already, if another actor took it: it does not come back.
   *
   * @returns the ids of the people of whom there was anything; '' for what has no person
   */
  async strike({ actor }: Taking, gone: Gone): Promise<string[]> {
    const { text, bindings } = conditionOf(this.session, gone);
    const rows = await this.session.rows<{ account_id: string }>(
      `update muster_removal_items set state = 'struck', detail = null where (state is null or state = 'failed')
       and ${text} and (select removals.actor from muster_removals as removals
         where removals.id = muster_removal_items.removal_id) <> ?
       returning account_id`,
      [...bindings, actor],
    );
    return [...new Set(rows.map((row) => row.account_id))];
  }

  /**
   * Makes sure that what was struck, or could not be, has not come back while that waited for an undo.
   *
   * @throws ContentionError, after which the transaction runs again, and finds what has come back
   */
  async requireGone(gone: Gone): Promise<void> {
    if (this.session.dialect.hasOneWriter) return;
    const there = presenceOf(this.session, gone);
    if (there && (await this.session.first(`select 1 from ${there.text} limit 1`, there.bindings)))
      throw lostRace();
  }

  /** Keeps that a person was active in the realm. */
  keepActivity(taking: Taking, accountId: string): Promise<void> {
    return keepActivity(this.session, taking, accountId);
  }
}

/** What is gone already. */
export type Gone =
  | { readonly type: "account"; readonly accountId: string }
  | { readonly type: "membership"; readonly organizationId: string; readonly accountIds: readonly string[] }
  | { readonly type: "seat"; readonly teamId: string; readonly accountIds: readonly string[] }
  /** That a person is active; undefined: as an account. */
  | { readonly type: "activity"; readonly organizationId: string | undefined; readonly accountId: string }
  | { readonly type: "team"; readonly teamId: string; readonly organizationId: string | undefined }
  | { readonly type: "organization"; readonly organizationId: string };

function conditionOf({ dialect }: Session, gone: Gone): Sql {
  const ofPerson = "account_id <> ''";
  const ofPeople = `${ofPerson} and account_id in (select items.value from ${dialect.textItems})`;
  switch (gone.type) {
    case "account":
      return sql(`${ofPerson} and account_id = ?`, gone.accountId);
    case "membership":
      return sql(
        `organization_id = ? and ${ofPeople}`,
        ...[gone.organizationId, JSON.stringify(gone.accountIds)],
      );
    case "seat":
      return sql(
        `kind = 'seat' and resource_id = ? and ${ofPeople}`,
        ...[gone.teamId, JSON.stringify(gone.accountIds)],
      );
    case "activity":
      return sql(
        `${ofPerson} and kind = 'deactivation' and organization_id = ? and account_id = ?`,
        ...[gone.organizationId ?? "", gone.accountId],
      );
    case "team":
      return sql(
        `kind = 'team' and resource_id = ? ${gone.organizationId === undefined ? "" : "and organization_id = ?"}`,
        ...[gone.teamId, ...(gone.organizationId === undefined ? [] : [gone.organizationId])],
      );
    case "organization":
      return sql("kind = 'organization' and organization_id = ?", gone.organizationId);
  }
}

/** What is there if something is not gone: a table, with a condition. */
function presenceOf({ dialect }: Session, gone: Gone): Sql | undefined {
  const isActive = "active and is_active_assigned";
  switch (gone.type) {
    case "account":
      return sql("muster_accounts where id = ?", gone.accountId);
    case "membership":
      return sql(
        `muster_memberships where organization_id = ? and account_id in (select items.value from ${dialect.textItems})`,
        ...[gone.organizationId, JSON.stringify(gone.accountIds)],
      );
    case "activity":
      return gone.organizationId === undefined
        ? sql(`muster_accounts where id = ? and ${isActive}`, gone.accountId)
        : sql(
            `muster_memberships where organization_id = ? and account_id = ? and ${isActive}`,
            ...[gone.organizationId, gone.accountId],
          );
    case "team":
      return gone.organizationId === undefined
        ? sql("muster_teams where id = ?", gone.teamId)
        : sql("muster_teams where id = ? and organization_id = ?", gone.teamId, gone.organizationId);
    case "organization":
      return sql("muster_organizations where id = ?", gone.organizationId);
    default:
      return undefined;
  }
}

const toRemoval = (row: RemovalRow, now: string): Removal => ({
  id: row.id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  status: statusOf({ undoneAt: row.undone_at ?? undefined, expiresAt: row.expires_at }, now),
  actor: { type: row.actor_type, id: row.actor_id ?? undefined, name: row.actor_name ?? undefined },
  users: Number(row.users),
  teams: Number(row.teams),
  roles: Number(row.roles),
  accounts: Number(row.accounts),
  organizations: Number(row.organizations),
});
