import type { Invitation } from "../domain/invitation.js";
import type { Mail } from "../domain/mail.js";
import { PROVIDER_REALM } from "../domain/principal.js";
import { foldCase } from "../domain/text.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import type { Rendered, Templates } from "./templates.js";

/** Mail that is ready to go, and the link in it. */
export interface Composed {
  readonly letter: Rendered;
  readonly link: string;
}

export type Compose = (mail: Mail) => Promise<Composed | undefined>;

export interface LetterParts {
  readonly work: UnitOfWork;
  readonly now: () => string;
  readonly templates: Templates;
  readonly productName: string;
  /** The link of an invitation for somebody at an address. */
  readonly linkTo: (invitation: Invitation, address: string) => string;
}

/** Says what mail says, from how things are when it is sent: what was taken back meanwhile is not sent. */
export function letters({ work, now, templates, productName, linkTo }: LetterParts): Compose {
  return async ({ invitationId, revision, address }) => {
    const { invitations, accounts } = work.read(PROVIDER_REALM);
    const invitation = await invitations.find(invitationId, now(), { lock: false });
    if (invitation?.status !== "pending" || invitation.revision !== revision) return undefined;
    const key = foldCase(address);
    if (!invitation.emails.some((each) => foldCase(each) === key)) return undefined;
    if (invitation.acceptedEmails.some((each) => foldCase(each) === key)) return undefined;
    const { accountId } = invitation.inviter;
    const inviter = accountId === undefined ? undefined : await accounts.find(accountId);
    const link = linkTo(invitation, address);
    const { organizationName, givenName, roles, teams, expiresAt, description } = invitation;
    const letter = await templates.render("invitation", {
      productName,
      organizationName,
      inviterName: inviter?.displayName ?? inviter?.userName,
      givenName,
      roles,
      teams: teams.map(({ display }) => display),
      expiresAt,
      description,
      link,
    });
    return { letter, link };
  };
}
