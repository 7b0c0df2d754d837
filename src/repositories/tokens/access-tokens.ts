import type { Session } from "../../db/session.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { AccessToken, Owner } from "../../domain/tokens/access-token.js";
import { ListingCompiler } from "../listing/compile.js";
import { readPage } from "../listing/page.js";
import type { Sql } from "../listing/sql.js";
import { within } from "../realm.js";
import { ownerSql, toOwner } from "../users/owner.js";
import type { OwnerRow } from "../users/owner.js";
import { columnsOf, makers, STORED, tokenFields, tokenView } from "./token-fields.js";
import { toToken } from "./token-rows.js";
import type { TokenRow } from "./token-rows.js";

/** The columns of a token before its last rotation: the maker of that time knows the old secret. */
const PREVIOUS = columnsOf("access_tokens").replace(
  "access_tokens.maker_account_id",
  "access_tokens.previous_maker_account_id as maker_account_id",
);

/** The token that a secret belongs to. */
export interface FoundToken {
  /** Its maker is the person who got this secret. */
  readonly token: AccessToken;
  /** The hash of the secret, as it is stored. */
  readonly hash: string;
  /** The activity and power of the token's user, if it has one. */
  readonly owner: Owner;
  /** Until when the secret is valid, if it is the one before the last rotation. */
  readonly endsAt: string | undefined;
}

