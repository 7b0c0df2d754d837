import type { Dialect } from "../../db/dialect.js";
import type { Session } from "../../db/session.js";
import type { AccessToken, Owner } from "../../domain/tokens/access-token.js";
import type { Listing, Locations, Page } from "../../domain/listing.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { ListingCompiler } from "../listing/compile.js";
import type { ResourceFields } from "../listing/fields.js";
import { readPage } from "../listing/page.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

type Flag = boolean | number;

interface TokenRow {
  id: string;
  name: string;
  organization_id: string | null;
  read_only: Flag;
  account_id: string | null;
  created_at: string;
  updated_at: string;
  version: number;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
  maker_account_id: string | null;
  orphaned_at: string | null;
  organization_name?: string | null;
  account_name?: string | null;
  maker_name?: string | null;
}

interface OwnerRow {
  account_active: Flag | null;
  is_provider_admin: Flag | null;
  membership_active: Flag | null;
  is_admin: Flag | null;
}

const STORED = [
  "id",
  "name",
  "organization_id",
  "read_only",
  "account_id",
  "created_at",
  "updated_at",
  "version",
  "expires_at",
  "revoked_at",
  "last_used_at",
  "maker_account_id",
  "orphaned_at",
];

const columnsOf = (table: string) => STORED.map((name) => `${table}.${name}`).join(", ");

/** As a token was before its last rotation: who made it then is who knows that secret. */
const FORMER = columnsOf("access_tokens").replace(
  "access_tokens.maker_account_id",
  "access_tokens.previous_maker_account_id as maker_account_id",
);

const NAMES = `
  (select display_name from muster_organizations as organizations
    where organizations.id = access_tokens.organization_id)
    as organization_name,
  (select coalesce(display_name, user_name) from muster_accounts as accounts
    where accounts.id = access_tokens.account_id)
    as account_name`;

/** Who made a token, as a realm sees it: in an organization's, somebody who is no member does not exist. */
function makers(realm: Realm): string {
  const isSeen =
    realm.type === "provider"
      ? ""
      : `and exists (select 1 from muster_memberships as memberships where memberships.account_id = accounts.id
           and memberships.organization_id = access_tokens.organization_id)`;
  const maker = (column: string) =>
    `(select ${column} from muster_accounts as accounts
      where accounts.id = access_tokens.maker_account_id ${isSeen})`;
  return `${maker("id")} as maker_id, ${maker("coalesce(display_name, user_name)")} as maker_name,
    orphaned_at is not null as orphaned`;
}

/** The tokens that a realm sees, but for those that are revoked: a relation of the name `access_tokens`. */
function view(realm: Realm): Sql {
  const select = `select ${columnsOf("access_tokens")}, ${NAMES}, ${makers(realm)}
    from muster_access_tokens as access_tokens where revoked_at is null`;
  return realm.type === "provider"
    ? sql(`(${select}) access_tokens`)
    : sql(`(${select} and organization_id = ?) access_tokens`, realm.organizationId);
}

const fields = ({ plainText }: Dialect, locations: Locations): ResourceFields => ({
  table: "access_tokens",
  columns: {
    id: "access_tokens.id",
    name: "access_tokens.name",
    realm: plainText(
      "case when access_tokens.organization_id is null then 'provider' else 'organization' end",
    ),
    organization: "access_tokens.organization_id",
    "organization.value": "access_tokens.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "access_tokens.organization_id"),
    "organization.display": plainText("access_tokens.organization_name"),
    user: "access_tokens.account_id",
    "user.value": "access_tokens.account_id",
    "user.$ref": prefixed(locations("User", ""), "access_tokens.account_id"),
    "user.display": plainText("access_tokens.account_name"),
    maker: "access_tokens.maker_id",
    "maker.value": "access_tokens.maker_id",
    "maker.$ref": prefixed(locations("User", ""), "access_tokens.maker_id"),
    "maker.display": plainText("access_tokens.maker_name"),
    orphaned: "access_tokens.orphaned",
    readOnly: "access_tokens.read_only",
    expiresAt: "access_tokens.expires_at",
    lastUsedAt: "access_tokens.last_used_at",
    meta: "access_tokens.id",
    "meta.resourceType": plainText("'AccessToken'"),
    "meta.location": prefixed(locations("AccessToken", ""), "access_tokens.id"),
    "meta.created": "access_tokens.created_at",
    "meta.lastModified": "access_tokens.updated_at",
    "meta.version": plainText(`'W/"' || access_tokens.version || '"'`),
  },
  collections: {},
  documents: {},
});

/** A token that a secret belongs to. */
export interface FoundToken {
  /** Its maker is the person who has known this secret since it was made. */
  readonly token: AccessToken;
  /** The hash of the secret, as it is stored. */
  readonly hash: string;
  /** How the person stands that the token belongs to, if it belongs to one. */
  readonly owner: Owner;
  /** Until when the secret counts, if it is the one before the last rotation. */
  readonly endsAt: string | undefined;
}

