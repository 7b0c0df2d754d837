import type { Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { OpenRealm, PersonSession } from "../../domain/sessions/session.js";
import { realmKey } from "../../domain/sessions/session.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Owner } from "../../domain/tokens/access-token.js";
import { ListingCompiler } from "../listing/compile.js";
import { readPage } from "../listing/page.js";
import { IS_ADMIN } from "../memberships/roles.js";
import { ownerSql, toOwner } from "../users/owner.js";
import type { OwnerRow } from "../users/owner.js";
import { PASSWORD_NOW, sessionFields, sessionView } from "./session-fields.js";
import type { SessionCut, SessionViewer } from "./session-fields.js";
import { STORED, toSession } from "./session-rows.js";
import type { SessionRow } from "./session-rows.js";

/** A session, with the person as they stand in its realm. */
export interface FoundSession {
  readonly session: PersonSession;
  /** The hash of the secret, as it is stored. */
  readonly hash: string;
  readonly owner: Owner;
  /** Whether the account is active, wherever the session acts. */
  readonly isAccountActive: boolean;
  /** Whether the password that the session began with gives no role's power, since an organization chose it. */
  readonly isPasswordAssigned: boolean;
  /** Whether a second factor that still exists was shown in the session. */
  readonly isFactorShown: boolean;
  /** Whether the organization that it acts in requires one of its administrators. */
  readonly requiresFactor: boolean;
}

/** What is stored of a new session beside what it tells. */
export interface SessionSecrets {
  readonly secretHash: string;
  /** The hash of the password that it begins with. */
  readonly passwordHash: string;
}

type Flag = boolean | number | null;

/** How many realms of a person are listed. */
const MAX_REALMS = 1000;

/** Sessions of people. Those whose password is no longer the one they began with do not exist. */
export class SessionRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /** The session whose secret has this hash. */
  findByHash(hash: string): Promise<FoundSession | undefined> {
    return this.#find("secret_hash", hash);
  }

  /** The session with this id, in any realm. */
  findById(id: string): Promise<FoundSession | undefined> {
    return this.#find("id", id);
  }

  async #find(column: "secret_hash" | "id", value: string): Promise<FoundSession | undefined> {
    const owner = ownerSql(this.session.dialect, "sessions.account_id", "sessions.realm");
    const row = await this.session.first<
      SessionRow &
        OwnerRow &
        Record<"is_assigned" | "is_factor_shown" | "requires_factor", Flag> & { hash: string }
    >(
      `select ${STORED.map((name) => `sessions.${name}`).join(", ")}, sessions.secret_hash as hash,
         case when sessions.credential_organization_id is not null then memberships.is_password_assigned end
           as is_assigned,
         exists (select 1 from muster_second_factors as factors where factors.id = sessions.factor_id) as is_factor_shown,
         (select requires_second_factor from muster_organizations as organizations
           where organizations.id = sessions.realm) as requires_factor, ${owner.columns}
       from muster_sessions as sessions ${owner.joins}
       where sessions.${column} = ? and sessions.password_hash = ${PASSWORD_NOW}`,
      [value],
    );
    if (!row) return undefined;
    return {
      session: toSession(row),
      hash: row.hash,
      owner: toOwner(row, row.realm === PROVIDER_REALM.type),
      isAccountActive: Boolean(row.account_active),
      isPasswordAssigned: Boolean(row.is_assigned),
      isFactorShown: Boolean(row.is_factor_shown),
      requiresFactor: Boolean(row.requires_factor),
    };
  }

  /** A session that the viewer sees and that has not ended. */
  async find(id: string, viewer: SessionViewer, cut: SessionCut): Promise<PersonSession | undefined> {
    const { text, bindings } = sessionView(this.realm, viewer, cut);
    const row = await this.session.first<SessionRow>(`select * from ${text} where id = ?`, [...bindings, id]);
    return row && toSession(row);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing, viewer: SessionViewer, cut: SessionCut): Promise<Page<PersonSession>> {
    const { dialect } = this.session;
    const source = {
      from: sessionView(this.realm, viewer, cut),
      table: "sessions",
      columns: "sessions.*",
      compiler: new ListingCompiler(dialect, sessionFields(dialect, listing.locations)),
      criteria: listing,
    };
    const page = await readPage<SessionRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toSession) };
  }

  async insert(session: PersonSession, { secretHash, passwordHash }: SessionSecrets): Promise<void> {
    await this.session.rows(
      `insert into muster_sessions (${STORED.join(", ")}, secret_hash, password_hash)
       values (${STORED.map(() => "?").join(", ")}, ?, ?)`,
      [
        ...[session.id, session.accountId, session.credentialOrganizationId ?? null],
        ...[realmKey(session.realm) ?? null, session.createdAt, session.lastUsedAt, session.expiresAt],
        ...[session.address ?? null, session.client ?? null],
        ...[session.factor?.id ?? null, session.factor?.at ?? null, secretHash, passwordHash],
      ],
    );
  }

  /** The realms that a person is active in, with the organizations in the order of their names. */
  async realmsOf(accountId: string): Promise<OpenRealm[]> {
    const rows = await this.session.rows<{ id: string; name: string; is_admin: boolean | number }>(
      `select organizations.id, organizations.display_name as name, ${IS_ADMIN} as is_admin
       from muster_memberships as memberships
         join muster_organizations as organizations on organizations.id = memberships.organization_id
       where memberships.account_id = ? and memberships.active
       order by organizations.display_name_key limit ?`,
      [accountId, MAX_REALMS],
    );
    const provider = await this.session.first<{ is_provider_admin: boolean | number }>(
      "select is_provider_admin from muster_accounts where id = ?",
      [accountId],
    );
    return [
      { realm: PROVIDER_REALM, name: undefined, isAdministrator: Boolean(provider?.is_provider_admin) },
      ...rows.map(({ id, name, is_admin }) => ({
        realm: { type: "organization" as const, organizationId: id },
        name,
        isAdministrator: Boolean(is_admin),
      })),
    ];
  }

  /** The hash of the password that a session began with; undefined when it has ended. */
  async passwordHash(id: string): Promise<string | undefined> {
    const row = await this.session.first<{ password_hash: string }>(
      `select password_hash from muster_sessions as sessions where id = ? and password_hash = ${PASSWORD_NOW}`,
      [id],
    );
    return row?.password_hash;
  }

  /** Gives a session a new secret, and binds it to a new password. */
  async renew(id: string, { secretHash, passwordHash }: SessionSecrets): Promise<void> {
    await this.session.rows("update muster_sessions set secret_hash = ?, password_hash = ? where id = ?", [
      ...[secretHash, passwordHash, id],
    ]);
  }

  /** Notes that a second factor was shown in a session, which gets a new secret. */
  async showFactor(
    id: string,
    {
      factorId,
      at,
      secretHash,
    }: { readonly factorId: string; readonly at: string; readonly secretHash: string },
  ): Promise<void> {
    await this.session.rows(
      "update muster_sessions set factor_id = ?, factor_at = ?, secret_hash = ? where id = ?",
      [factorId, at, secretHash, id],
    );
  }

  /** Has a session act elsewhere. @param realm undefined: nowhere */
  async act(id: string, realm: Realm | undefined): Promise<void> {
    await this.session.rows("update muster_sessions set realm = ? where id = ?", [
      realmKey(realm) ?? null,
      id,
    ]);
  }

  /** Writes when a session was last used. */
  async touch(id: string, at: string): Promise<void> {
    await this.session.rows("update muster_sessions set last_used_at = ? where id = ? and last_used_at < ?", [
      ...[at, id, at],
    ]);
  }

  async end(id: string): Promise<void> {
    await this.session.rows("delete from muster_sessions where id = ?", [id]);
  }

  /**
   * Ends the sessions of a person.
   *
   * @param organizationId only those that began with a credential of that organization; undefined: all
   * @param except a session that stays
   */
  async endOf(accountId: string, organizationId: string | undefined, except?: string): Promise<void> {
    await this.session.rows(
      `delete from muster_sessions where account_id = ? and id <> ?
       ${organizationId === undefined ? "" : "and credential_organization_id = ?"}`,
      [accountId, except ?? "", ...(organizationId === undefined ? [] : [organizationId])],
    );
  }

  /** Ends the sessions in which a second factor was shown. */
  async endOfFactor({ id, accountId }: Pick<SecondFactor, "id" | "accountId">): Promise<void> {
    await this.session.rows("delete from muster_sessions where account_id = ? and factor_id = ?", [
      ...[accountId, id],
    ]);
  }

  /** Deletes sessions that are over. */
  async prune({ now, idleSince }: SessionCut): Promise<void> {
    await this.session.rows("delete from muster_sessions where expires_at <= ?", [now]);
    await this.session.rows("delete from muster_sessions where last_used_at <= ?", [idleSince]);
  }
}
