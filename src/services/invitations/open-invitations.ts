import { ClosedError, UnknownLinkError } from "../../domain/errors.js";
import type { ClosedReason, LinkIssuer } from "../../domain/errors.js";
import { isSameMailbox } from "../../domain/values/email.js";
import { isAddressedTo } from "../../domain/invitations/invitation.js";
import type { Invitation, InvitationStatus } from "../../domain/invitations/invitation.js";
import { isTokenInviting } from "../../domain/access/policy.js";
import { linkAuthor, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author } from "../../domain/access/principal.js";
import type { Organization } from "../../domain/organizations/organization.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import type { InvitationLink, Links } from "./links.js";

/** What a person with a link to an invitation sees. */
export interface OpenInvitation {
  readonly invitation: Invitation;
  /** The invited person's address; undefined as long as the person has not proved one. */
  readonly address: string | undefined;
  /** The inviter's name, if the inviter is a person. */
  readonly inviterName: string | undefined;
  /**
   * What is still required to accept: to prove an address, or to enter a code that proves the one that the link was sent
   * to; then a new account, the password of the existing one, or nothing more than a click.
   */
  readonly takes: "address" | "code" | "account" | "password" | "nothing";
}

/** An open invitation to a person whose address is known. */
export type PersonalInvitation = OpenInvitation & { readonly address: string };

/** An open invitation, and the account of the invited person, if there is one. */
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

const closed = (reason: keyof typeof CLOSED) => new ClosedError(reason, CLOSED[reason]);

/** What is locked when an invitation is read, in this order. */
type Locked = "nothing" | "invitation" | "invitation and account";

/** Reads invitations by their links. */
export class OpenInvitations {
  constructor(
    private readonly deps: Dependencies,
    private readonly links: Links,
    private readonly guard: BruteForceGuard,
  ) {}

  /**
   * Reads the invitation of a link, as the person with the link may see it. Changes nothing.
   *
   * @param token the last part of the link
   * @throws UnknownLinkError for a link that Muster did not make, ClosedError for an invitation that the person cannot
   *   accept, TooManyRequestsError after too many unknown links
   */
  open(token: string, origin: Origin): Promise<FoundInvitation> {
    const read = () => this.read(this.deps.work.read(PROVIDER_REALM), token, "nothing");
    return this.guard.ofLinks("Invitation", origin, read);
  }

  /**
   * Like `open`, but in a transaction, and without counting unknown links.
   *
   * @param locked what to lock because it is going to change: the invitation, and the account of the invited person
   */
  async read(repositories: Repositories, token: string, locked: Locked): Promise<FoundInvitation> {
    const link = this.links.readInvitation(token);
    const now = this.deps.now();
    const invitation =
      link && (await repositories.invitations.find(link.invitationId, now, { lock: locked !== "nothing" }));
    if (!invitation) throw new UnknownLinkError();
    return withIssuer(repositories, invitation, () =>
      this.#offer(repositories, { invitation, link, locked, now }),
    );
  }

  /**
   * Locks an invitation and reads it. As everywhere, the organization is locked before what belongs to it.
   *
   * @throws what `read` throws
   */
  async lock(
    repositories: Repositories,
    token: string,
    { invitation }: OpenInvitation,
    locked: Exclude<Locked, "nothing">,
  ): Promise<{ organization: Organization; found: FoundInvitation }> {
    const organization = await repositories.organizations.find(invitation.organizationId, { lock: true });
    const found = await this.read(repositories, token, locked);
    if (!organization) throw closed("disabled");
    return { organization, found };
  }

  async #offer(
    repositories: Repositories,
    { invitation, link, locked, now }: Followed,
  ): Promise<FoundInvitation> {
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

/** A link that was followed to its invitation. */
interface Followed {
  readonly invitation: Invitation;
  readonly link: InvitationLink;
  readonly locked: Locked;
  readonly now: string;
}

/** Has what closes an invitation name the organization, and who can help. */
export async function withIssuer<T>(
  repositories: Repositories,
  invitation: Invitation,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error;
    throw new ClosedError(error.reason, error.message, await issuerOf(repositories, invitation));
  }
}

/** Whom people can ask about an invitation that they cannot accept. */
async function issuerOf({ power, records }: Repositories, invitation: Invitation): Promise<LinkIssuer> {
  const { organizationId, organizationName, inviter } = invitation;
  const { accountId } = inviter;
  const mayInvite = accountId !== undefined && (await power.isHeld(accountId, organizationId));
  return {
    organization: { id: organizationId, name: organizationName },
    inviterName: mayInvite ? await records.nameOf({ organizationId, accountId }) : undefined,
  };
}

/** A person with the link to an invitation, as an author. @param accountId undefined without an account or a proof of it */
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
 * Finds the inviter.
 *
 * @throws ClosedError when the inviter may no longer give what the invitation offers
 */
async function findInviter(
  repositories: Repositories,
  invitation: Invitation,
  now: string,
): Promise<{ name: string | undefined }> {
  const { accessTokens, power, records } = repositories;
  const { organizationId } = invitation;
  const { tokenId, accountId } = invitation.inviter;
  const withdrawn = () =>
    new ClosedError(
      "withdrawn",
      "The person who invited you is no longer allowed to; ask another administrator",
    );
  if (accountId === undefined) {
    const token = tokenId === undefined ? undefined : await accessTokens.find(tokenId);
    const givesRoles = invitation.roles.length > 0 || invitation.givesRolesByTeam;
    const isValid = token !== undefined && isTokenInviting(token, givesRoles, now);
    if (!isValid) throw withdrawn();
    return { name: undefined };
  }
  if (!(await power.isHeld(accountId, organizationId))) throw withdrawn();
  return { name: await records.nameOf({ organizationId, accountId }) };
}

/** @throws ClosedError for a member, and for a person whose account is not active */
async function findPerson(
  { accounts, memberships }: Repositories,
  invitation: Invitation,
  address: string,
  locked: Locked,
): Promise<Pick<FoundInvitation, "accountId" | "passwordHash">> {
  const accountId = await accounts.findIdByUserName(address);
  if (accountId === undefined) return { accountId };
  if (await memberships.isMember(invitation.organizationId, accountId)) throw alreadyMember(invitation);
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
  if (account?.active !== true) throw deactivated();
  return { accountId, passwordHash: await accounts.passwordHash(accountId) };
}

export const alreadyMember = ({ organizationName }: Invitation) =>
  new ClosedError("member", `You are already a member of ${organizationName}`);

export const deactivated = () =>
  new ClosedError("deactivated", "Your account has been deactivated; contact the person who invited you");