/** Access tokens, by the hashes of their secrets. */
export class AccessTokenRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /** The token whose secret has this hash, whatever the realm. */
  async findByHash(hash: string): Promise<FoundToken | undefined> {
    const select = (columns: string) => `select ${columns}, accounts.active as account_active,
         accounts.is_provider_admin, memberships.active as membership_active, memberships.is_admin`;
    const from = `from muster_access_tokens as access_tokens
       left join muster_accounts as accounts on accounts.id = access_tokens.account_id
       left join muster_memberships as memberships on memberships.account_id = access_tokens.account_id
         and memberships.organization_id = access_tokens.organization_id`;
    const row = await this.session.first<TokenRow & OwnerRow & { hash: string; ends_at: string | null }>(
      `${select(columnsOf("access_tokens"))}, access_tokens.token_hash as hash, null as ends_at ${from} where access_tokens.token_hash = ?
       union all
       ${select(FORMER)}, access_tokens.previous_hash as hash, access_tokens.previous_ends_at as ends_at ${from}
       where access_tokens.previous_hash = ?`,
      [hash, hash],
    );
    return (
      row && { token: toToken(row), hash: row.hash, owner: toOwner(row), endsAt: row.ends_at ?? undefined }
    );
  }

  /** A token that is not revoked. */
  async find(id: string): Promise<AccessToken | undefined> {
    const { text, bindings } = view(this.realm);
    const row = await this.session.first<TokenRow>(`select * from ${text} where id = ?`, [...bindings, id]);
    return row && toToken(row);
  }

  /** @throws UnsupportedFieldError for criteria by something that cannot be looked for */
  async list(listing: Listing): Promise<Page<AccessToken>> {
    const { dialect } = this.session;
    const source = {
      from: view(this.realm),
      table: "access_tokens",
      columns: "access_tokens.*",
      compiler: new ListingCompiler(dialect, fields(dialect, listing.locations)),
      criteria: listing,
    };
    const page = await readPage<TokenRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toToken) };
  }

  /** The tokens of a realm that were orphaned last, as that realm sees them. */
  async orphaned(realm: Realm, limit: number): Promise<AccessToken[]> {
    const { text, bindings } = view(realm);
    const rows = await this.session.rows<TokenRow>(
      `select * from ${text} where orphaned_at is not null
       ${realm.type === "provider" ? "and organization_id is null" : ""} order by orphaned_at desc, id limit ?`,
      [...bindings, limit],
    );
    return rows.map(toToken);
  }

  /** All tokens, those that are revoked too, oldest first. */
  async all(): Promise<AccessToken[]> {
    const rows = await this.session.rows<TokenRow>(
      `select ${columnsOf("access_tokens")}, ${makers(PROVIDER_REALM)} from muster_access_tokens as access_tokens order by id`,
    );
    return rows.map(toToken);
  }

  /** Makes a secret from a setting a token, once for all times. @returns false when it has been one before */
  async adopt(token: AccessToken, hash: string): Promise<boolean> {
    const adopted = await this.session.rows(
      "insert into muster_adopted_secrets (hash) values (?) on conflict (hash) do nothing returning 1",
      [hash],
    );
    return adopted.length > 0 && this.insert(token, hash);
  }

  /** @returns false when a token with this hash exists already */
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

  /** Writes what can change of a token. */
  async update({ id, name, expiresAt, version, updatedAt }: AccessToken): Promise<void> {
    await this.session.rows(
      "update muster_access_tokens set name = ?, expires_at = ?, version = ?, updated_at = ? where id = ?",
      [name, expiresAt ?? null, version, updatedAt, id],
    );
  }

  /**
   * Gives a token another secret.
   *
   * @param makerId the person who knows the new secret
   * @param endsAt until when the secret so far still counts
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
       where id = ?`,
      [endsAt, hash, makerId ?? null, at, id],
    );
  }

  /** Makes an orphaned token somebody else's, by a secret that nobody knew before. All secrets so far are void. */
  async keep(id: string, hash: string, makerId: string, at: string): Promise<void> {
    await this.session.rows(
      `update muster_access_tokens set token_hash = ?, previous_hash = null, previous_ends_at = null,
         previous_maker_account_id = null, maker_account_id = ?, orphaned_at = null,
         version = version + 1, updated_at = ?
       where id = ?`,
      [hash, makerId, at, id],
    );
  }

  /** @returns whether there is such a token */
  async revoke(id: string, at: string): Promise<boolean> {
    const revoked = await this.session.rows(
      "update muster_access_tokens set revoked_at = coalesce(revoked_at, ?) where id = ? returning 1",
      [at, id],
    );
    return revoked.length > 0;
  }

  /** Writes down when tokens were used last. It changes no version: nobody has changed them. */
  async touch(id: string, at: string): Promise<void> {
    await this.session.rows(
      "update muster_access_tokens set last_used_at = ? where id = ? and coalesce(last_used_at, '') < ?",
      [at, id, at],
    );
  }
}

function toOwner(row: TokenRow & OwnerRow): Owner {
  return row.organization_id === null
    ? { isActive: Boolean(row.account_active), isAdministrator: Boolean(row.is_provider_admin) }
    : {
        isActive: Boolean(row.account_active) && Boolean(row.membership_active),
        isAdministrator: Boolean(row.is_admin),
      };
}

function toToken(row: TokenRow): AccessToken {
  return {
    id: row.id,
    name: row.name,
    realm:
      row.organization_id === null
        ? PROVIDER_REALM
        : { type: "organization", organizationId: row.organization_id },
    readOnly: Boolean(row.read_only),
    accountId: row.account_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    makerId: row.maker_account_id ?? undefined,
    orphanedAt: row.orphaned_at ?? undefined,
    organizationName: row.organization_name ?? undefined,
    accountName: row.account_name ?? undefined,
    makerName: row.maker_name ?? undefined,
  };
}
