import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { AccessToken } from "../../domain/tokens/access-token.js";

type Flag = boolean | number;

export interface TokenRow {
  id: string;
  name: string;
  organization_id: string | null;
  read_only: Flag;
  checks_passwords: Flag;
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

export function toToken(row: TokenRow): AccessToken {
  return {
    id: row.id,
    name: row.name,
    realm:
      row.organization_id === null
        ? PROVIDER_REALM
        : { type: "organization", organizationId: row.organization_id },
    readOnly: Boolean(row.read_only),
    checksPasswords: Boolean(row.checks_passwords),
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
