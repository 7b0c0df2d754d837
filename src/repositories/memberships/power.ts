import type { Session } from "../../db/session.js";
import { personBehind, tokenIdOf } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import { knownRoles } from "../../domain/access/roles.js";
import type { Team } from "../../domain/teams/team.js";
import { ADMINISTRATORS, IS_ADMIN, toRoles } from "./roles.js";

/** An access token or an invitation that came from a person's power. */
export interface TokenOrInvitation {
  readonly id: string;
  readonly name: string | undefined;
  /** Undefined in the provider's realm. */
  readonly organizationId: string | undefined;
}

interface TokenOrInvitationRow {
  id: string;
  name: string | null;
  organization_id: string | null;
}

const toResult = (row: TokenOrInvitationRow): TokenOrInvitation => ({
  id: row.id,
  name: row.name ?? undefined,
  organizationId: row.organization_id ?? undefined,
});

/** SQL for whether a person administers an organization, either in it or as an administrator of the provider. */
const administers = (person: string, organization: string) =>
  `exists (select 1 from muster_accounts as accounts
    where accounts.id = ${person} and accounts.active and (accounts.is_provider_admin
     or exists (select 1 from muster_memberships as memberships where memberships.account_id = accounts.id
       and memberships.organization_id = ${organization} and memberships.active and ${IS_ADMIN})))`;

/** Who has power over a realm, and what ends when a person loses it. Not limited to a realm. */
export class PowerRepository {
  constructor(private readonly session: Session) {}

  /**
   * Whether a person administers a realm.
   *
   * @param organizationId undefined: the provider's realm
   */
  async isHeld(accountId: string, organizationId: string | undefined): Promise<boolean> {
    const row = await this.session.first(`select 1 where ${administers("?", "?")}`, [
      accountId,
      organizationId ?? "",
    ]);
    return row !== undefined;
  }

  /**
   * Locks what a principal's power comes from until the transaction ends: first the person behind it, as wherever power
   * is taken away, then the token.
   */
  async hold({ actor, realm }: Principal): Promise<void> {
    const { session } = this;
    const { dialect } = session;
    if (dialect.hasOneWriter) return;
    const lock = (rows: string, bindings: readonly string[]) =>
      session.rows(`select 1 from ${rows} ${dialect.forUpdate}`, bindings);
    const person = personBehind(actor);
    if (person !== undefined) await lock("muster_accounts where id = ?", [person]);
    if (person !== undefined && realm.type === "organization") {
      // The membership, and the seats in teams that can give roles.
      for (const table of ["muster_memberships", "muster_team_memberships"]) {
        await lock(`${table} where organization_id = ? and account_id = ?`, [realm.organizationId, person]);
      }
    }
    const tokenId = tokenIdOf(actor);
    if (tokenId !== undefined) await lock("muster_access_tokens where id = ?", [tokenId]);
    if (actor.type === "session") await lock("muster_sessions where id = ?", [actor.sessionId]);
  }

  /** The administrators of a realm, in the order of their ids. @param organizationId undefined: the provider's realm */
  async administrators(organizationId: string | undefined, limit: number): Promise<string[]> {
    const rows = await (organizationId === undefined
      ? this.session.rows<{ id: string }>(
          "select id from muster_accounts where is_provider_admin and active order by id limit ?",
          [limit],
        )
      : this.session.rows<{ id: string }>(
          `select distinct account_id as id from (${ADMINISTRATORS}) administrators
           where organization_id = ? order by account_id limit ?`,
          [organizationId, limit],
        ));
    return rows.map(({ id }) => id);
  }

  /**
   * Whether a person has a role that Muster knows, or one in or by a team.
   *
   * @param organizationId the organization of the role; undefined: any realm
   */
  async hasRole(accountId: string, organizationId: string | undefined): Promise<boolean> {
    const within = organizationId === undefined ? "" : "and organization_id = ?";
    const own = organizationId === undefined ? [] : [organizationId];
    const rows = await this.session.rows<{ roles: string }>(
      `select roles from muster_memberships where account_id = ? ${within}
       ${organizationId === undefined ? "union all select roles from muster_accounts where id = ?" : ""}`,
      [accountId, ...own, ...(organizationId === undefined ? [accountId] : [])],
    );
    if (rows.some(({ roles }) => knownRoles(toRoles(roles)).length > 0)) return true;
    const teamRole = await this.session.first(
      `select 1 from muster_team_memberships where account_id = ? ${within} and (role is not null
         or exists (select 1 from muster_teams as teams
           where teams.id = muster_team_memberships.team_id and teams.roles <> '[]'))`,
      [accountId, ...own],
    );
    return teamRole !== undefined;
  }

  /** Whether any of the people has, or has made, a token or an invitation; most have not, and need no more statements. */
  async concerns(accountIds: readonly string[]): Promise<boolean> {
    const has = (table: string, column: string) =>
      `exists (select 1 from ${table} where ${column} = items.value)`;
    const row = await this.session.first(
      `select 1 from ${this.session.dialect.textItems} where ${[
        has("muster_access_tokens", "account_id"),
        has("muster_access_tokens", "maker_account_id"),
        has("muster_access_tokens", "previous_maker_account_id"),
        has("muster_invitations", "inviter_account_id"),
        has("muster_invitations", "inviter_maker_id"),
      ].join(" or ")} limit 1`,
      [JSON.stringify(accountIds)],
    );
    return row !== undefined;
  }

