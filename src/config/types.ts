import type { TemplateSettings } from "./templates.js";

/** All settings, from the environment. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** The address clients reach the server by, without the SCIM base path and without a slash at the end. */
  readonly publicUrl: string;
  /** Proxies whose X-Forwarded-For header is trusted: addresses, CIDR ranges and names of ranges. */
  readonly trustedProxies: readonly string[];
  /** Origins of pages whose scripts may use SCIM; `*`: of all pages. */
  readonly corsOrigins: readonly string[];
  readonly database: DatabaseSettings;
  /** How many seconds the database may take. */
  readonly databaseTimeouts: DatabaseTimeouts;
  /** Whether statements are prepared on PostgreSQL. */
  readonly preparedStatements: boolean;
  /** The first provider token, for automation; undefined: one is made and printed on the first start. */
  readonly bootstrapToken: string | undefined;
  /** An absolute path. */
  readonly dataDir: string;
  /** How many seconds a cursor for the next page stays valid. */
  readonly cursorTimeout: number;
  /** Whether the server's description of itself speaks of pagination. */
  readonly advertisePagination: boolean;
  /** How many bytes the attributes of one User can have, as JSON. */
  readonly profileMaxBytes: number;
  /** About how many bytes a page of a list has at most. */
  readonly pageMaxBytes: number;
  /** How many days the audit log goes back. */
  readonly removalsRetentionDays: number;
  readonly auditRetentionDays: number;
  /** How organizations can look for accounts that are not their members yet. */
  readonly candidates: { readonly search: (typeof CANDIDATE_SEARCHES)[number]; readonly perMinute: number };
  /** How long people stay signed in, in seconds: without a request, and in all. */
  readonly sessions: { readonly idle: number; readonly total: number };
  /** Whether administrators of the provider have to show a second factor. */
  readonly adminSecondFactor: boolean;
  /** How much goes into one Bulk request. */
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number };
  /** What connections may cost; times are in seconds. */
  readonly http: {
    readonly maxConnections: number;
    readonly requestTimeout: number;
    readonly responseTimeout: number;
  };
  /**
   * How the server stops: seconds during which it still serves although it is no longer ready, and seconds until it
   * then ends.
   */
  readonly stop: { readonly delay: number; readonly grace: number };
  /** Name of the product that people are invited to. */
  readonly productName: string;
  /** The address of an image; undefined: the name stands for it. */
  readonly productLogoUrl: string | undefined;
  /** As `#rrggbb`. */
  readonly productColor: string;
  /** Where people can ask for help: an e-mail or a web address. */
  readonly productContact: string | undefined;
  readonly productPrivacyUrl: string | undefined;
  /** Where the browser goes after a person accepts an invitation; undefined: a page confirms it. */
  readonly acceptedUrl: string | undefined;
  readonly mail: MailSettings;
  readonly templates: TemplateSettings;
  readonly logLevel: LogLevel;
}

export interface MailSettings {
  /** Undefined: mail is put into files. */
  readonly smtpUrl: string | undefined;
  /** As in a `From` header. */
  readonly from: string;
  /** As in a `Reply-To` header; undefined: answers go to the sender. */
  readonly replyTo: string | undefined;
  /** Mails per access token and day, per organization and day, and per address and hour. */
  readonly perToken: number;
  readonly perOrganization: number;
  readonly perAddress: number;
  /** Which changes of members people get mail about. */
  readonly notices: (typeof NOTICES)[number];
}

export type DatabaseSettings =
  | { readonly engine: "sqlite"; readonly filename: string }
  | { readonly engine: "postgres"; readonly connectionString: string };

/** How long the database may take, in seconds. */
export interface DatabaseTimeouts {
  /** For a statement that looks something up by a key, or writes. */
  readonly statement: number;
  /** For the statements of one list together. */
  readonly list: number;
  /** Until there is a connection, a place in a queue, or an end to a lock on the whole database. */
  readonly wait: number;
}

export const CANDIDATE_SEARCHES = ["search", "exact", "off"] as const;

export const NOTICES = ["off", "people", "all"] as const;

export const LOG_LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
