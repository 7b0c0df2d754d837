import { isEmailAddress, mailboxKey } from "../../domain/values/email.js";
import { ForbiddenError, InvalidValueError } from "../../domain/errors.js";
import { addressOf, isAddressedTo } from "../../domain/invitations/invitation.js";
import type { Invitation } from "../../domain/invitations/invitation.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { InvitationCode } from "../../repositories/invitations/invitation-codes.js";
import type { Dependencies } from "../dependencies.js";
import { wrongCode } from "../limits/brute-force-guard.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import type { Links } from "./links.js";
import { invitedAuthor } from "./open-invitations.js";
import type { OpenInvitation, OpenInvitations } from "./open-invitations.js";
import type { OutgoingMail } from "../mail/outgoing-mail.js";
import { countWithin, HOUR, later } from "../limits/rate-limits.js";

/** How long a code is valid, and how long the proof of an address that it gives, in seconds. */
const CODE_SECONDS = 15 * 60;
const PROOF_SECONDS = 60 * 60;

/** These limits keep a mailbox from being flooded, and an open link from being used to send mail to arbitrary addresses. */
const CODES_TO_ADDRESS = { points: 5, seconds: HOUR };
const CODES_FOR_INVITATION = { points: 500, seconds: HOUR };

/** A code that has been sent. */
export interface SentCode {
  readonly address: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Lets people prove their addresses by codes that are sent to them. */
export class AddressProofs {
  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly openInvitations: OpenInvitations,
    private readonly guard: BruteForceGuard,
    private readonly mail: OutgoingMail,
  ) {}

  /**
   * Sends a code to an address; earlier codes become invalid.
   *
   * @param entered the address that the person entered; ignored when the link was sent to an address
   * @throws what `OpenInvitations.open` throws, InvalidValueError for a malformed address, or when no code is needed,
   *   ForbiddenError for an address that the invitation is not for, TooManyRequestsError
   */
  async send(token: string, entered: string | undefined, origin: Origin): Promise<SentCode> {
    const { invitation, address } = requireAddress(
      (await this.openInvitations.open(token, origin)).offer,
      entered,
    );
    const expiresAt = later(this.deps.now(), CODE_SECONDS);
    const key = mailboxKey(address);
    await this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const { id, organizationId } = invitation;
      // Checked again under the lock, since the invitation may have been withdrawn in the meantime.
      requireAddress((await this.openInvitations.read(repositories, token, "invitation")).offer, entered);
      await countWithin(this.deps, repositories, `codes for ${id}`, CODES_FOR_INVITATION);
      await countWithin(this.deps, repositories, `codes to ${key}`, CODES_TO_ADDRESS);
      const revision = await repositories.invitationCodes.next(id, key, expiresAt);
      const mail = { kind: "invitation-code", address, invitationId: id, revision } as const;
      const { actor } = invitedAuthor(invitation, undefined, origin);
      await this.mail.write(repositories, { actor, organizationId }, [mail]);
    });
    return { address, expiresAt };
  }

  /**
   * Checks a code that proves that the address is the person's.
   *
   * @returns a link to the invitation for the owner of the address, and its last part
   * @throws what `send` throws, ForbiddenError for a wrong code, TooManyRequestsError after too many attempts
   */
  async prove(
    token: string,
    entered: string | undefined,
    code: string,
    origin: Origin,
  ): Promise<{ token: string; link: string }> {
    const { invitation, address } = requireAddress(
      (await this.openInvitations.open(token, origin)).offer,
      entered,
    );
    const { id, name, revision } = invitation;
    const key = mailboxKey(address);
    // Without a code there is nothing to guess, so the attempt is not counted.
    if (!(await this.#current(id, key))) throw wrongCode();
    const attempt = {
      kind: "code",
      owner: `${key} for ${id}`,
      author: invitedAuthor(invitation, undefined, origin),
      target: { type: "Invitation", id, display: name },
    } as const;
    await this.guard.check(attempt, () => this.#use(id, key, code));
    const provedUntil = later(this.deps.now(), PROOF_SECONDS);
    const proved = { invitationId: id, revision, address, provedUntil };
    return { token: this.links.invitationToken(proved), link: this.links.toInvitation(proved) };
  }

  /** The code that is valid now. */
  async #current(invitationId: string, key: string): Promise<InvitationCode | undefined> {
    const code = await this.deps.work.read(PROVIDER_REALM).invitationCodes.find(invitationId, key);
    return code && code.expiresAt > this.deps.now() ? code : undefined;
  }

  async #use(invitationId: string, key: string, sent: string): Promise<boolean> {
    const now = this.deps.now();
    const code = await this.#current(invitationId, key);
    if (!code) return false;
    if (!this.links.isCode(sent.replaceAll(/\s/g, ""), invitationId, key, code.number)) return false;
    return this.deps.work.write(PROVIDER_REALM, ({ invitationCodes }) =>
      invitationCodes.use(invitationId, key, code.number, now),
    );
  }
}

/**
 * The address to prove: the one that the link was sent to, or the one that the person entered.
 *
 * @throws InvalidValueError, ForbiddenError
 */
function requireAddress(
  { invitation, takes, address }: OpenInvitation,
  entered: string | undefined,
): { invitation: Invitation; address: string } {
  if (takes === "code" && address !== undefined) return { invitation, address };
  if (takes !== "address")
    throw new InvalidValueError("This link needs no code; accept the invitation directly");
  const sent = entered?.trim() ?? "";
  if (!isEmailAddress(sent)) throw new InvalidValueError("Enter an e-mail address", "email");
  if (!isAddressedTo(invitation, sent)) {
    throw new ForbiddenError(
      "This invitation is not for that address; try another of your addresses",
      "email",
    );
  }
  // The code goes to the address as the inviter wrote it, if the invitation names it.
  return { invitation, address: addressOf(invitation, sent) ?? sent };
}
