import type { Binding } from "../../db/session.js";
import type { Invitation, InvitationInput, NamedId } from "../../domain/invitations/invitation.js";
import { foldCase } from "../../domain/values/text.js";

export interface InvitationRow {
  id: string;
  organization_id: string;
  organization_name: string;
  name: string | null;
  description: string | null;
  given_name: string | null;
  family_name: string | null;
  expires_at: string | null;
  quota: number | null;
  enabled: boolean | number;
  accepted_count: number;
  revision: number;
  inviter_token_id: string | null;
  inviter_account_id: string | null;
  inviter_maker_id: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

/** The columns of a row, except the long ones. */
export const COLUMNS = [
  "id",
  "organization_id",
  "organization_name",
  "name",
  "given_name",
  "family_name",
  "expires_at",
  "quota",
  "enabled",
  "accepted_count",
  "revision",
  "inviter_token_id",
  "inviter_account_id",
  "inviter_maker_id",
  "version",
  "created_at",
  "updated_at",
];

/** An invitation to be written. */
export interface InvitationWrite extends InvitationInput {
  readonly id: string;
  readonly revision: number;
  readonly version: number;
  readonly updatedAt: string;
}

export const toNamedId = ({ id, display }: NamedId): NamedId => ({ id, display });

export function bindingsOf(invitation: InvitationWrite) {
  const { name, description, givenName, familyName, expiresAt, quota, enabled } = invitation;
  const folded = [name, description, givenName, familyName].flatMap((text) =>
    text === undefined ? [null, null] : [text, foldCase(text)],
  );
  const { revision, version, updatedAt } = invitation;
  return [...folded, expiresAt ?? null, quota ?? null, enabled, revision, version, updatedAt];
}

export const toAttributes = (row: InvitationRow) => ({
  id: row.id,
  organizationId: row.organization_id,
  organizationName: row.organization_name,
  name: row.name ?? undefined,
  description: row.description ?? undefined,
  givenName: row.given_name ?? undefined,
  familyName: row.family_name ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  quota: row.quota ?? undefined,
  enabled: Boolean(row.enabled),
  acceptedCount: row.accepted_count,
  revision: row.revision,
  inviter: {
    tokenId: row.inviter_token_id ?? undefined,
    accountId: row.inviter_account_id ?? undefined,
    makerId: row.inviter_maker_id ?? undefined,
  },
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export function inviterBindings({ tokenId, accountId, makerId }: Invitation["inviter"]): Binding[] {
  return [tokenId ?? null, accountId ?? null, makerId ?? null];
}
