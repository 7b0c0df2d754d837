import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing } from "../../domain/server/key-ring.js";

/** The content of a link to an invitation. */
export interface InvitationLink {
  readonly invitationId: string;
  readonly revision: number;
  /** The address that it was sent to; undefined for an open link. */
  readonly address?: string;
  /** Until when the link proves that its user owns the address, as ISO 8601 in UTC. */
  readonly provedUntil?: string;
}

/** The content of a link to a page where a person chooses a password. */
export interface SetupLink {
  readonly accountId: string;
  /** The organization whose administrator asked for it, or whose password is replaced; absent: the provider, the person. */
  readonly organizationId?: string;
  readonly revision: number;
}

/** The content of a link that proves an address of a person who is signed in. */
export interface AddressProofLink {
  readonly accountId: string;
  readonly revision: number;
}

/** Where links lead that prove an address, below the public address. */
const ADDRESS_PROOFS = "/console/session/addresses/proofs";

/** A signature for one purpose is not valid for another. */
type Purpose = "invitation" | "account-setup" | "password-reset" | "address-proof" | "code";

/** Bytes of the signature; as many as the key has, so neither is easier to guess. */
const SIGNATURE_LENGTH = 32;

const CODE_DIGITS = 6;

/**
 * Links and codes that are signed, not stored: they cannot be read from the tables of invitations and accounts, and can
 * be computed again when mail is sent again.
 */
export class Links {
  /** @param publicUrl without a slash at the end */
  constructor(
    private readonly keys: () => KeyRing,
    private readonly publicUrl: string,
  ) {}

  /** The link to an invitation. A person who follows a link without an address has to prove one first. */
  toInvitation(link: InvitationLink): string {
    return `${this.publicUrl}/invitations/${this.invitationToken(link)}`;
  }

  /** The last part of that link. */
  invitationToken({ invitationId, revision, address, provedUntil }: InvitationLink): string {
    return this.#token("invitation", [invitationId, revision, address, provedUntil]);
  }

  /** @param token the last part of a link. @returns undefined unless it was signed here */
  readInvitation(token: string): InvitationLink | undefined {
    const parts = this.#read("invitation", token) as
      [string, number, string | null, string | null] | undefined;
    if (!parts) return undefined;
    const [invitationId, revision, address, provedUntil] = parts;
    return {
      ...{ invitationId, revision },
      ...(address !== null && { address }),
      ...(provedUntil !== null && { provedUntil }),
    };
  }

  /** The link to the page where a person chooses a password. */
  toAccountSetup(link: SetupLink): string {
    return this.#toSetup("account-setup", link);
  }

  /** The link to the page where a person replaces a password that they forgot. */
  toPasswordReset(link: SetupLink): string {
    return this.#toSetup("password-reset", link);
  }

  /** @param purpose also the path */
  #toSetup(
    purpose: "account-setup" | "password-reset",
    { accountId, organizationId, revision }: SetupLink,
  ): string {
    return `${this.publicUrl}/${purpose}/${this.#token(purpose, [accountId, revision, organizationId])}`;
  }

  /** Like `readInvitation`. */
  readAccountSetup(token: string): SetupLink | undefined {
    return this.#readSetup("account-setup", token);
  }

  /** Like `readInvitation`. */
  readPasswordReset(token: string): SetupLink | undefined {
    return this.#readSetup("password-reset", token);
  }

  #readSetup(purpose: Purpose, token: string): SetupLink | undefined {
    const parts = this.#read(purpose, token) as [string, number, string | null] | undefined;
    if (!parts) return undefined;
    const [accountId, revision, organizationId] = parts;
    return { accountId, revision, ...(organizationId !== null && { organizationId }) };
  }

  /** The link by which a person who is signed in proves an address. */
  toAddressProof({ accountId, revision }: AddressProofLink): string {
    return `${this.publicUrl}${ADDRESS_PROOFS}/${this.#token("address-proof", [accountId, revision])}`;
  }

  /** Like `readInvitation`. */
  readAddressProof(token: string): AddressProofLink | undefined {
    const parts = this.#read("address-proof", token) as [string, number] | undefined;
    return parts && { accountId: parts[0], revision: parts[1] };
  }

  /** The code that proves an address. @param number changes with each code sent @returns six digits */
  code(invitationId: string, addressKey: string, number: number): string {
    return codeOf([invitationId, addressKey, number], this.keys().current);
  }

  /** Whether that code was sent. @param sent six digits */
  isCode(sent: string, invitationId: string, addressKey: string, number: number): boolean {
    const tried = Buffer.from(sent);
    return this.keys().known.some((key) => {
      const right = Buffer.from(codeOf([invitationId, addressKey, number], key));
      return tried.length === right.length && timingSafeEqual(tried, right);
    });
  }

  #token(purpose: Purpose, parts: readonly (string | number | undefined)[]): string {
    const payload = Buffer.from(JSON.stringify(parts)).toString("base64url");
    return `${payload}.${sign(purpose, payload, this.keys().current).toString("base64url")}`;
  }

  #read(purpose: Purpose, token: string): unknown {
    const [payload = "", signature = "", ...more] = token.split(".");
    const sent = Buffer.from(signature, "base64url");
    if (more.length > 0 || sent.length !== SIGNATURE_LENGTH) return undefined;
    const isSigned = this.keys().known.some((key) => timingSafeEqual(sent, sign(purpose, payload, key)));
    if (!isSigned) return undefined;
    return JSON.parse(Buffer.from(payload, "base64url").toString());
  }
}

const sign = (purpose: Purpose, text: string, key: Uint8Array): Buffer =>
  createHmac("sha256", key).update(`${purpose}\n${text}`).digest();

function codeOf(parts: readonly (string | number)[], key: Uint8Array): string {
  const signed = sign("code", JSON.stringify(parts), key);
  return String(signed.readUIntBE(0, 6) % 10 ** CODE_DIGITS).padStart(CODE_DIGITS, "0");
}
