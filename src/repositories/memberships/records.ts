import type { Session } from "../../db/session.js";
import { ConflictError, UniquenessError } from "../../domain/errors.js";
import { INDEXED_IN_PROFILE } from "../../domain/users/account.js";
import type { AccountInput } from "../../domain/users/account.js";
import { textAt } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";
import { updateUnique } from "../unique.js";
import { EMAIL_COLUMNS, emailBindings } from "../users/account-emails.js";
import { withKey } from "../users/account-rows.js";
import { inPortions } from "./portions.js";
import { followingColumns, INDEXED, IS_FOLLOWING, personName, UNIQUE_NAME } from "./record-view.js";

/** What an organization says of a person, apart from the membership. */
export type PersonRecord = Pick<AccountInput, "userName" | "displayName" | "profile" | "search">;

/** What becomes of the addresses of a record. */
export type EmailsChange = "first" | "other" | "none";

/** A person whom an organization calls by a user name. */
interface NamedPerson {
  readonly accountId: string;
  /** Where the name is: in the record of a member, or of a person who left, or in the account alone. */
  readonly place: "member" | "former" | "account";
  /** The user name that is there, in the case in which it was written. */
  readonly ownName: string;
}

/** A membership, by its key. */
export interface MembershipKey {
  readonly organizationId: string;
  readonly accountId: string;
}

/**
 * The organizations' records of people. The caller changes the version of the membership, which is the record's, too;
 * `follow` alone does that itself.
 */
export class RecordRepository {
  constructor(private readonly session: Session) {}

  /** The account of an organization's person, active or not, whose record has this user name, in any case. */
  async findMember(organizationId: string, userName: string): Promise<string | undefined> {
    const row = await this.session.first<{ account_id: string }>(
      "select account_id from muster_memberships where organization_id = ? and user_name_key = ?",
      [organizationId, foldCase(userName)],
    );
    return row?.account_id;
  }

  /**
   * The person whom an organization calls by a user name, in any case: one of its people, active or not; else one who left,
   * whose record had the name; else the account that has it, if the organization neither has nor keeps a record of that one.
   * Of people who left, one with another `externalId` is a different person; one with this `externalId` comes before one
   * without, and then who left last.
   */
  async findNamed(
    organizationId: string,
    userName: string,
    externalId: string | undefined,
  ): Promise<NamedPerson | undefined> {
    const key = foldCase(userName);
    const has = (table: string) => `exists (select 1 from muster_${table} as records
      where records.organization_id = ? and records.account_id = accounts.id)`;
    const row = await this.session.first<{
      account_id: string;
      place: NamedPerson["place"];
      own_name: string;
    }>(
      `select account_id, 'member' as place, user_name as own_name, 1 as step from muster_memberships
         where organization_id = ? and user_name_key = ?
       union all select * from (select account_id, 'former' as place, user_name as own_name, 2 as step
         from muster_kept_records
         where organization_id = ? and user_name_key = ? and (external_id is null or cast(? as text) is null or external_id = ?)
         and not exists (select 1 from muster_memberships as memberships
           where memberships.organization_id = muster_kept_records.organization_id
           and memberships.account_id = muster_kept_records.account_id)
         order by case when external_id = ? then 0 else 1 end, ended_at desc, account_id limit 1) kept
       union all select accounts.id, 'account' as place, accounts.user_name as own_name, 3 as step
         from muster_accounts as accounts
         where accounts.user_name_key = ? and not ${has("memberships")} and not ${has("kept_records")}
       order by step limit 1`,
      [
        ...[organizationId, key],
        ...[organizationId, key, ...Array<string | null>(3).fill(externalId ?? null)],
        ...[key, organizationId, organizationId],
      ],
    );
    return row && { accountId: row.account_id, place: row.place, ownName: row.own_name };
  }

  /** An organization's names for a member. */
  async namesOf({
    organizationId,
    accountId,
  }: MembershipKey): Promise<{ userName: string; displayName: string | undefined } | undefined> {
    const row = await this.session.first<{ user_name: string; display_name: string | null }>(
      "select user_name, display_name from muster_memberships where organization_id = ? and account_id = ?",
      [organizationId, accountId],
    );
    return row && { userName: row.user_name, displayName: row.display_name ?? undefined };
  }

  /** The name of a person in an organization, who need not be a member. @returns undefined without an account */
  async nameOf({ organizationId, accountId }: MembershipKey): Promise<string | undefined> {
    const name = personName({ type: "organization", organizationId }, "?");
    const row = await this.session.first<{ name: string }>(
      `select ${name} as name from muster_accounts as accounts where accounts.id = ?`,
      [organizationId, accountId],
    );
    return row?.name;
  }

