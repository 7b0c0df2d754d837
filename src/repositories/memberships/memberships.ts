import type { Dialect } from "../../db/dialect.js";
import type { Binding, Session } from "../../db/session.js";
import { constraintViolation } from "../../db/violations.js";
import type { AccountInput } from "../../domain/users/account.js";
import { ConflictError, InvalidValueError } from "../../domain/errors.js";
import type { Filter } from "../../domain/listing.js";
import type { Member, MembershipSource } from "../../domain/memberships/membership.js";
import { hasRole, ORGANIZATION_ADMIN } from "../../domain/access/roles.js";
import type { Realm } from "../../domain/access/principal.js";
import { ADMINISTRATORS, roleBindings, toRoles } from "./roles.js";
import { followingColumns, IS_FOLLOWING, memberName, profileOfRecord, UNIQUE_NAME } from "./record-view.js";
import { constant, folded } from "../listing/fields.js";
import type { Collection } from "../listing/fields.js";
import { ListingCompiler } from "../listing/compile.js";

/** Members as the elements of an organization's `members`. */
export const memberElements = (dialect: Dialect, realm: Realm): Collection => ({
  from: "muster_memberships as element join muster_accounts as accounts on accounts.id = element.account_id",
  columns: {
    value: "element.account_id",
    display: folded(memberName(realm, "_key").replaceAll("memberships.", "element.")),
    type: constant(dialect, "User"),
  },
  order: "element.account_id",
});

interface MemberRow {
  account_id: string;
  display: string;
}

/** The attributes that an organization sets for a member. */
export type MembershipAttributes = Pick<AccountInput, "externalId" | "active" | "roles">;

interface AccountId {
  account_id: string;
}

const toId = (row: AccountId) => row.account_id;

/** How, by which token and when a member is added. */
export interface Addition {
  readonly source: MembershipSource;
  /** The id of the access token; undefined without one. */
  readonly addedBy: string | undefined;
  /** Whether the organization sees what the provider and the person wrote in the account, beyond names. */
  readonly showsProfile: boolean;
  readonly at: string;
}

/**
 * Memberships of organizations. The cost of a change depends on the members it names, not on the size of the organization.
 * The caller also writes the organization, since its member count and version change with its members.
 */
