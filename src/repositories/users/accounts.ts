import type { Session } from "../../db/session.js";
import type { AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { UniquenessError } from "../../domain/errors.js";
import { isJsonObject, JsonDocument } from "../../domain/values/json.js";
import type { JsonObject, JsonValue } from "../../domain/values/json.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { OrganizationReference } from "../../domain/organizations/organization.js";
import type { Realm } from "../../domain/access/principal.js";
import { hasRole, PROVIDER_ADMIN } from "../../domain/access/roles.js";
import { foldCase } from "../../domain/values/text.js";
import { accountView } from "./account-view.js";
import type { AccountView } from "./account-view.js";
import { roleBindings, toRoles } from "../memberships/roles.js";
import { accountSource } from "./account-fields.js";
import { readPage } from "../listing/page.js";
import { sql } from "../listing/sql.js";
import { insertUnique, updateUnique } from "../unique.js";

interface AccountRow {
  id: string;
  user_name: string;
  external_id: string | null;
  display_name: string | null;
  active: boolean | number;
  is_active_assigned: boolean | number;
  roles: string;
  profile: string;
  version: number;
  created_at: string;
  updated_at: string;
  is_invited: boolean | number;
  organizations: string | null;
}

const COLUMNS = [
  "user_name",
  "external_id",
  "display_name",
  "active",
  "is_active_assigned",
  "roles",
  "profile",
  "version",
  "created_at",
  "updated_at",
];

/** What is the person's own, as it is written. */
export type ProfileWrite = Omit<AccountWrite, "active" | "externalId" | "roles" | "version">;

/** An account as it is written: what the caller said, and what the service adds. */
export interface AccountWrite extends AccountInput {
  readonly id: string;
  /** Undefined leaves the stored one as it is. */
  readonly passwordHash: string | undefined;
  readonly version: number;
  readonly updatedAt: string;
}

export class AccountRepository {
  readonly #view: AccountView;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#view = accountView(session.dialect, realm);
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
      "select password_hash from muster_accounts where id = ?",
      [id],
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
    await updateUnique(
      this.session.rows(
        `update muster_accounts set user_name = ?, user_name_key = ?, external_id = ?, display_name = ?,
           display_name_key = ?, active = ?, is_active_assigned = ?, roles = ?, roles_search = ?,
           is_provider_admin = ?, password_hash = coalesce(?, password_hash), profile = ?, search = ?,
           version = ?, updated_at = ?,
           profile_version = profile_version + ?, profile_updated_at = case when ? then ? else profile_updated_at end
         where id = ?`,
        [
          ...attributeBindings(account),
          account.version,
          account.updatedAt,
          Number(touchesProfile),
          touchesProfile,
          account.updatedAt,
          account.id,
        ],
      ),
      "muster_accounts_user_name_key_unique",
      () => nameTaken(account),
    );
    await this.#replaceEmails(account);
    if (account.passwordHash !== undefined) await this.#endSetup(account.id);
  }

  /**
   * Changes what is the person's own, as an organization does that manages the account.
   *
   * @throws UniquenessError when the user name is taken
   */
  async updateProfile(account: ProfileWrite): Promise<void> {
    await updateUnique(
      this.session.rows(
        `update muster_accounts set user_name = ?, user_name_key = ?, display_name = ?, display_name_key = ?,
           password_hash = coalesce(?, password_hash), profile = ?, search = ?,
           version = version + 1, updated_at = ?, profile_version = profile_version + 1, profile_updated_at = ?
         where id = ?`,
        [
          account.userName,
          foldCase(account.userName),
          ...withKey(account.displayName),
          account.passwordHash ?? null,
          account.profile.text,
          account.search.text,
          account.updatedAt,
          account.updatedAt,
          account.id,
        ],
      ),
      "muster_accounts_user_name_key_unique",
      () => nameTaken(account),
    );
    await this.#replaceEmails(account);
    if (account.passwordHash !== undefined) await this.#endSetup(account.id);
  }

  /** Gives an account a password, and ends the wait for one. */
  async setPassword(id: string, passwordHash: string, at: string): Promise<void> {
    await this.session.rows(
      `update muster_accounts set password_hash = ?, version = version + 1, updated_at = ?,
         profile_version = profile_version + 1, profile_updated_at = ? where id = ?`,
      [passwordHash, at, at, id],
    );
    await this.#endSetup(id);
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
    return (
      (await this.session.first("delete from muster_accounts where id = ? returning id", [id])) !== undefined
    );
  }

  /** Who has a password is not waited for. */
  async #endSetup(id: string): Promise<void> {
    await this.session.rows("delete from muster_account_setups where account_id = ?", [id]);
  }

  async #replaceEmails(account: ProfileWrite): Promise<void> {
    await this.session.rows("delete from muster_account_emails where account_id = ?", [account.id]);
    await this.#insertEmails(account);
  }

  async #insertEmails(account: ProfileWrite): Promise<void> {
    const { emails } = account.search.value;
    if (!Array.isArray(emails) || emails.length === 0) return;
    const bindings = emails
      .filter(isJsonObject)
      .flatMap((email, position) => [
        account.id,
        position,
        ...["value", "display", "type", "primary"].map(cell(email)),
      ]);
    const rows = emails.map(() => "(?, ?, ?, ?, ?, ?)").join(", ");
    await this.session.rows(
      `insert into muster_account_emails (account_id, position, value_key, display_key, type_key, is_primary) values ${rows}`,
      bindings,
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

const cell = (element: JsonObject) => (name: string) => {
  const value: JsonValue | undefined = element[name];
  return typeof value === "string" || typeof value === "boolean" ? value : null;
};

const withKey = (value: string | undefined) =>
  value === undefined ? [null, null] : [value, foldCase(value)];

function attributeBindings(account: AccountWrite) {
  return [
    account.userName,
    foldCase(account.userName),
    account.externalId ?? null,
    ...withKey(account.displayName),
    account.active ?? false,
    account.active !== undefined,
    ...roleBindings(account.roles),
    hasRole(account.roles, PROVIDER_ADMIN),
    account.passwordHash ?? null,
    account.profile.text,
    account.search.text,
  ];
}

function toAccount(row: AccountRow): AccountWithOrganizations {
  return {
    id: row.id,
    userName: row.user_name,
    externalId: row.external_id ?? undefined,
    displayName: row.display_name ?? undefined,
    active: row.is_active_assigned ? Boolean(row.active) : undefined,
    roles: toRoles(row.roles),
    isInvited: Boolean(row.is_invited),
    profile: JsonDocument.ofText(row.profile),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    organizations: row.organizations ? (JSON.parse(row.organizations) as OrganizationReference[]) : [],
  };
}

const nameTaken = ({ userName }: ProfileWrite) => new UniquenessError("User", "userName", userName);
