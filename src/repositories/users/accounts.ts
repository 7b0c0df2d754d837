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
  /** Keeps writes within the realm. */
  readonly #own: Sql;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#view = accountView(session.dialect, realm);
    this.#own = membersOf(realm);
  }

  /** @param lock what is about to happen to the account in this transaction */
  async find(id: string, lock?: "forUpdate" | "forDelete"): Promise<AccountWithOrganizations | undefined> {
    const end = lock ? this.session.dialect[lock] : "";
    const row = await this.session.first<AccountRow>(
      `select ${this.#columns} from ${this.#view.from.text} where accounts.id = ? ${end}`,
      [...this.#view.from.bindings, id],
    );
    return row && toAccount(row);
  }

  /** @throws UnsupportedFieldError for criteria by something that cannot be looked for */
  async list(listing: Listing): Promise<Page<AccountWithOrganizations>> {
    const source = {
      ...accountSource(this.session.dialect, this.realm, listing.locations, listing),
      // SQLite would read a long profile to its end to get at what is stored behind it.
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

  /** @returns those of the accounts that there are, by their ids */
  async findAll(ids: readonly string[]): Promise<Map<string, AccountWithOrganizations>> {
    const rows = await this.session.rows<AccountRow>(
      `select ${this.#columns} from ${this.#view.from.text}
       where accounts.id in (select items.value from ${this.session.dialect.textItems})`,
      [...this.#view.from.bindings, JSON.stringify(ids)],
    );
    return new Map(rows.map((row) => [row.id, toAccount(row)]));
  }

  /**
   * Whose user name this is, whatever the realm.
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

  /** What is stored of the person's password; undefined when there is no such account, or it has none. */
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
   * @param touchesProfile whether anything changes that organizations see of the account
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
   * Changes what is the person's own, as an organization does that manages the account.
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

  /** Gives an account a password, and ends the wait for one. */
  async setPassword(id: string, passwordHash: string, at: string): Promise<void> {
    const isThere = await this.#update(
      id,
      `password_hash = ?, version = version + 1, updated_at = ?,
       profile_version = profile_version + 1, profile_updated_at = ?`,
      [passwordHash, at, at],
    );
    if (isThere) await this.#endSetup(id);
  }

  /**
   * Whether an organization may write what is the person's own: it made the account, which is a member of it
   * alone and has no power over the provider.
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

  /** Whether anybody has power over the provider. */
  async hasAdministrator(): Promise<boolean> {
    const row = await this.session.first(
      "select 1 from muster_accounts where is_provider_admin and active limit 1",
    );
    return row !== undefined;
  }

  /** Makes changes of who has power over the provider wait for each other. */
  async lockAdministrators(): Promise<void> {
    await this.session.rows(
      `select id from muster_accounts where is_provider_admin order by id ${this.session.dialect.forUpdate}`,
    );
  }

  /** @returns whether there was such an account */
  async delete(id: string): Promise<boolean> {
    const deleted = await this.session.first(
      `delete from muster_accounts where id = ? ${this.#own.text} returning id`,
      [id, ...this.#own.bindings],
    );
    return deleted !== undefined;
  }

  /** Who has a password is not waited for. */
  async #endSetup(id: string): Promise<void> {
    await this.session.rows("delete from muster_account_setups where account_id = ?", [id]);
  }

  /** @throws UniquenessError when the user name is taken */
  async #write(account: ProfileWrite, assignments: string, bindings: readonly Binding[]): Promise<void> {
    const isThere = await updateUnique(
      this.#update(account.id, assignments, bindings),
      "muster_accounts_user_name_key_unique",
      () => nameTaken(account),
    );
    if (!isThere) return;
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

  /** The columns but for the id and the organizations, by name. */
  get #expressions(): Readonly<Record<string, string>> {
    return {
      ...Object.fromEntries(COLUMNS.map((name) => [name, `accounts.${name}`])),
      is_invited: this.#view.isInvited,
    };
  }
}

/** Of an organization's realm, only its members' accounts are written; who is one, says the membership. */
const membersOf = (realm: Realm): Sql =>
  realm.type === "provider"
    ? sql("")
    : sql(
        `and exists (select 1 from muster_memberships as memberships
           where memberships.account_id = muster_accounts.id and memberships.organization_id = ?)`,
        realm.organizationId,
      );

const nameTaken = ({ userName }: ProfileWrite) => new UniquenessError("User", "userName", userName);