export class MembershipRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /**
   * The members of an organization in the order of their account ids.
   *
   * @param after the last account id of the page before
   */
  async members(organizationId: string, after: string | undefined, limit: number): Promise<Member[]> {
    const rows = await this.session.rows<MemberRow>(
      `select memberships.account_id, ${memberName(this.realm)} as display
       from muster_memberships as memberships
         join muster_accounts as accounts on accounts.id = memberships.account_id
       where memberships.organization_id = ? and memberships.account_id > ?
       order by memberships.account_id limit ?`,
      [organizationId, after ?? "", limit],
    );
    return rows.map((row) => ({ accountId: row.account_id, display: row.display }));
  }

  /** The account ids of the first members of an organization, in order. */
  async memberIds(organizationId: string, limit: number): Promise<string[]> {
    const rows = await this.session.rows<AccountId>(
      "select account_id from muster_memberships where organization_id = ? order by account_id limit ?",
      [organizationId, limit],
    );
    return rows.map(toId);
  }

  async isMember(organizationId: string, accountId: string): Promise<boolean> {
    const row = await this.session.first(
      "select 1 from muster_memberships where organization_id = ? and account_id = ?",
      [organizationId, accountId],
    );
    return row !== undefined;
  }

  /** Like `isMember`, and locks the membership until the transaction ends. */
  async lockMember(organizationId: string, accountId: string): Promise<boolean> {
    const row = await this.session.first(
      `select 1 from muster_memberships
        where organization_id = ? and account_id = ? ${this.session.dialect.forUpdate}`,
      [organizationId, accountId],
    );
    return row !== undefined;
  }

  /** @returns the ids that no account has */
  async unknownAccounts(accountIds: readonly string[]): Promise<string[]> {
    const rows = await this.session.rows<{ value: string }>(
      `select items.value as value from ${this.session.dialect.textItems}
       where not exists (select 1 from muster_accounts as accounts where accounts.id = items.value)`,
      [JSON.stringify(accountIds)],
    );
    return rows.map(({ value }) => value);
  }

  /**
   * Makes accounts members; existing members do not change, and unknown ids are skipped.
   *
   * @returns the ids of the new members
   * @throws InvalidValueError when one of the accounts is deleted at the same time, ConflictError when the organization
   *   gave all the names that an account could have there to other people
   */
  async add(organizationId: string, accountIds: readonly string[], addition: Addition): Promise<string[]> {
    try {
      return await this.#insert(organizationId, accountIds, addition);
    } catch (error) {
      const constraint = constraintViolation(error)?.constraint;
      if (constraint === UNIQUE_NAME) {
        throw new ConflictError(
          "Another User of the organization has the userName of a User to be added; change that userName first",
        );
      }
      if (constraint !== "muster_memberships_account_id_foreign") throw error;
      throw new InvalidValueError(
        "A User to be added as a member was deleted at the same time; read the Users again and retry",
      );
    }
  }

  async #insert(
    organizationId: string,
    accountIds: readonly string[],
    addition: Addition,
  ): Promise<string[]> {
    const { dialect } = this.session;
    await this.#lockAccounts(accountIds);
    const taken = await this.#taken(organizationId, accountIds);
    const following = followingColumns(dialect, {
      organizationId: "organizations.id",
      showsProfile: addition.showsProfile ? "true" : "false",
      isTaken: taken.length === 0 ? "false" : "taken.value is not null",
    });
    const names =
      taken.length === 0
        ? ""
        : `left join (select items.value from ${dialect.textItems}) taken
      on taken.value = accounts.id`;
    const added = await this.session.rows<AccountId>(
      `insert into muster_memberships (organization_id, account_id, source, added_by, created_at, updated_at,
         shows_profile, ${Object.keys(following).join(", ")})
       select organizations.id, accounts.id, ?, ?, ?, ?, ?, ${Object.values(following).join(", ")}
       from muster_organizations as organizations cross join muster_accounts as accounts ${names}
         where organizations.id = ? and accounts.id in (select items.value from ${dialect.textItems})
       on conflict (organization_id, account_id) do nothing returning account_id`,
      [
        ...[addition.source, addition.addedBy ?? null, addition.at, addition.at, addition.showsProfile],
        ...(taken.length === 0 ? [] : [JSON.stringify(taken)]),
        ...[organizationId, JSON.stringify(accountIds)],
      ],
    );
    return added.map(toId);
  }

  /** What is written of the accounts in this moment has to be in the new records. */
  async #lockAccounts(accountIds: readonly string[]): Promise<void> {
    const { dialect } = this.session;
    if (dialect.hasOneWriter) return;
    await this.session.rows(
      `select id from muster_accounts where id in (select items.value from ${dialect.textItems})
       order by id ${dialect.forUpdate}`,
      [JSON.stringify(accountIds)],
    );
  }

  /**
   * Those accounts whose user names other people have in the organization. It is asked before the insertion, since a
   * statement that inserts and looks up in the same table can read all that it has inserted, over and over.
   */
  async #taken(organizationId: string, accountIds: readonly string[]): Promise<string[]> {
    const rows = await this.session.rows<{ id: string }>(
      // Cross joins, since SQLite then looks them up in this order, and not all of the organization's people.
      `select accounts.id from ${this.session.dialect.textItems}
         cross join muster_accounts as accounts cross join muster_memberships as others
       where accounts.id = items.value and others.organization_id = ?
       and others.user_name_key = accounts.user_name_key and others.account_id <> accounts.id`,
      [JSON.stringify(accountIds), organizationId],
    );
    return rows.map(({ id }) => id);
  }

  /** Writes a membership's attributes; its version goes up by one. */
  async update(
    organizationId: string,
    accountId: string,
    attributes: MembershipAttributes,
    at: string,
  ): Promise<void> {
    await this.session.rows(
      `update muster_memberships
        set external_id = ?, active = ?, is_active_assigned = ?, roles = ?, roles_search = ?,
         is_admin = ?, version = version + 1, updated_at = ?
       where organization_id = ? and account_id = ?`,
      [
        attributes.externalId ?? null,
        attributes.active ?? false,
        attributes.active !== undefined,
        ...roleBindings(attributes.roles),
        hasRole(attributes.roles, ORGANIZATION_ADMIN),
        at,
        organizationId,
        accountId,
      ],
    );
  }

  /** Sets the roles of a member; a role that stays keeps its other attributes. */
  async setRoles(
    organizationId: string,
    accountId: string,
    names: readonly string[],
    at: string,
  ): Promise<void> {
    const row = await this.session.first<{ roles: string }>(
      "select roles from muster_memberships where organization_id = ? and account_id = ?",
      [organizationId, accountId],
    );
    const known = toRoles(row?.roles ?? "[]");
    const roles = names.map((value) => known.find((role) => role.value === value) ?? { value });
    await this.session.rows(
      `update muster_memberships
        set roles = ?, roles_search = ?, is_admin = ?, version = version + 1, updated_at = ?
       where organization_id = ? and account_id = ?`,
      [...roleBindings(roles), hasRole(roles, ORGANIZATION_ADMIN), at, organizationId, accountId],
    );
  }

  /** @returns the ids of those organizations that have an administrator */
  async administered(organizationIds: readonly string[]): Promise<string[]> {
    if (organizationIds.length === 0) return [];
    const rows = await this.session.rows<{ organization_id: string }>(
      `select distinct organization_id from (${ADMINISTRATORS}) administrators
       where organization_id in (select items.value from ${this.session.dialect.textItems})`,
      [JSON.stringify(organizationIds)],
    );
    return rows.map((row) => row.organization_id);
  }

  /** Has a member leave the teams that give roles. @returns the ids of the teams */
  async leaveTeamsWithRoles(organizationId: string, accountId: string): Promise<string[]> {
    const rows = await this.session.rows<{ team_id: string }>(
      `delete from muster_team_memberships where organization_id = ? and account_id = ?
       and team_id in (select id from muster_teams where organization_id = ? and roles <> '[]') returning team_id`,
      [organizationId, accountId, organizationId],
    );
    return rows.map((row) => row.team_id);
  }

  /** Sets the organization's own password of a member, which opens this organization alone. */
  async setPassword(
    organizationId: string,
    accountId: string,
    passwordHash: string,
    { isAssigned }: { readonly isAssigned: boolean },
  ): Promise<void> {
    await this.session.rows(
      `update muster_memberships set password_hash = ?, is_password_assigned = ?
       where organization_id = ? and account_id = ?`,
      [passwordHash, isAssigned, organizationId, accountId],
    );
    await this.session.rows(
      "delete from muster_account_setups where organization_id = ? and account_id = ? and not is_personal",
      [organizationId, accountId],
    );
  }

  /** Whether a member has a password of the organization's own. */
  async hasPassword(organizationId: string, accountId: string): Promise<boolean> {
    const row = await this.session.first(
      `select 1 from muster_memberships
       where organization_id = ? and account_id = ? and password_hash is not null`,
      [organizationId, accountId],
    );
    return row !== undefined;
  }

  /** Removes members, and keeps their records. @param at ISO 8601 in UTC @returns the ids of the removed members */
  remove(organizationId: string, accountIds: readonly string[], at: string): Promise<string[]> {
    const items = `(select items.value from ${this.session.dialect.textItems})`;
    return this.#remove(organizationId, `account_id in ${items}`, [JSON.stringify(accountIds)], at);
  }

  /** Like `remove`, for all members except these. */
  removeOthers(organizationId: string, accountIds: readonly string[], at: string): Promise<string[]> {
    const items = `(select items.value from ${this.session.dialect.textItems})`;
    return this.#remove(organizationId, `account_id not in ${items}`, [JSON.stringify(accountIds)], at);
  }

  /** Like `remove`, for the members whose elements of `members` match a filter. */
  removeMatching(organizationId: string, filter: Filter, at: string): Promise<string[]> {
    const elements = memberElements(this.session.dialect, this.realm);
    const compiler = new ListingCompiler(this.session.dialect, {
      table: "memberships",
      columns: elements.columns,
      collections: {},
      documents: {},
    });
    const { text, bindings } = compiler.condition(filter);
    return this.#remove(
      organizationId,
      `account_id in (select element.account_id from ${elements.from}
         where element.organization_id = ? and ${text})`,
      [organizationId, ...bindings],
      at,
    );
  }

  /** @param condition on the columns of memberships @returns the ids of the removed members */
  async #remove(
    organizationId: string,
    condition: string,
    bindings: readonly Binding[],
    at: string,
  ): Promise<string[]> {
    const { dialect } = this.session;
    await this.#lockFollowing(organizationId, condition, bindings);
    const kept = ["user_name", "user_name_key", "display_name", "external_id"];
    const profile = (["profile", "search"] as const).map(
      (column) => `case when ${IS_FOLLOWING} then null else ${profileOfRecord(dialect, column)} end`,
    );
    const columns = [...kept, "profile", "search", "ended_at"];
    await this.session.rows(
      `insert into muster_kept_records (organization_id, account_id, ${columns.join(", ")})
       select memberships.organization_id, memberships.account_id,
         ${kept.map((column) => `memberships.${column}`).join(", ")}, ${profile.join(", ")}, ?
       from muster_memberships as memberships join muster_accounts as accounts on accounts.id = memberships.account_id
       where memberships.organization_id = ? and memberships.${condition}
       on conflict (organization_id, account_id) do update set
         ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`,
      [at, organizationId, ...bindings],
    );
    // The database would delete their places in teams one by one, and count each team as often.
    if (!dialect.hasOneWriter) {
      await this.session.rows(
        `delete from muster_team_memberships where organization_id = ? and ${condition}`,
        [organizationId, ...bindings],
      );
    }
    const removed = await this.session.rows<AccountId>(
      `delete from muster_memberships where organization_id = ? and ${condition} returning account_id`,
      [organizationId, ...bindings],
    );
    await this.session.rows(
      `update muster_accounts set in_care = false where in_care and coalesce(origin_organization_id, '') = ?
       and id in (select items.value from ${dialect.textItems})`,
      [organizationId, JSON.stringify(removed.map(toId))],
    );
    return removed.map(toId);
  }

  /**
   * Locks those members' accounts that follow their records, as everywhere before the memberships, so that the records are
   * kept as the organization wrote them last.
   *
   * @param condition on the columns of memberships
   */
  async #lockFollowing(
    organizationId: string,
    condition: string,
    bindings: readonly Binding[],
  ): Promise<void> {
    const { dialect } = this.session;
    if (dialect.hasOneWriter) return;
    await this.session.rows(
      `select id from muster_accounts where in_care and origin_organization_id = ? and id in
         (select account_id from muster_memberships as memberships
          where organization_id = ? and memberships.${condition})
       order by id ${dialect.forUpdate}`,
      [organizationId, organizationId, ...bindings],
    );
  }

  /** Locks all organizations that an account is a member of until the transaction ends. */
  async lockOrganizationsOf(accountId: string): Promise<void> {
    await this.session.rows(
      `select id from muster_organizations
       where id in (select organization_id from muster_memberships where account_id = ?)
       order by id ${this.session.dialect.forUpdate}`,
      [accountId],
    );
  }

  /** Lowers the member counts of all organizations of an account that is about to be deleted. */
  async leaveAll(accountId: string, at: string): Promise<void> {
    await this.session.rows(
      `update muster_organizations set member_count = member_count - 1, version = version + 1, updated_at = ?
       where id in (select organization_id from muster_memberships where account_id = ?)`,
      [at, accountId],
    );
  }
}
