import type { Session } from "../../db/session.js";

/** The current code that proves an address for an invitation. */
export interface InvitationCode {
  /** Counts up with each code sent; the code is computed from it. */
  readonly number: number;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Codes by which people prove their addresses: one at a time for each address of an invitation. */
export class InvitationCodeRepository {
  constructor(private readonly session: Session) {}

  /** @param addressKey the case-folded address */
  async find(invitationId: string, addressKey: string): Promise<InvitationCode | undefined> {
    const row = await this.session.first<{ number: number; expires_at: string }>(
      "select number, expires_at from muster_invitation_codes where invitation_id = ? and address_key = ?",
      [invitationId, addressKey],
    );
    return row && { number: row.number, expiresAt: row.expires_at };
  }

  /** Begins the next code; earlier ones become invalid. @returns its number */
  async next(invitationId: string, addressKey: string, expiresAt: string): Promise<number> {
    const row = await this.session.first<{ number: number }>(
      `insert into muster_invitation_codes as invitation_codes (invitation_id, address_key, number, expires_at)
       values (?, ?, 1, ?)
       on conflict (invitation_id, address_key) do update set
         number = invitation_codes.number + 1, expires_at = excluded.expires_at
       returning number`,
      [invitationId, addressKey, expiresAt],
    );
    return row?.number ?? 1;
  }

  /** Uses a code, which ends it. @returns false when it was used before or has expired */
  async use(invitationId: string, addressKey: string, number: number, now: string): Promise<boolean> {
    const row = await this.session.first(
      `update muster_invitation_codes set expires_at = ?
       where invitation_id = ? and address_key = ? and number = ? and expires_at > ? returning number`,
      [now, invitationId, addressKey, number, now],
    );
    return row !== undefined;
  }
}
