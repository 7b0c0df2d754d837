import type { Session } from "../db/session.js";
import type { AccessToken } from "../domain/access-token.js";

interface TokenRow {
  id: string;
  name: string;
  account_id: string | null;
  token_hash: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

const COLUMNS = "id, name, account_id, token_hash, created_at, expires_at, revoked_at";

/** Access tokens, by the hashes of their secrets. */
export class AccessTokenRepository {
  constructor(private readonly session: Session) {}

  /** @returns the token with this hash, the hash as it is stored, and whether its owner, if any, is active */
  async findByHash(
    hash: string,
  ): Promise<{ token: AccessToken; hash: string; ownerIsActive: boolean } | undefined> {
    const row = await this.session.first<TokenRow & { owner_is_active: boolean | number | null }>(
      `select ${COLUMNS},
         (select active from accounts where accounts.id = access_tokens.account_id) as owner_is_active
       from access_tokens where token_hash = ?`,
      [hash],
    );
    return row && { token: toToken(row), hash: row.token_hash, ownerIsActive: Boolean(row.owner_is_active) };
  }

  /** All tokens, oldest first. */
  async list(): Promise<AccessToken[]> {
    return (await this.session.rows<TokenRow>(`select ${COLUMNS} from access_tokens order by id`)).map(
      toToken,
    );
  }

  /** @returns false when a token with this hash exists already */
  async insert(token: AccessToken, hash: string): Promise<boolean> {
    const inserted = await this.session.rows(
      `insert into access_tokens (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?) on conflict (token_hash) do nothing returning 1`,
      [
        token.id,
        token.name,
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

function toToken(row: TokenRow): AccessToken {
  return {
    id: row.id,
    name: row.name,
    accountId: row.account_id ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
