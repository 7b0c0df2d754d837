import { InvalidValueError } from "../errors.js";
import { isDomainPattern, isEmailAddress, isSameMailbox, mailboxKey } from "../values/email.js";
import type { MailState } from "../mail/mail.js";
import { requireKeyLength } from "../limits/values.js";

/** What a person gets by accepting an invitation, and to whom it is addressed. Times are ISO 8601 in UTC. */
export interface InvitationInput {
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Addresses, or `*@domain`; none: an open link. */
  readonly emails: readonly string[];
  /** Of the one person that it is addressed to. */
  readonly givenName: string | undefined;
  readonly familyName: string | undefined;
  /** Roles in the organization. */
  readonly roles: readonly string[];
  readonly teamIds: readonly string[];
  /** Undefined: never. */
  readonly expiresAt: string | undefined;
  /** How many people can accept; undefined: any number. */
  readonly quota: number | undefined;
  readonly enabled: boolean;
}

/** An offer to join an organization. */
export interface Invitation extends InvitationInput {
  readonly id: string;
  readonly organizationId: string;
  /** What the organization is called. */
  readonly organizationName: string;
  readonly teams: readonly NamedId[];
  /** Whether one of the teams gives roles in the organization. */
  readonly givesRolesByTeam: boolean;
  readonly status: InvitationStatus;
  readonly acceptedCount: number;
  readonly acceptedBy: readonly NamedId[];
  /** Those of the addresses that have accepted. */
  readonly acceptedEmails: readonly string[];
  /** Addresses that have declined; they can only accept after the offer has changed. */
  readonly declinedEmails: readonly string[];
  /** What became of the last mail to each address that mail was sent to. */
  readonly mails: ReadonlyMap<string, MailState>;
  /** Links of another revision are void. */
  readonly revision: number;
  /** Who invites: an access token, and the person that it belongs to. */
  readonly inviter: {
    readonly tokenId: string | undefined;
    readonly accountId: string | undefined;
    /** The person who had made the token, if it is a machine's. */
    readonly makerId: string | undefined;
  };
  /** For administrators who may pass it on; undefined for others, and when nobody can accept. */
  readonly link?: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An invitation as the audit log names it: what happens to it happens in the organization. */
export const invitationTarget = ({
  id,
  name,
  organizationId,
}: Pick<Invitation, "id" | "name" | "organizationId">) => ({
  target: { type: "Invitation", id, display: name },
  organizationId,
});

export interface NamedId {
  readonly id: string;
  readonly display: string;
}

export const INVITATION_STATUSES = [
  "pending",
  "accepted",
  "declined",
  "expired",
  "disabled",
  "exhausted",
] as const;
export type InvitationStatus = (typeof INVITATION_STATUSES)[number];

/** What decides on an invitation's status, beside the time. */
export type InvitationFacts = Pick<
  Invitation,
  "emails" | "acceptedEmails" | "declinedEmails" | "acceptedCount" | "quota" | "enabled" | "expiresAt"
>;

/**
 * How an invitation stands: accepted when all the people have answered that it is addressed to, and declined when
 * none of them wants to; else as the first of what ends it.
 *
 * @param now ISO 8601 in UTC with milliseconds
 */
export function invitationStatus(facts: InvitationFacts, now: string): InvitationStatus {
  const { emails, acceptedEmails, declinedEmails, acceptedCount, quota, enabled, expiresAt } = facts;
  if (emails.length > 0 && acceptedEmails.length + declinedEmails.length === emails.length) {
    return acceptedEmails.length > 0 ? "accepted" : "declined";
  }
  if (!enabled) return "disabled";
  if (expiresAt !== undefined && expiresAt <= now) return "expired";
  if (quota !== undefined && acceptedCount >= quota) return "exhausted";
  return "pending";
}

/** Whether an invitation is for a person with that address. */
export function isAddressedTo({ emails }: Pick<Invitation, "emails">, address: string): boolean {
  const key = mailboxKey(address);
  return (
    emails.length === 0 ||
    emails.some((each) => {
      const pattern = mailboxKey(each);
      return pattern.startsWith("*@") ? key.endsWith(pattern.slice(1)) : pattern === key;
    })
  );
}

/** Those addresses of an invitation whose owners have not answered, and that mail can be sent to. */
export function waitingAddresses(
  invitation: Pick<Invitation, "emails" | "acceptedEmails" | "declinedEmails">,
): string[] {
  const answered = new Set([...invitation.acceptedEmails, ...invitation.declinedEmails]);
  return exactAddresses(invitation).filter((address) => !answered.has(address));
}

/** Those addresses of an invitation that mail can be sent to. */
export const exactAddresses = ({ emails }: Pick<Invitation, "emails">) => emails.filter(isEmailAddress);

/** How many addresses, roles and teams one invitation has at most. */
const MAX_VALUES = 100;
const MAX_QUOTA = 1_000_000;

/** The one of an invitation's addresses that matches a person's address. */
export const addressOf = (invitation: Pick<Invitation, "emails">, address: string) =>
  exactAddresses(invitation).find((each) => isSameMailbox(each, address));

/** How much can be written into the mail. */
const MAX_DESCRIPTION = 500;

/** @throws InvalidValueError for what an invitation cannot be */
export function requireInvitation(input: InvitationInput): void {
  const { name, description, givenName, familyName, emails, roles, teamIds, quota } = input;
  requireKeyLength({ name, givenName, familyName });
  if (description !== undefined && description.length > MAX_DESCRIPTION) {
    throw new InvalidValueError(
      `'description' has ${description.length} characters; at most ${MAX_DESCRIPTION} are allowed`,
    );
  }
  for (const role of roles) requireKeyLength({ roles: role });
  for (const [list, values] of Object.entries({ emails, roles, teams: teamIds })) {
    if (values.length > MAX_VALUES) {
      throw new InvalidValueError(
        `'${list}' can have at most ${MAX_VALUES} values; create several invitations with Bulk`,
      );
    }
  }
  for (const email of emails) {
    if (!isEmailAddress(email) && !isDomainPattern(email)) {
      throw new InvalidValueError(
        `'${email}' in 'emails' is neither an e-mail address nor '*@' and a domain`,
      );
    }
  }
  if (quota !== undefined && (quota < 1 || quota > MAX_QUOTA)) {
    throw new InvalidValueError(`'quota' must be a whole number from 1 to ${MAX_QUOTA}`);
  }
  const isForOne = emails.length === 1 && emails.every(isEmailAddress);
  if (!isForOne && (givenName !== undefined || familyName !== undefined)) {
    throw new InvalidValueError(
      "'givenName' and 'familyName' are only possible if the invitation has exactly one e-mail address",
    );
  }
}
