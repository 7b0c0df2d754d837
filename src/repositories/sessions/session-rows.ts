import type { Realm } from "../../domain/access/principal.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { PersonSession } from "../../domain/sessions/session.js";

/** The stored columns that a session is made of. */
export const STORED = [
  "id",
  "account_id",
  "credential_organization_id",
  "realm",
  "created_at",
  "last_used_at",
  "expires_at",
  "address",
  "client",
  "factor_id",
  "factor_at",
];

export interface SessionRow {
  id: string;
  account_id: string;
  credential_organization_id: string | null;
  realm: string | null;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  address: string | null;
  client: string | null;
  factor_id: string | null;
  factor_at: string | null;
  organization_name?: string | null;
  account_name?: string | null;
}

export const toSession = (row: SessionRow): PersonSession => ({
  id: row.id,
  accountId: row.account_id,
  credentialOrganizationId: row.credential_organization_id ?? undefined,
  realm: toRealm(row.realm),
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
  address: row.address ?? undefined,
  client: row.client ?? undefined,
  factor: row.factor_id === null ? undefined : { id: row.factor_id, at: row.factor_at ?? row.created_at },
  organizationName: row.organization_name ?? undefined,
  accountName: row.account_name ?? undefined,
});

function toRealm(realm: string | null): Realm | undefined {
  if (realm === null) return undefined;
  return realm === PROVIDER_REALM.type ? PROVIDER_REALM : { type: "organization", organizationId: realm };
}