  /**
   * Writes a record.
   *
   * @param isOwn whether the profile is stored as the organization's own; otherwise the account has the same
   * @param emails whether the record gets other addresses than it has, or its first ones
   * @throws UniquenessError when another person of the organization has the user name
   */
  async write(
    { organizationId, accountId }: MembershipKey,
    record: PersonRecord,
    { isOwn, emails: change }: { readonly isOwn: boolean; readonly emails: EmailsChange },
  ): Promise<void> {
    const columns = ["user_name", "user_name_key", "display_name", "display_name_key", "profile", "search"];
    const assigned = [...columns, ...Object.values(INDEXED)].map((column) => `${column} = ?`).join(", ");
    await updateUnique(
      this.session.rows(
        `update muster_memberships set ${assigned} where organization_id = ? and account_id = ?`,
        [
          ...withKey(record.userName),
          ...withKey(record.displayName),
          ...(isOwn ? [record.profile.text, record.search.text] : [null, null]),
          ...INDEXED_IN_PROFILE.map((path) => textAt(record.search.value, path) ?? null),
          organizationId,
          accountId,
        ],
      ),
      UNIQUE_NAME,
      () => new UniquenessError("User", "userName", record.userName),
    );
    if (change === "none") return;
    if (change === "other") {
      await this.#deleteEmails("organization_id = ? and account_id = ?", [organizationId, accountId]);
    }
    const emails = emailBindings(record, accountId);
    await this.session.insertLater(
      "muster_member_emails",
      ["organization_id", ...EMAIL_COLUMNS],
      emails.map((email) => [organizationId, ...email]),
    );
  }

  /**
   * Brings those records of an account up to date that show what the account has.
   *
   * @param isShownAnew whether what the provider and the person wrote in the profile changed
   * @param hasNewEmails whether the account's addresses changed
   * @throws ConflictError when an organization gives another person the name in this moment
   */
  async follow(
    accountId: string,
    {
      isShownAnew,
      hasNewEmails,
      at,
    }: { readonly isShownAnew: boolean; readonly hasNewEmails: boolean; readonly at: string },
  ): Promise<void> {
    const columns = followingColumns(this.session.dialect, {
      organizationId: "memberships.organization_id",
      showsProfile: "memberships.shows_profile",
      otherwise: "memberships.user_name",
    });
    const assigned = Object.entries(columns).map(([column, value]) => `${column} = ${value}`);
    const isChanged = ["user_name", "display_name"].map(
      (column) => `memberships.${column} is distinct from ${columns[column] ?? ""}`,
    );
    await updateUnique(
      this.session.rows(
        `update muster_memberships as memberships
         set ${assigned.join(", ")}, version = memberships.version + 1, updated_at = ?
         from muster_accounts as accounts where accounts.id = memberships.account_id
         and memberships.account_id = ? and ${IS_FOLLOWING}
         and ((memberships.shows_profile and ?) or ${isChanged.join(" or ")})`,
        [at, accountId, isShownAnew],
      ),
      UNIQUE_NAME,
      () => new ConflictError("The User was changed at the same time; try again"),
    );
    if (!hasNewEmails) return;
    const following = `select memberships.organization_id from muster_memberships as memberships
      join muster_accounts as accounts on accounts.id = memberships.account_id
      where memberships.account_id = ? and memberships.shows_profile and ${IS_FOLLOWING}`;
    await this.#deleteEmails(`account_id = ? and organization_id in (${following})`, [accountId, accountId]);
    await this.#copyEmails(`memberships.account_id = ? and memberships.organization_id in (${following})`, [
      accountId,
      accountId,
    ]);
  }

  /** Gives new members the addresses that their records follow. */
  async followEmails(organizationId: string, accountIds: readonly string[]): Promise<void> {
    await inPortions(accountIds, async (portion) => {
      await this.#copyEmails(
        `memberships.organization_id = ? and memberships.shows_profile
         and memberships.account_id in (select items.value from ${this.session.dialect.textItems})`,
        [organizationId, JSON.stringify(portion)],
      );
      return [];
    });
  }

  /**
   * Ends the care of accounts for good: each keeps what it has, and the record of the organization that had it goes its
   * own way.
   */
  async endCare(accountIds: readonly string[]): Promise<void> {
    if (accountIds.length === 0) return;
    const ended = `accounts.in_care and accounts.id in (select items.value from ${this.session.dialect.textItems})`;
    const bindings = [JSON.stringify(accountIds)];
    // Locked by a statement of its own, so that the next ones see what the organization writes in this moment.
    const locked = await this.session.rows(
      `select accounts.id from muster_accounts as accounts where ${ended}
       order by accounts.id ${this.session.dialect.forUpdate}`,
      bindings,
    );
    if (locked.length === 0) return;
    await this.session.rows(
      `update muster_memberships as memberships set profile = accounts.profile, search = accounts.search
       from muster_accounts as accounts where accounts.id = memberships.account_id
       and memberships.organization_id = accounts.origin_organization_id and memberships.profile is null and ${ended}`,
      bindings,
    );
    await this.session.rows(
      `update muster_accounts as accounts set in_care = false where ${ended}`,
      bindings,
    );
  }

  /** Forgets the records of people who left before a time. @param before ISO 8601 in UTC */
  async forget(before: string): Promise<void> {
    await this.session.rows("delete from muster_kept_records where ended_at < ?", [before]);
  }

  async #deleteEmails(condition: string, bindings: readonly string[]): Promise<void> {
    await this.session.rows(`delete from muster_member_emails where ${condition}`, bindings);
  }

  /** Copies the addresses that accounts share to memberships. */
  async #copyEmails(condition: string, bindings: readonly string[]): Promise<void> {
    const columns = ["position", "value_key", "display_key", "type_key", "is_primary"];
    await this.session.rows(
      `insert into muster_member_emails (organization_id, account_id, ${columns.join(", ")})
       select memberships.organization_id, memberships.account_id,
         ${columns.map((column) => `emails.${column}`).join(", ")}
       from muster_memberships as memberships
         join muster_account_emails as emails on emails.account_id = memberships.account_id
       where emails.is_shared and ${condition}`,
      bindings,
    );
  }
}
