/** What mail is about. */
export type MailKind =
  | "invitation"
  /** A code that proves the address, for an invitation. */
  | "invitation-code"
  | "account-setup"
  /** A link to a new password, for a person who forgot theirs. */
  | "password-reset"
  /** A link that proves a new address of a person who is signed in. */
  | "address-proof"
  /** Tells people that an organization has added or removed them. */
  | "membership-added"
  | "membership-removed"
  /** Tells a person that a second factor guards their password from now on, or no longer. */
  | "second-factor-added"
  | "second-factor-removed"
  /**
   * Tells a person, at an address that they had before, that they have another one, or another user name, or that the address
   * was removed.
   */
  | "address-proved"
  | "address-removed"
  | "user-name-changed"
  /** Tells an administrator of access tokens whose maker has lost the power to make them. */
  | "tokens-orphaned";

/** The order of mail when much is waiting: a person waits for a code, but not for a notice. */
export const MAIL_PRIORITY: Readonly<Record<MailKind, number>> = {
  "invitation-code": 0,
  "password-reset": 0,
  "address-proof": 0,
  "account-setup": 1,
  invitation: 1,
  "tokens-orphaned": 1,
  "second-factor-added": 1,
  "second-factor-removed": 1,
  "address-proved": 1,
  "address-removed": 1,
  "user-name-changed": 1,
  "membership-added": 2,
  "membership-removed": 2,
};

/** Mail that is to be written. */
export interface NewMail {
  readonly kind: MailKind;
  /** The recipient; undefined: the address that the account has when the mail is sent. */
  readonly address?: string;
  readonly invitationId?: string;
  readonly accountId?: string;
  readonly organizationId?: string;
  /** What the organization was called, for mail that outlives it. */
  readonly organizationName?: string;
  /** Of what it is about: mail about another revision than there is by then is not sent. */
  readonly revision: number;
}

/** Mail that is to be sent. Times are ISO 8601 in UTC. */
export interface Mail extends NewMail {
  readonly id: string;
  readonly createdAt: string;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
}

/** The result of a mail: it was sent, there was no longer a reason to send it, or it could not be sent. */
export type MailResult = "sent" | "void" | "failed";

/** What became of the last mail to an address: its result, or that it still waits to be sent. */
export const MAIL_STATES = ["waiting", "sent", "void", "failed"] as const;
export interface MailState {
  readonly state: (typeof MAIL_STATES)[number];
  /** Since when; ISO 8601 in UTC. */
  readonly at: string;
}