/** Access tokens, by the hashes of their secrets. */
export class AccessTokenRepository {
  /** A condition that limits writes to the realm. */
  readonly #own: Sql;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#own = within(realm, "organization_id");
  }

  /** The token whose secret has this hash, in any realm. */
  async findByHash(hash: string): Promise<FoundToken | undefined> {
    const owner = ownerSql(this.session.dialect, "access_tokens.account_id", "access_tokens.organization_id");
    const select = (columns: string) => `select ${columns}, ${owner.columns}`;
    const from = `from muster_access_tokens as access_tokens ${owner.joins}`;
    const row = await this.session.first<TokenRow & OwnerRow & { hash: string; ends_at: string | null }>(
      `${select(columnsOf("access_tokens"))}, access_tokens.token_hash as hash, null as ends_at ${from} where access_tokens.token_hash = ?
       union all
       ${select(PREVIOUS)}, access_tokens.previous_hash as hash, access_tokens.previous_ends_at as ends_at ${from}
       where access_tokens.previous_hash = ?`,
      [hash, hash],
    );
    if (!row) return undefined;
    const owned = toOwner(row, row.organization_id === null);
    return { token: toToken(row), hash: row.hash, owner: owned, endsAt: row.ends_at ?? undefined };
  }

  /** A token that is not revoked. */
  async find(id: string): Promise<AccessToken | undefined> {
    const { text, bindings } = tokenView(this.realm);
    const row = await this.session.first<TokenRow>(`select * from ${text} where id = ?`, [...bindings, id]);
    return row && toToken(row);
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing): Promise<Page<AccessToken>> {
    const { dialect } = this.session;
    const source = {
      from: tokenView(this.realm),
      table: "access_tokens",
      columns: "access_tokens.*",
      compiler: new ListingCompiler(dialect, tokenFields(dialect, listing.locations)),
      criteria: listing,
    };
    const page = await readPage<TokenRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toToken) };
  }

  /** The most recently orphaned tokens of a realm, as that realm sees them. */
  async orphaned(realm: Realm, limit: number): Promise<AccessToken[]> {
    const { text, bindings } = tokenView(realm);
    const rows = await this.session.rows<TokenRow>(
      `select * from ${text} where orphaned_at is not null
       ${realm.type === "provider" ? "and organization_id is null" : ""} order by orphaned_at desc, id limit ?`,
      [...bindings, limit],
    );
    return rows.map(toToken);
  }

  /** All tokens, including revoked ones, oldest first. */
  async all(): Promise<AccessToken[]> {
    const rows = await this.session.rows<TokenRow>(
      `select ${columnsOf("access_tokens")}, ${makers(PROVIDER_REALM)} from muster_access_tokens as access_tokens order by id`,
    );
    return rows.map(toToken);
  }

  /** Creates a token with a secret from a setting, only once for each secret. @returns false when it was created before */
  async adopt(token: AccessToken, hash: string): Promise<boolean> {
    const adopted = await this.session.rows(
      "insert into muster_adopted_secrets (hash) values (?) on conflict (hash) do nothing returning 1",
      [hash],
    );
    return adopted.length > 0 && this.insert(token, hash);
  }

  /** @returns false when a token with this hash already exists */
  async insert(token: AccessToken, hash: string): Promise<boolean> {
    const { realm } = token;
    const inserted = await this.session.rows(
      `insert into muster_access_tokens (${STORED.join(", ")}, token_hash)
       values (${STORED.map(() => "?").join(", ")}, ?)
       on conflict (token_hash) do nothing returning 1`,
      [
        token.id,
        token.name,
        realm.type === "organization" ? realm.organizationId : null,
        token.readOnly,
        token.checksPasswords,
        token.accountId ?? null,
        token.createdAt,
        token.updatedAt,
        token.version,
        token.expiresAt ?? null,
        token.revokedAt ?? null,
        token.lastUsedAt ?? null,
        token.makerId ?? null,
        token.orphanedAt ?? null,
        hash,
      ],
    );
    return inserted.length > 0;
  }

  /** Writes the attributes of a token that can change. */
  async update({ id, name, expiresAt, version, updatedAt }: AccessToken): Promise<void> {
    await this.session.rows(
      `update muster_access_tokens set name = ?, expires_at = ?, version = ?, updated_at = ?
       where id = ? ${this.#own.text}`,
      [name, expiresAt ?? null, version, updatedAt, id, ...this.#own.bindings],
    );
  }

  /**
   * Gives a token a new secret.
   *
   * @param makerId the person who gets the new secret
   * @param endsAt until when the old secret stays valid
   */
  async rotate(
    id: string,
    hash: string,
    makerId: string | undefined,
    endsAt: string,
    at: string,
  ): Promise<void> {
    await this.session.rows(
      `update muster_access_tokens set previous_hash = token_hash, previous_ends_at = ?, token_hash = ?,
         previous_maker_account_id = maker_account_id, maker_account_id = ?, version = version + 1, updated_at = ?
       where id = ? ${this.#own.text}`,
      [endsAt, hash, makerId ?? null, at, id, ...this.#own.bindings],
    );
  }

  /** Gives an orphaned token a new maker and a new secret. All earlier secrets become invalid. */
  async keep(id: string, hash: string, makerId: string, at: string): Promise<void> {
    await this.session.rows(
      `update muster_access_tokens set token_hash = ?, previous_hash = null, previous_ends_at = null,
         previous_maker_account_id = null, maker_account_id = ?, orphaned_at = null,
         version = version + 1, updated_at = ?
       where id = ? ${this.#own.text}`,
      [hash, makerId, at, id, ...this.#own.bindings],
    );
  }

  /** @returns whether the token exists */
  async revoke(id: string, at: string): Promise<boolean> {
    const revoked = await this.session.rows(
      `update muster_access_tokens set revoked_at = coalesce(revoked_at, ?) where id = ? ${this.#own.text} returning 1`,
      [at, id, ...this.#own.bindings],
    );
    return revoked.length > 0;
  }

  /** Writes when a token was last used. The version stays, since no attribute was changed by a client. */
  async touch(id: string, at: string): Promise<void> {
    await this.session.rows(
      `update muster_access_tokens set last_used_at = ?
       where id = ? and coalesce(last_used_at, '') < ? ${this.#own.text}`,
      [at, id, at, ...this.#own.bindings],
    );
  }
}
