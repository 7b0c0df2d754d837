import type { Session } from "../../db/session.js";
import { PROVIDER_ADMIN } from "../../domain/access/roles.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Count, Counts } from "../../domain/counts/counts.js";
import type { Criteria, Locations } from "../../domain/listing.js";
import { MEMBERSHIP_SOURCES } from "../../domain/memberships/membership.js";
import { foldCase } from "../../domain/values/text.js";
import { isOfSource } from "../memberships/sources.js";
import { invitationView } from "../invitations/invitation-fields.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { within } from "../realm.js";
import { accountSource } from "../users/account-fields.js";
import { accountView } from "../users/account-view.js";
import { BOUND, countAll, countOf, LARGEST, rest } from "./bounded.js";
import type { Counted } from "./bounded.js";
import { matchingCounts } from "./matching.js";
import { organizationRoleNames, peopleWithRoles } from "./roles.js";

/** Inactive accounts are counted a little further: the number of the active ones is what they leave of all. */
const ACCOUNTS_BOUND = 100_000;

/** To tell how an invitation stands, its addresses are read. */
const INVITATIONS_BOUND = 5000;

interface NamedCount {
  id: string;
  display_name: string;
  member_count: number;
}

/**
 * Counts what a realm sees. No count reads more than a bound, and most come from where they are kept, so that the cost does
 * not grow with the realm.
 */
export class CountRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /** @param now the time for which the status of invitations is computed; ISO 8601 in UTC */
  async all(now: string): Promise<Counts> {
    const counted = await countAll(this.session, this.#counted());
    const take = (name: string): Count => counted.get(name) ?? countOf(name, 0);
    const total = await this.#people();
    const [inactive, invited] = [take("inactive"), take("invited")];
    const others = MEMBERSHIP_SOURCES.filter((source) => source !== "scim").map(take);
    const isProvider = this.realm.type === "provider";
    const statuses = [rest("active", total, [inactive]), inactive, invited];
    // The members of an organization are counted where they join and leave; those of all organizations are not.
    const scim = isProvider ? take("scim") : rest("scim", total, others);
    const roles = [...(isProvider ? [take(PROVIDER_ADMIN)] : []), ...(await this.#roles())];
    const organizations = isProvider ? await this.#largest("organizations") : [];
    const invitations = await this.#invitations(now);
    return {
      totals: [total, ...(isProvider ? [take("Group")] : []), take("Team"), take("Invitation")],
      ...{ statuses, roles, sources: [scim, ...others], organizations },
      ...{ teams: await this.#largest("teams"), invitations },
    };
  }

  /** Counts the Users that match a filter, and what they are. @throws UnsupportedFieldError */
  matching(criteria: Criteria, locations: Locations): Promise<Counts> {
    return matchingCounts(
      this.session,
      this.realm,
      accountSource(this.session.dialect, this.realm, locations, criteria),
    );
  }

  #counted(): Counted {
    const own = (column = "organization_id") => within(this.realm, column);
    const rows = (table: string, condition = "true"): Sql =>
      sql(`from muster_${table} where ${condition} ${own().text}`, ...own().bindings);
    const sources = MEMBERSHIP_SOURCES.map(
      (source) => [source, rows("memberships", isOfSource(source))] as const,
    );
    const both = { Team: rows("teams"), Invitation: rows("invitations"), ...Object.fromEntries(sources) };
    if (this.realm.type === "organization") {
      return { ...both, inactive: rows("memberships", "active = false"), invited: rows("account_setups") };
    }
    return {
      ...both,
      Group: sql("from muster_organizations"),
      inactive: { ...sql("from muster_accounts where active = false"), bound: ACCOUNTS_BOUND },
      // An organization can have asked for a second one.
      invited: sql("from (select account_id from muster_account_setups group by account_id) setups"),
      [PROVIDER_ADMIN]: sql("from muster_accounts where is_provider_admin"),
    };
  }

  async #people(): Promise<Count> {
    const { text, bindings } = accountView(this.session.dialect, this.realm).total;
    const row = await this.session.first<{ people: number | string | null }>(
      `select ${text} as people`,
      bindings,
    );
    return { value: "User", count: Number(row?.people ?? 0), atLeast: false };
  }

  async #roles(): Promise<Count[]> {
    const { text, bindings, isOver } = peopleWithRoles(this.session.dialect, this.realm);
    const rows = await this.session.rows<{
      role: string;
      people: number | string;
      is_over: boolean | number;
    }>(
      `select role, count(distinct account_id) as people, ${isOver.text} as is_over from ${text} group by role`,
      [...isOver.bindings, ...bindings],
    );
    return organizationRoleNames().map((value) => {
      const row = rows.find(({ role }) => role === foldCase(value));
      const isMore = rows.some(({ is_over: over }) => Boolean(over));
      return { value, count: Number(row?.people ?? 0), atLeast: isMore };
    });
  }

  async #largest(table: "organizations" | "teams"): Promise<Count[]> {
    const own = table === "teams" ? within(this.realm, "organization_id") : sql("");
    const rows = await this.session.rows<NamedCount>(
      `select id, display_name, member_count from
         (select id, display_name, member_count from muster_${table} where true ${own.text} order by id limit ${BOUND}) limited
       order by member_count desc, id limit ${LARGEST}`,
      own.bindings,
    );
    return rows.map((row) => ({
      value: row.id,
      display: row.display_name,
      count: row.member_count,
      atLeast: false,
    }));
  }

  async #invitations(now: string): Promise<Count[]> {
    const { text, bindings } = invitationView(this.realm, now);
    const rows = await this.session.rows<{ status: string; number: number | string }>(
      `select status, count(*) as number from (select status from ${text} limit ${INVITATIONS_BOUND + 1}) limited
       group by status order by status`,
      bindings,
    );
    const read = rows.reduce((sum, { number }) => sum + Number(number), 0);
    return rows.map(({ status, number }) => ({
      value: status,
      count: Number(number),
      atLeast: read > INVITATIONS_BOUND,
    }));
  }
}
