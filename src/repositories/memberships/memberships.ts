import type { Dialect } from "../../db/dialect.js";
import { lostRace } from "../../db/faults.js";
import type { Session } from "../../db/session.js";
import type { AccountInput } from "../../domain/users/account.js";
import type { Filter } from "../../domain/listing.js";
import type { Member } from "../../domain/memberships/membership.js";
import { hasRole, ORGANIZATION_ADMIN } from "../../domain/access/roles.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Taking } from "../../domain/removals/removal.js";
import { ADMINISTRATORS, roleBindings, toRoles } from "./roles.js";
import { memberName } from "./record-view.js";
import { addMembers } from "./adding.js";
import type { Addition } from "./adding.js";
import { removeMembers, removeMembersWhere } from "./removing.js";
import { keepSeats } from "../removals/taking.js";
import { sql } from "../listing/sql.js";
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

  /** Whether somebody is an active member. */
  async isActive(organizationId: string, accountId: string): Promise<boolean> {
    const row = await this.session.first(
      "select 1 from muster_memberships where organization_id = ? and account_id = ? and active",
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
  add(organizationId: string, accountIds: readonly string[], addition: Addition): Promise<string[]> {
    return addMembers(this.session, organizationId, accountIds, addition);
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
    if (attributes.active !== true) await this.#endSessions(organizationId, accountId);
  }

  /** Ends what the organization's own password opened: being active again does not sign the person in again. */
  async #endSessions(organizationId: string, accountId: string): Promise<void> {
    await this.session.rows(
      "delete from muster_sessions where account_id = ? and credential_organization_id = ?",
      [accountId, organizationId],
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

  /** Has a member leave the teams that give roles, and keeps the places for an undo. @returns the ids of the teams */
  async leaveTeamsWithRoles(organizationId: string, accountId: string, taking: Taking): Promise<string[]> {
    const withRoles = "team_id in (select id from muster_teams where organization_id = ? and roles <> '[]')";
    const ids = [organizationId, accountId, organizationId];
    await keepSeats(
      this.session,
      taking,
      sql(`seats.organization_id = ? and seats.account_id = ? and seats.${withRoles}`, ...ids),
    );
    const rows = await this.session.rows<{ team_id: string }>(
      `delete from muster_team_memberships where organization_id = ? and account_id = ? and ${withRoles}
       returning team_id`,
      ids,
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

  /** Removes members, and keeps their records and what an undo needs. @returns the ids of the removed members */
  remove(organizationId: string, accountIds: readonly string[], taking: Taking): Promise<string[]> {
    return removeMembers(this.session, organizationId, accountIds, taking);
  }

  /** Like `remove`, for all members except these. */
  removeOthers(organizationId: string, accountIds: readonly string[], taking: Taking): Promise<string[]> {
    const items = `(select items.value from ${this.session.dialect.textItems})`;
    return removeMembersWhere(
      this.session,
      organizationId,
      sql(`account_id not in ${items}`, JSON.stringify(accountIds)),
      taking,
    );
  }

  /** Like `remove`, for the members whose elements of `members` match a filter. */
  removeMatching(organizationId: string, filter: Filter, taking: Taking): Promise<string[]> {
    const elements = memberElements(this.session.dialect, this.realm);
    const compiler = new ListingCompiler(this.session.dialect, {
      table: "memberships",
      columns: elements.columns,
      collections: {},
      documents: {},
    });
    const { text, bindings } = compiler.condition(filter);
    const matching = sql(
      `account_id in (select element.account_id from ${elements.from}
         where element.organization_id = ? and ${text})`,
      organizationId,
      ...bindings,
    );
    return removeMembersWhere(this.session, organizationId, matching, taking);
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

  /**
   * Lowers the member counts of all organizations of an account that is about to be deleted.
   *
   * @param known the organizations that the caller has locked and knows of
   * @throws ContentionError, after which the transaction runs again, when the person has just joined another one
   */
  async leaveAll(accountId: string, known: readonly string[], at: string): Promise<void> {
    const rows = await this.session.rows<{ id: string }>(
      `update muster_organizations set member_count = member_count - 1, version = version + 1, updated_at = ?
       where id in (select organization_id from muster_memberships where account_id = ?) returning id`,
      [at, accountId],
    );
    if (rows.some(({ id }) => !known.includes(id))) throw lostRace();
  }
}
