import type { Session } from "../db/session.js";
import type { AccessToken, Owner } from "../domain/access-token.js";
import { PROVIDER_REALM } from "../domain/principal.js";

type Flag = boolean | number;

interface TokenRow {
  id: string;
  name: string;
  organization_id: string | null;
  read_only: Flag;
  account_id: string | null;
  token_hash: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

interface OwnerRow {
  account_active: Flag | null;
  is_provider_admin: Flag | null;
  membership_active: Flag | null;
  is_admin: Flag | null;
}

const COLUMNS = [
  "id",
  "name",
  "organization_id",
  "read_only",
  "account_id",
  "token_hash",
  "created_at",
  "expires_at",
  "revoked_at",
];

const OF_TOKEN = COLUMNS.map((name) => `access_tokens.${name}`).join(", ");

/** Access tokens, by the hashes of their secrets. */
export class AccessTokenRepository {
  constructor(private readonly session: Session) {}

  /** @returns the token with this hash, the hash as it is stored, and how its owner, if any, stands */
  async findByHash(hash: string): Promise<{ token: AccessToken; hash: string; owner: Owner } | undefined> {
    const row = await this.session.first<TokenRow & OwnerRow>(
      `select ${OF_TOKEN}, accounts.active as account_active, accounts.is_provider_admin,
         memberships.active as membership_active, memberships.is_admin
       from access_tokens
       left join accounts on accounts.id = access_tokens.account_id
       left join memberships on memberships.account_id = access_tokens.account_id
         and memberships.organization_id = access_tokens.organization_id
       where access_tokens.token_hash = ?`,
      [hash],
    );
    return row && { token: toToken(row), hash: row.token_hash, owner: toOwner(row) };
  }

  /** All tokens, oldest first. */
  async list(): Promise<AccessToken[]> {
    const rows = await this.session.rows<TokenRow>(`select ${OF_TOKEN} from access_tokens order by id`);
    return rows.map(toToken);
  }

  /** @returns false when a token with this hash exists already */
  async insert(token: AccessToken, hash: string): Promise<boolean> {
    const { realm } = token;
    const inserted = await this.session.rows(
      `insert into access_tokens (${COLUMNS.join(", ")}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (token_hash) do nothing returning 1`,
      [
        token.id,
        token.name,
        realm.type === "organization" ? realm.organizationId : null,
        token.readOnly,
        token.accountId ?? null,
        hash,
        token.createdAt,
        token.expiresAt ?? null,
        token.revokedAt ?? null,
      ],
    );
    return inserted.length > 0;
  }

  /** @returns whether there is such a token */
  async revoke(id: string, at: string): Promise<boolean> {
    const revoked = await this.session.rows(
      "update access_tokens set revoked_at = coalesce(revoked_at, ?) where id = ? returning 1",
      [at, id],
    );
    return revoked.length > 0;
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
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
