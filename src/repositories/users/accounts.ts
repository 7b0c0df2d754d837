import type { Binding, Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import { constraintViolation } from "../../db/violations.js";
import { ConflictError, UniquenessError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { SharedProfile } from "../../domain/users/shared-profile.js";
import { JsonDocument } from "../../domain/values/json.js";
import { isSameMailbox } from "../../domain/values/email.js";
import { foldCase } from "../../domain/values/text.js";
import { within } from "../realm.js";
import { readPage } from "../listing/page.js";
import type { PersonRecord } from "../memberships/records.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { insertUnique, updateUnique } from "../unique.js";
import { accountSource } from "./account-fields.js";
import { columnsOf } from "./account-columns.js";
import { insertEmails, replaceEmails } from "./account-emails.js";
import { attributeBindings, NOTHING, SHARED, sharedBindings, toAccount, withKey } from "./account-rows.js";
import type { AccountRow, AccountWrite } from "./account-rows.js";
import { accountView } from "./account-view.js";
import type { AccountView } from "./account-view.js";
import { endPendingAddresses } from "./own-addresses.js";

/** Where an account comes from. */
export interface AccountOrigin {
  /** The account's own; undefined when there is no such account. */
  readonly userName: string | undefined;
  /** The organization that created it; undefined: the provider, the person, or an organization that was deleted. */
  readonly organizationId: string | undefined;
  /** Whether the account follows that organization's record. */
  readonly isInCare: boolean;
  /** What the provider and the person wrote of the profile; undefined: all of it. */
  readonly shared: Omit<SharedProfile, "search"> | undefined;
}

/** What changes of the person's own attributes. */
export interface ProfileWrite {
  /** Whether any of them does, and with it what is shared of them. */
  readonly isWritten: boolean;
  /** Whether the e-mail addresses do. */
  readonly hasNewEmails: boolean;
}

/** How an account follows a record. */
interface FollowedRecord {
  /** The account's user name. */
  readonly current: string;
  /** Whether the record's user name becomes the account's, too. */
  readonly renames: boolean;
  readonly hasNewEmails: boolean;
  readonly at: string;
}

/** The name of a constraint in the migrations. */
const UNIQUE_NAME = "muster_accounts_user_name_key_unique";

export class AccountRepository {
  readonly #view: AccountView;
  /** A condition that limits writes to the realm. */
  readonly #own: Sql;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#view = accountView(session.dialect, realm);
    this.#own = membersOf(realm);
  }

  /** @param lock what this transaction is going to do with the account */
  async find(id: string, lock?: "forUpdate" | "forDelete"): Promise<AccountWithOrganizations | undefined> {
    const { byId } = this.#columns;
    const row = await this.session.first<AccountRow>(lock ? `${byId} ${this.session.dialect[lock]}` : byId, [
      ...this.#view.from.bindings,
      id,
    ]);
    return row && toAccount(row, this.realm);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing): Promise<Page<AccountWithOrganizations>> {
    const source = {
      ...accountSource(this.session.dialect, this.realm, listing.locations, listing),
      // All columns count as long: SQLite would read a long profile to its end to reach the columns after it.
      long: this.#columns.expressions,
      texts: ["profile"],
      list: {
        name: "organizations",
        column: this.#view.organizations,
        bytes: this.#view.bytesOfOrganizations,
      },
    };
    const page = await readPage<AccountRow>(this.session, [source], listing);
    return { ...page, items: page.items.map((row) => toAccount(row, this.realm)) };
  }

  /** Like `list`, and reads ids alone. */
  listIds(listing: Listing): Promise<Page<{ readonly id: string }>> {
    const source = accountSource(this.session.dialect, this.realm, listing.locations, listing);
    return readPage(this.session, [{ ...source, bytes: "0" }], listing);
  }

  /** @returns the accounts that exist, by their ids */
  async findAll(ids: readonly string[]): Promise<Map<string, AccountWithOrganizations>> {
    const [id = ""] = ids;
    if (ids.length === 1) {
      const account = await this.find(id);
      return new Map(account && [[id, account]]);
    }
    const accounts = await this.#findSome(this.#columns.byIds, ids);
    return new Map(accounts.map((account) => [account.id, account]));
  }

  /** @param keys user names, folded @returns the accounts that exist, by these keys */
  async findAllByUserName(keys: readonly string[]): Promise<Map<string, AccountWithOrganizations>> {
    const accounts = await this.#findSome(this.#columns.byUserNames, keys);
    return new Map(accounts.map((account) => [foldCase(account.userName), account]));
  }

  async #findSome(text: string, keys: readonly string[]): Promise<AccountWithOrganizations[]> {
    const bindings = [...this.#view.from.bindings, JSON.stringify(keys)];
    const rows = await this.session.rows<AccountRow>(text, bindings);
    return rows.map((row) => toAccount(row, this.realm));
  }

  /**
   * The id of the account with this user name, in any realm.
   *
   * @param userName in any case
   */
  async findIdByUserName(userName: string): Promise<string | undefined> {
    const row = await this.session.first<{ id: string }>(
      "select id from muster_accounts where user_name_key = ?",
      [foldCase(userName)],
    );
    return row?.id;
  }

  /** The hash of the account's password; undefined when the realm has no such account, or the account no password. */
  async passwordHash(id: string): Promise<string | undefined> {
    const row = await this.session.first<{ password_hash: string | null }>(
      `select password_hash from muster_accounts where id = ? ${this.#own.text}`,
      [id, ...this.#own.bindings],
    );
    return row?.password_hash ?? undefined;
  }

  /**
   * @param origin the organization that creates the account, and has it in its care; undefined: the provider, or the person
   * @throws UniquenessError when the user name is taken
   */
  async insert(account: AccountWrite, origin?: string): Promise<void> {
    const inCare = origin !== undefined;
    const shared = inCare ? { ...NOTHING, displayName: undefined } : undefined;
    await insertUnique(
      this.session,
      sql(
        `insert into muster_accounts (id, user_name, user_name_key, external_id, display_name, display_name_key, active,
           is_active_assigned, roles, roles_search, is_provider_admin, password_hash, profile, search,
           origin_organization_id, in_care, version, created_at, updated_at, shared_profile, shared_search,
           shared_display_name, shared_display_name_key)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        account.id,
        ...attributeBindings(account),
        ...[origin ?? null, inCare, account.version, account.updatedAt, account.updatedAt],
        ...sharedBindings(account, shared),
      ),
      "user_name_key",
      () => nameTaken(account),
    );
    await insertEmails(this.session, account.id, account, shared);
  }

  /**
   * Writes an account. The caller also writes the records that follow it.
   *
   * @throws UniquenessError when the user name is taken
   */
  async update(account: AccountWrite, { isWritten, hasNewEmails }: ProfileWrite): Promise<void> {
    const { shared } = account;
    const updated = this.#update(
      account.id,
      `user_name = ?, user_name_key = ?, external_id = ?, display_name = ?, display_name_key = ?, active = ?,
       is_active_assigned = ?, roles = ?, roles_search = ?, is_provider_admin = ?,
       password_hash = coalesce(?, password_hash), profile = ?, search = ?, version = ?, updated_at = ?
       ${isWritten ? SHARED.map((column) => `, ${column} = ?`).join("") : ""}`,
      [
        ...[...attributeBindings(account), account.version, account.updatedAt],
        ...(isWritten ? sharedBindings(account, shared) : []),
      ],
    );
    if (!(await updateUnique(updated, UNIQUE_NAME, () => nameTaken(account)))) return;
    if (hasNewEmails) await replaceEmails(this.session, account.id, account, shared);
    if (account.passwordHash !== undefined) await this.#endSetup(account.id);
    if (account.active !== true) await this.#endSessions(account.id);
  }

  /**
   * Gives an account another user name. The caller also writes the records that follow it.
   *
   * @throws UniquenessError when the user name is taken
   */
  async rename(id: string, userName: string, at: string): Promise<void> {
    await updateUnique(
      this.#update(id, "user_name = ?, user_name_key = ?, version = version + 1, updated_at = ?", [
        ...[userName, foldCase(userName), at],
      ]),
      UNIQUE_NAME,
      () => nameTaken({ userName }),
    );
  }

  /**
   * Has an account follow the record of the organization that has it in its care. The user name stays as it is if the
   * caller says so, or if another account has the record's.
   *
   * @returns whether the user name changed
   */
  async followRecord(
    id: string,
    record: PersonRecord,
    { current, renames, hasNewEmails, at }: FollowedRecord,
  ): Promise<boolean> {
    const key = foldCase(record.userName);
    const isRenamed = renames && !(await this.#isTaken(key, id));
    const names = isRenamed ? [record.userName, key] : [];
    const updated = this.#update(
      id,
      `${isRenamed ? "user_name = ?, user_name_key = ?, " : ""}display_name = ?, display_name_key = ?, profile = ?,
       search = ?, version = version + 1, updated_at = ?`,
      [...names, ...withKey(record.displayName), record.profile.text, record.search.text, at],
    );
    // Another transaction can take the name in this moment.
    const taken = () => new ConflictError("The User was changed at the same time; try again");
    try {
      if (!(await updated)) return false;
    } catch (error) {
      throw constraintViolation(error)?.constraint === UNIQUE_NAME ? taken() : error;
    }
    if (hasNewEmails) await replaceEmails(this.session, id, record, NOTHING);
    return isRenamed && !isSameName(current, record.userName);
  }

  /** Sets a person's own password, and ends the setup. */
  async setPassword(id: string, passwordHash: string, at: string): Promise<void> {
    const isFound = await this.#update(id, "password_hash = ?, version = version + 1, updated_at = ?", [
      passwordHash,
      at,
    ]);
    if (isFound) await this.#endSetup(id);
  }

  /**
   * Makes a person's password the organization's that renamed the account: another person may have the new name. One that
   * the organization has already stays.
   */
  async givePasswordTo(organizationId: string, id: string): Promise<void> {
    await this.session.rows(
      `update muster_memberships as memberships set password_hash = accounts.password_hash, is_password_assigned = false
       from muster_accounts as accounts where accounts.id = memberships.account_id and accounts.password_hash is not null
       and memberships.password_hash is null and memberships.organization_id = ? and memberships.account_id = ? ${within(this.realm, "memberships.organization_id").text}`,
      [organizationId, id, ...within(this.realm, "").bindings],
    );
    await this.#update(id, "password_hash = null", []);
  }

  /** Which organization created an account, whether it still has it in its care, and what the provider and the person wrote in it. */
  async origin(id: string): Promise<AccountOrigin> {
    const row = await this.session.first<{
      user_name: string;
      origin_organization_id: string | null;
      in_care: boolean | number;
      shared_profile: string | null;
      shared_display_name: string | null;
    }>(
      `select user_name, origin_organization_id, in_care, shared_profile, shared_display_name
       from muster_accounts where id = ?`,
      [id],
    );
    return {
      userName: row?.user_name,
      organizationId: row?.origin_organization_id ?? undefined,
      isInCare: Boolean(row?.in_care),
      shared:
        typeof row?.shared_profile === "string"
          ? {
              displayName: row.shared_display_name ?? undefined,
              profile: JsonDocument.ofText(row.shared_profile),
            }
          : undefined,
    };
  }

  /** The profile as it is searched. */
  async searched(id: string): Promise<JsonDocument> {
    const row = await this.session.first<{ search: string }>(
      "select cast(search as text) as search from muster_accounts where id = ?",
      [id],
    );
    return JsonDocument.ofText(row?.search ?? "{}");
  }

  /** Whether the provider has an administrator. */
  async hasAdministrator(): Promise<boolean> {
    const row = await this.session.first(
      "select 1 from muster_accounts where is_provider_admin and active limit 1",
    );
    return row !== undefined;
  }

  /** Locks the provider's administrators, so that changes of them wait for each other. */
  async lockAdministrators(): Promise<void> {
    await this.session.rows(
      `select id from muster_accounts where is_provider_admin order by id ${this.session.dialect.forUpdate}`,
    );
  }

  /** @returns whether the account existed */
  async delete(id: string): Promise<boolean> {
    const deleted = await this.session.first(
      `delete from muster_accounts where id = ? ${this.#own.text} returning id`,
      [id, ...this.#own.bindings],
    );
    return deleted !== undefined;
  }

  /** A person with a password needs no setup. */
  async #endSetup(id: string): Promise<void> {
    await this.session.rows("delete from muster_account_setups where account_id = ? and is_personal", [id]);
  }

  /** Being active again does not sign a person in again, and makes no link valid again that was sent in a session. */
  async #endSessions(id: string): Promise<void> {
    await this.session.rows("delete from muster_sessions where account_id = ?", [id]);
    await endPendingAddresses(this.session, id);
  }

  /** A name that is free for everybody but one account. */
  async #isTaken(key: string, id: string): Promise<boolean> {
    const row = await this.session.first(
      "select 1 from muster_accounts where user_name_key = ? and id <> ?",
      [key, id],
    );
    return row !== undefined;
  }

  /** @returns whether the realm has such an account */
  async #update(id: string, assignments: string, bindings: readonly Binding[]): Promise<boolean> {
    const updated = await this.session.rows(
      `update muster_accounts set ${assignments} where id = ? ${this.#own.text} returning 1`,
      [...bindings, id, ...this.#own.bindings],
    );
    return updated.length > 0;
  }

  get #columns() {
    return columnsOf(this.#view, this.session.dialect);
  }
}

/** SQL that limits writes in an organization's realm to the accounts of its members. */
const membersOf = (realm: Realm): Sql =>
  realm.type === "provider"
    ? sql("")
    : sql(
        `and exists (select 1 from muster_memberships as memberships
           where memberships.account_id = muster_accounts.id and memberships.organization_id = ?)`,
        realm.organizationId,
      );

/** Whether two names are one, and mail to them goes to one mailbox: `strasse.example` and `straße.example` are two. */
const isSameName = (one: string, other: string) =>
  foldCase(one) === foldCase(other) && isSameMailbox(one, other);

const nameTaken = ({ userName }: Pick<AccountWrite, "userName">) =>
  new UniquenessError("User", "userName", userName);
