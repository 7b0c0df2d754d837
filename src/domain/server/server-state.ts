/** A setting as the server runs with it, without secrets. */
export interface ServerSetting {
  readonly name: string;
  /** The subject that it belongs to, such as `mail`. */
  readonly subject: string;
  readonly description: string;
  readonly value: string | undefined;
  readonly default: string | undefined;
  readonly isDefault: boolean;
}

/** Whether a process can serve requests, as `/readyz` says: otherwise it is about to stop, or its database fails. */
export type Readiness = "ok" | "stopping" | "unavailable";

/** How what a process does regularly goes. */
export interface JobState {
  readonly name: string;
  readonly isFailing: boolean;
  /** When it last ended, ISO 8601 in UTC; undefined: not yet. */
  readonly lastRunAt: string | undefined;
  /** Since when it fails. */
  readonly failingSince: string | undefined;
}

/** How the mail of all processes stands. */
export interface MailState {
  /** How many mails are to be sent. */
  readonly waiting: number;
  /** Whether more may be waiting, since counting ended at a limit. */
  readonly isWaitingAtLeast: boolean;
  /** When the oldest of them was written. */
  readonly oldestAt: string | undefined;
  /** How many mails were given up lately. */
  readonly failed: number;
}

/** What a process knows of itself without asking anybody. */
export interface ServerFacts {
  readonly version: string;
  readonly nodeVersion: string;
  /** How many processes serve the same port. */
  readonly processes: number;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly engine: "sqlite" | "postgres";
  /** What carries mail away: a mail server, files, or the mailer of an app. */
  readonly mailTransport: string;
  readonly settings: readonly ServerSetting[];
  readonly jobs: readonly JobState[];
}

/** What the process that answers runs with, and its state. */
export interface ServerState extends ServerFacts {
  readonly readiness: Readiness;
  readonly engineVersion: string;
  readonly mail: MailState;
}
