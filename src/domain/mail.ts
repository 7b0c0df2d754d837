/** Mail that is to be sent. Times are ISO 8601 in UTC. */
export interface Mail {
  readonly id: string;
  readonly kind: "invitation";
  /** Whom it goes to. */
  readonly address: string;
  /** What it is about, in the revision in which it was written. */
  readonly invitationId: string;
  readonly revision: number;
  readonly createdAt: string;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
}

/** What became of mail: it went out, there was no reason for it any more, or it could not be sent. */
export type MailResult = "sent" | "void" | "failed";

/** How often sending is tried, over about a day and a half. */
export const MAX_ATTEMPTS = 12;

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 6 * 60 * 60 * 1000;

/** How long to wait after an attempt that failed, in milliseconds: each time twice as long. */
export const pauseAfter = (attempts: number) =>
  Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