  /** Revokes the tokens of people in an organization that they left. @returns the tokens */
  async revokeTokens(
    organizationId: string,
    accountIds: readonly string[],
    at: string,
  ): Promise<TokenOrInvitation[]> {
    const rows = await this.session.rows<TokenOrInvitationRow>(
      `update muster_access_tokens set revoked_at = ?
       where account_id in (select items.value from ${this.session.dialect.textItems}) and organization_id = ?
       and revoked_at is null returning id, name, organization_id`,
      [at, JSON.stringify(accountIds), organizationId],
    );
    return rows.map(toResult);
  }

  /**
   * Marks the tokens that people made, and could no longer make, as orphaned.
   *
   * @param isDeletion whether the people's accounts are about to be deleted
   * @returns the newly orphaned tokens
   */
  async orphanTokens(
    accountIds: readonly string[],
    isDeletion: boolean,
    at: string,
  ): Promise<TokenOrInvitation[]> {
    const { textItems } = this.session.dialect;
    const people = JSON.stringify(accountIds);
    const powerless = (column: string) =>
      isDeletion ? "" : `and not ${administers(column, "access_tokens.organization_id")}`;
    // When another person has rotated the token, its previous maker still knows the old secret.
    await this.session.rows(
      `update muster_access_tokens as access_tokens set previous_ends_at = ?
       where previous_maker_account_id in (select items.value from ${textItems}) and previous_ends_at > ?
       and maker_account_id is distinct from previous_maker_account_id
       ${powerless("access_tokens.previous_maker_account_id")}`,
      [at, people, at],
    );
    const rows = await this.session.rows<TokenOrInvitationRow>(
      `update muster_access_tokens as access_tokens set orphaned_at = ?, version = version + 1, updated_at = ?
       where maker_account_id in (select items.value from ${textItems})
       and orphaned_at is null and revoked_at is null ${powerless("access_tokens.maker_account_id")}
       returning id, name, organization_id`,
      [at, at, people],
    );
    return rows.map(toResult);
  }

  /**
   * Disables invitations that give roles, and that were made by the people, by machines' tokens whose makers they were, or
   * by tokens that were orphaned.
   *
   * @param isDeletion whether the people's accounts are about to be deleted
   * @returns the invitations
   */
  async disableInvitations(
    accountIds: readonly string[],
    tokenIds: readonly string[],
    isDeletion: boolean,
    at: string,
  ): Promise<TokenOrInvitation[]> {
    const { textItems } = this.session.dialect;
    const disable = (condition: string, ids: readonly string[]) =>
      this.session.rows<TokenOrInvitationRow>(
        `update muster_invitations as invitations
          set enabled = false, revision = revision + 1, version = version + 1, updated_at = ?
         where ${condition} and enabled
         and (exists (select 1 from muster_invitation_roles as invitation_roles
             where invitation_roles.invitation_id = invitations.id)
           or exists (select 1 from muster_invitation_teams as invitation_teams
             join muster_teams as teams on teams.id = invitation_teams.team_id and teams.roles <> '[]'
             where invitation_teams.invitation_id = invitations.id))
         returning id, name, organization_id`,
        [at, JSON.stringify(ids)],
      );
    const theirs: TokenOrInvitationRow[] = [];
    for (const person of ["inviter_account_id", "inviter_maker_id"]) {
      const powerless = isDeletion
        ? ""
        : `and not ${administers(`invitations.${person}`, "invitations.organization_id")}`;
      const condition = `${person} in (select items.value from ${textItems}) ${powerless}`;
      theirs.push(...(await disable(condition, accountIds)));
    }
    if (tokenIds.length === 0) return theirs.map(toResult);
    const byTokens = await disable(`inviter_token_id in (select items.value from ${textItems})`, tokenIds);
    return [...theirs, ...byTokens].map(toResult);
  }

  /** Disables the invitations that lead into a team. @returns those that were enabled */
  async disableInvitationsInto(teamId: string, at: string): Promise<TokenOrInvitation[]> {
    const rows = await this.session.rows<TokenOrInvitationRow>(
      `update muster_invitations set enabled = false, revision = revision + 1, version = version + 1, updated_at = ?
       where enabled and id in (select invitation_id from muster_invitation_teams where team_id = ?)
       returning id, name, organization_id`,
      [at, teamId],
    );
    return rows.map(toResult);
  }

  /** The members of a team who may have made something in its organization by their power there; few of all have. */
  async concernedIn({ id, organizationId }: Team): Promise<string[]> {
    const makers = (table: string, column: string) =>
      `select ${column} from muster_${table} where organization_id = ? and ${column} is not null`;
    const sources = [
      makers("access_tokens", "account_id"),
      makers("access_tokens", "maker_account_id"),
      makers("access_tokens", "previous_maker_account_id"),
      makers("invitations", "inviter_account_id"),
      makers("invitations", "inviter_maker_id"),
    ];
    const rows = await this.session.rows<{ account_id: string }>(
      `select account_id from muster_team_memberships
       where team_id = ? and account_id in (${sources.join(" union ")})`,
      [id, ...sources.map(() => organizationId)],
    );
    return rows.map(({ account_id }) => account_id);
  }
}
