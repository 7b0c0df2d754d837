import { createHmac, timingSafeEqual } from "node:crypto";
import type { Invitation } from "../domain/invitation.js";

/** What a link to an invitation says. */
export interface InvitationLink {
  readonly invitationId: string;
  readonly revision: number;
  /** The address that it was sent to, whose owner whoever has it is; undefined when it was sent to nobody. */
  readonly address: string | undefined;
}

/** Bytes of the signature: as hard to guess as the key that makes it. */
const SIGNATURE_LENGTH = 32;

/** A text that nothing else is signed with: the key is for several purposes. */
const PURPOSE = "invitation";

/**
 * Links that are signed, not stored: who has read the database's rows cannot tell them, and each can be made again
 * when mail goes out again.
 */
export class Links {
  /** @param key 32 bytes. @param publicUrl without a slash at the end */
  constructor(
    private readonly key: Uint8Array,
    private readonly publicUrl: string,
  ) {}

  /** @param address whose owner gets it; without it, whoever has the link proves an address first */
  toInvitation({ id, revision }: Pick<Invitation, "id" | "revision">, address?: string): string {
    const said = JSON.stringify([id, revision, ...(address === undefined ? [] : [address])]);
    const payload = Buffer.from(said).toString("base64url");
    return `${this.publicUrl}/invitations/${payload}.${this.#sign(payload).toString("base64url")}`;
  }

  /** @param token the last part of a link. @returns undefined unless it was signed here */
  readInvitation(token: string): InvitationLink | undefined {
    const [payload = "", signature = "", ...more] = token.split(".");
    const given = Buffer.from(signature, "base64url");
    if (more.length > 0 || given.length !== SIGNATURE_LENGTH) return undefined;
    if (!timingSafeEqual(given, this.#sign(payload))) return undefined;
    const [invitationId, revision, address] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [
      string,
      number,
      string?,
    ];
    return { invitationId, revision, address };
  }

  #sign(payload: string): Buffer {
    return createHmac("sha256", this.key).update(`${PURPOSE}\n${payload}`).digest();
  }
}
