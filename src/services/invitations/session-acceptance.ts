import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author } from "../../domain/access/principal.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { Invitation } from "../../domain/invitations/invitation.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isSameMailbox } from "../../domain/values/email.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { Origin } from "../limits/brute-force-guard.js";
import { actorOfSession } from "../roles/current-principal.js";
import { joinByInvitation } from "./joining-by-invitation.js";
import type { Accepted } from "./joining-by-invitation.js";
import { alreadyMember, deactivated, withIssuer } from "./open-invitations.js";
import type { OpenInvitation, OpenInvitations, PersonalInvitation } from "./open-invitations.js";

/** A person who is signed in, and has the link to an invitation. */
export interface SignedInInvitee {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string | undefined;
  /** Why this session cannot accept it, if it cannot: it began with an organization's password, or the person is a member. */
  readonly hindrance: "organization" | "member" | undefined;
}

/**
 * People who accept an invitation with the account that they are signed in to. The link proves the address that it was sent
 * to, and the session the account, which can be another one than that of the address.
 */
export class SessionAcceptance {
  constructor(
    private readonly deps: Dependencies,
    private readonly openInvitations: OpenInvitations,
  ) {}

  /** How a session stands to an invitation. @returns undefined when its account was deleted in this moment */
  async invitee(
    session: PersonSession,
    { invitation: { organizationId } }: OpenInvitation,
  ): Promise<SignedInInvitee | undefined> {
    const { accounts, memberships } = this.deps.work.read(PROVIDER_REALM, session.id);
    const account = await accounts.find(session.accountId);
    if (!account) return undefined;
    const isMember = await memberships.isMember(organizationId, account.id);
    const { id: accountId, userName, displayName } = account;
    const ofOrganization = session.credentialOrganizationId === undefined ? undefined : "organization";
    return { accountId, userName, displayName, hindrance: isMember ? "member" : ofOrganization };
  }

  /**
   * Accepts an invitation: the account of the session becomes a member, with the roles and teams of the invitation.
   *
   * The address that the link was sent to is not proved for the account by this, unless it is the account's user name: people
   * can be talked into accepting what was sent to another person's address; that person could then ask for a new password.
   *
   * @throws what `OpenInvitations.open` throws, also for an account that is a member or inactive; ForbiddenError for an address
   *   that is not proved, and in a session that began with an organization's password or has ended
   */
  async accept(token: string, session: PersonSession, origin: Origin): Promise<Accepted> {
    const { offer } = await this.openInvitations.open(token, origin);
    requireAddress(offer);
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      // The account of the address does not change, so it is not locked.
      const locked = await this.openInvitations.lock(repositories, token, offer, "invitation");
      const { organization, found } = locked;
      requireAddress(found.offer);
      const { invitation, address } = found.offer;
      const account = await lockAccount(repositories, invitation, session);
      if (isSameMailbox(account.userName, address)) {
        await repositories.ownAddresses.prove(account.id, address, this.deps.now());
      }
      const author = authorOf(invitation, session, origin);
      return joinByInvitation(
        this.deps,
        repositories,
        { organization, invitation, address, account },
        author,
      );
    });
  }
}

/** A link in a mail is enough: the account is shown by the session. @throws ForbiddenError */
function requireAddress(offer: OpenInvitation): asserts offer is PersonalInvitation {
  if (offer.address !== undefined) return;
  throw new ForbiddenError("Prove your address first: request a code and enter it");
}

/** The account of a session that may accept an invitation. @throws what `accept` throws */
async function lockAccount(
  repositories: Repositories,
  invitation: Invitation,
  { id, accountId }: PersonSession,
): Promise<AccountWithOrganizations> {
  const { accounts, memberships, sessions } = repositories;
  const account = await accounts.find(accountId, "forUpdate");
  const current = await sessions.findById(id);
  if (!account || !current) throw new ForbiddenError("Your session has just ended; sign in again");
  return withIssuer(repositories, invitation, async () => {
    if (account.active !== true) throw deactivated();
    if (await memberships.isMember(invitation.organizationId, accountId)) throw alreadyMember(invitation);
    if (current.session.credentialOrganizationId === undefined) return account;
    throw new ForbiddenError(
      "You are signed in with a password that opens one organization alone, so you cannot accept invitations of others; " +
        "sign in with a password of your own",
    );
  });
}

/** The person, in the organization that they join. */
const authorOf = ({ organizationId }: Invitation, session: PersonSession, origin: Origin): Author => ({
  actor: actorOfSession(session),
  realm: { type: "organization", organizationId },
  ...(origin && { origin }),
});
