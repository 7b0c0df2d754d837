import { ClosedError, UnknownLinkError } from "../../domain/errors.js";
import type { ClosedReason } from "../../domain/errors.js";
import { isSameMailbox } from "../../domain/values/email.js";
import { isAddressedTo } from "../../domain/invitations/invitation.js";
import type { Invitation, InvitationStatus } from "../../domain/invitations/invitation.js";
import { isTokenInviting } from "../../domain/access/policy.js";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author } from "../../domain/access/principal.js";
import { hasRole, PROVIDER_ADMIN } from "../../domain/access/roles.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import type { InvitationLink, Links } from "./links.js";

/** What somebody sees who has a link to an invitation. */
export interface OpenInvitation {
  readonly invitation: Invitation;
  /** Whose it is; undefined as long as the person has not proved an address. */
  readonly address: string | undefined;
  /** Who invites, if it is a person. */
  readonly inviterName: string | undefined;
  /**
   * What it takes to accept: an address to prove, or a code that proves the one that the link was sent to; then a new
   * account, the password of the one there is, or no more than a click.
   */
  readonly takes: "address" | "code" | "account" | "password" | "nothing";
}

/** An offer, and the account of the person it is for, if there is one. */
export interface FoundInvitation {
  readonly offer: OpenInvitation;
  readonly accountId: string | undefined;
  readonly passwordHash?: string | undefined;
}

const CLOSED: Readonly<Record<Exclude<InvitationStatus, "pending"> & ClosedReason, string>> = {
  accepted: "This invitation has already been accepted",
  declined: "This invitation has been declined",
  expired: "This invitation has expired; ask the person who invited you for a new one",
  disabled: "This invitation has been withdrawn",
  exhausted: "This invitation is full: the maximum number of people have accepted it",
};

export const closed = (reason: keyof typeof CLOSED) => new ClosedError(reason, CLOSED[reason]);

/** What is locked when an invitation is read, in this order. */
type Locked = "nothing" | "invitation" | "invitation and account";

/** Reads what links to invitations lead to. */
export class OpenInvitations {
  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly guard: BruteForceGuard,
  ) {}

  /**
   * What a link leads to, as the person with the link may see it. Looking changes nothing.
   *
   * @param token the last part of the link
   * @throws UnknownLinkError for a link that is none, ClosedError for an offer that the person cannot take,
   *   TooManyRequestsError for who tries many links
   */
  open(token: string, origin: Origin): Promise<FoundInvitation> {
    const read = () => this.read(this.deps.work.read(PROVIDER_REALM), token, "nothing");
    return this.guard.ofLinks("Invitation", origin, read);
  }

  /**
   * As `open`, in a transaction, and without counting links that are none.
   *
   * @param locked what is about to be changed: the invitation, and the account of the person it is for
   */
  async read(repositories: Repositories, token: string, locked: Locked): Promise<FoundInvitation> {
    const link = this.links.readInvitation(token);
    const now = this.deps.now();
    const invitation =
      link && (await repositories.invitations.find(link.invitationId, now, { lock: locked !== "nothing" }));
    if (!invitation) throw new UnknownLinkError();
    requireOpen(invitation, link);
    const inviter = await findInviter(repositories, invitation, now);
    const isProved = link.provedUntil !== undefined && link.provedUntil > now;
    const address = isProved || link.provedUntil === undefined ? link.address : undefined;
    const shared = { invitation, inviterName: inviter.name };
    if (address === undefined) {
      return { offer: { ...shared, address, takes: "address" }, accountId: undefined };
    }
    if (!isAddressedTo(invitation, address)) throw closed("disabled");
    const { accountId, passwordHash } = await findPerson(repositories, invitation, address, locked);
    if (accountId === undefined) return { offer: { ...shared, address, takes: "account" }, accountId };
    const takes = passwordHash !== undefined ? "password" : isProved ? "nothing" : "code";
    return { offer: { ...shared, address, takes }, accountId, passwordHash };
  }
}

/** A person who has the link to an invitation. @param accountId undefined as long as the person has none, or proved none */
export const invitedAuthor = (
  { id, organizationId }: Invitation,
  accountId: string | undefined,
  origin: Origin,
): Author => linkAuthor({ type: "organization", organizationId }, id, accountId, origin);

/** @throws ClosedError */
function requireOpen(invitation: Invitation, { address, revision }: InvitationLink): void {
  const isAmong = (addresses: readonly string[]) =>
    address !== undefined && addresses.some((each) => isSameMailbox(each, address));
  if (isAmong(invitation.acceptedEmails)) throw closed("accepted");
  if (revision === invitation.revision && isAmong(invitation.declinedEmails)) throw closed("declined");
  if (invitation.status !== "pending") throw closed(invitation.status);
  if (revision === invitation.revision) return;
  throw new ClosedError(
    "changed",
    "This invitation has changed, so the link is no longer valid; use the link in the latest e-mail",
  );
}

/**
 * Whoever invites, as long as they may: nobody gives what the inviter may not give any more.
 *
 * @throws ClosedError
 */
async function findInviter(
  repositories: Repositories,
  invitation: Invitation,
  now: string,
): Promise<{ name: string | undefined }> {
  const { accounts, accessTokens, memberships } = repositories;
  const { tokenId, accountId } = invitation.inviter;
  const withdrawn = () =>
    new ClosedError(
      "withdrawn",
      "The person who invited you is no longer allowed to; ask another administrator",
    );
  if (accountId === undefined) {
    const token = tokenId === undefined ? undefined : await accessTokens.find(tokenId);
    const isValid = token !== undefined && isTokenInviting(token, invitation.roles.length > 0, now);
    if (!isValid) throw withdrawn();
    return { name: undefined };
  }
  const account = await accounts.find(accountId);
  const mayInvite =
    (await memberships.isAdministrator(invitation.organizationId, accountId)) ||
    (account?.active === true && hasRole(account.roles, PROVIDER_ADMIN));
  if (!mayInvite) throw withdrawn();
  return { name: account?.displayName ?? account?.userName };
}

/** @throws ClosedError for a member, and for somebody whose account is not active */
async function findPerson(
  { accounts, memberships }: Repositories,
  { organizationId, organizationName }: Invitation,
  address: string,
  locked: Locked,
): Promise<Pick<FoundInvitation, "accountId" | "passwordHash">> {
  const accountId = await accounts.findIdByUserName(address);
  if (accountId === undefined) return { accountId };
  if (await memberships.isMember(organizationId, accountId)) {
    throw new ClosedError("member", `You are already a member of ${organizationName}`);
  }
  const account = await accounts.find(
    accountId,
    locked === "invitation and account" ? "forUpdate" : undefined,
  );
  if (account && !isSameMailbox(account.userName, address)) {
    throw new ClosedError(
      "taken",
      "Another account has a user name that is too similar to your address; contact the person who invited you",
    );
  }
  if (account?.active !== true) {
    throw new ClosedError(
      "deactivated",
      "Your account has been deactivated; contact the person who invited you",
    );
  }
  return { accountId, passwordHash: await accounts.passwordHash(accountId) };
}
