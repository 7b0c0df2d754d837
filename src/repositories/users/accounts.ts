import type { Binding, Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import { UniquenessError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { foldCase } from "../../domain/values/text.js";
import { readPage } from "../listing/page.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { insertUnique, updateUnique } from "../unique.js";
import { accountSource } from "./account-fields.js";
import { attributeBindings, COLUMNS, emailBindings, toAccount, withKey } from "./account-rows.js";
import type { AccountRow, AccountWrite, ProfileWrite } from "./account-rows.js";
import { accountView } from "./account-view.js";
import type { AccountView } from "./account-view.js";

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
    const end = lock ? this.session.dialect[lock] : "";
    const row = await this.session.first<AccountRow>(
      `select ${this.#columns} from ${this.#view.from.text} where accounts.id = ? ${end}`,
      [...this.#view.from.bindings, id],
    );
    return row && toAccount(row);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing): Promise<Page<AccountWithOrganizations>> {
    const source = {
      ...accountSource(this.session.dialect, this.realm, listing.locations, listing),
      // All columns count as long: SQLite would read a long profile to its end to reach the columns after it.
      long: this.#expressions,
      list: {
        name: "organizations",
        column: this.#view.organizations,
        bytes: this.#view.bytesOfOrganizations,
      },
    };
    const page = await readPage<AccountRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toAccount) };
  }

  /** @returns the accounts that exist, by their ids */
  async findAll(ids: readonly string[]): Promise<Map<string, AccountWithOrganizations>> {
    const rows = await this.session.rows<AccountRow>(
      `select ${this.#columns} from ${this.#view.from.text}
       where accounts.id in (select items.value from ${this.session.dialect.textItems})`,
      [...this.#view.from.bindings, JSON.stringify(ids)],
    );
    return new Map(rows.map((row) => [row.id, toAccount(row)]));
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
   * @param origin the organization that creates the account; undefined: the provider
   * @throws UniquenessError when the user name is taken
   */
  async insert(account: AccountWrite, origin?: string): Promise<void> {
    await insertUnique(
      this.session,
      sql(
        `insert into muster_accounts (id, user_name, user_name_key, external_id, display_name, display_name_key, active,
           is_active_assigned, roles, roles_search, is_provider_admin, password_hash, profile, search,
           origin_organization_id, version, created_at, updated_at, profile_updated_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        account.id,
        ...attributeBindings(account),
        origin ?? null,
        account.version,
        account.updatedAt,
        account.updatedAt,
        account.updatedAt,
      ),
      "user_name_key",
      () => nameTaken(account),
    );
    await this.#insertEmails(account);
  }

  /**
   * @param touchesProfile whether attributes change that organizations see
   * @throws UniquenessError when the user name is taken
   */
  async update(account: AccountWrite, touchesProfile: boolean): Promise<void> {
    await this.#write(
      account,
      `user_name = ?, user_name_key = ?, external_id = ?, display_name = ?, display_name_key = ?, active = ?,
       is_active_assigned = ?, roles = ?, roles_search = ?, is_provider_admin = ?,
       password_hash = coalesce(?, password_hash), profile = ?, search = ?, version = ?, updated_at = ?,
       profile_version = profile_version + ?, profile_updated_at = case when ? then ? else profile_updated_at end`,
      [
        ...attributeBindings(account),
        account.version,
        account.updatedAt,
        Number(touchesProfile),
        touchesProfile,
        account.updatedAt,
      ],
    );
  }

  /**
   * Writes the person's own attributes, for an organization that manages the account.
   *
   * @throws UniquenessError when the user name is taken
   */
  async updateProfile(account: ProfileWrite): Promise<void> {
    await this.#write(
      account,
      `user_name = ?, user_name_key = ?, display_name = ?, display_name_key = ?,
       password_hash = coalesce(?, password_hash), profile = ?, search = ?,
       version = version + 1, updated_at = ?, profile_version = profile_version + 1, profile_updated_at = ?`,
      [
        account.userName,
        foldCase(account.userName),
        ...withKey(account.displayName),
        account.passwordHash ?? null,
        account.profile.text,
        account.search.text,
        account.updatedAt,
        account.updatedAt,
      ],
    );
  }

  /** Sets an account's password, and ends its setup. */
  async setPassword(id: string, passwordHash: string, at: string): Promise<void> {
    const isFound = await this.#update(
      id,
      `password_hash = ?, version = version + 1, updated_at = ?,
       profile_version = profile_version + 1, profile_updated_at = ?`,
      [passwordHash, at, at],
    );
    if (isFound) await this.#endSetup(id);
  }

  /**
   * Whether an organization manages the account, and may write the person's own attributes: it created the account, which
   * is only a member of this organization, and not an administrator of the provider.
   */
  async isManagedBy(organizationId: string, id: string): Promise<boolean> {
    const row = await this.session.first(
      `select 1 from muster_accounts as accounts
        where id = ? and origin_organization_id = ? and not is_provider_admin
       and not exists (select 1 from muster_memberships
         where account_id = accounts.id and organization_id <> ?)`,
      [id, organizationId, organizationId],
    );
    return row !== undefined;
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
    await this.session.rows("delete from muster_account_setups where account_id = ?", [id]);
  }

  /** @throws UniquenessError when the user name is taken */
  async #write(account: ProfileWrite, assignments: string, bindings: readonly Binding[]): Promise<void> {
    const isFound = await updateUnique(
      this.#update(account.id, assignments, bindings),
      "muster_accounts_user_name_key_unique",
      () => nameTaken(account),
    );
    if (!isFound) return;
    await this.session.rows("delete from muster_account_emails where account_id = ?", [account.id]);
    await this.#insertEmails(account);
    if (account.passwordHash !== undefined) await this.#endSetup(account.id);
  }

  /** @returns whether the realm has such an account */
  async #update(id: string, assignments: string, bindings: readonly Binding[]): Promise<boolean> {
    const updated = await this.session.rows(
      `update muster_accounts set ${assignments} where id = ? ${this.#own.text} returning 1`,
      [...bindings, id, ...this.#own.bindings],
    );
    return updated.length > 0;
  }

  async #insertEmails(account: ProfileWrite): Promise<void> {
    const emails = emailBindings(account);
    if (emails.length === 0) return;
    await this.session.rows(
      `insert into muster_account_emails (account_id, position, value_key, display_key, type_key, is_primary)
       values ${emails.map(() => "(?, ?, ?, ?, ?, ?)").join(", ")}`,
      emails.flat(),
    );
  }

  get #columns(): string {
    const columns = Object.entries(this.#expressions).map(([name, column]) => `${column} as ${name}`);
    return `accounts.id, ${columns.join(", ")}, ${this.#view.organizations} as organizations`;
  }

  /** The columns except the id and the organizations, by name. */
  get #expressions(): Readonly<Record<string, string>> {
    return {
      ...Object.fromEntries(COLUMNS.map((name) => [name, `accounts.${name}`])),
      is_invited: this.#view.isInvited,
    };
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

const nameTaken = ({ userName }: ProfileWrite) => new UniquenessError("User", "userName", userName);
