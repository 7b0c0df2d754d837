import { bool, cleanEnv, EnvMissingError, makeValidator, port, str } from "envalid";
import { existsSync } from "node:fs";
import { isIP } from "node:net";
import type { TemplateSettings } from "./templates.js";
import { isAbsolute, join, resolve } from "node:path";

/** Everything that can be set, from the environment. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** The address clients reach the server by, without the SCIM base path and without a slash at the end. */
  readonly publicUrl: string;
  /** Proxies whose X-Forwarded-For is believed: addresses, CIDR ranges and names of ranges. */
  readonly trustedProxies: readonly string[];
  readonly database: DatabaseSettings;
  readonly databaseLimits: DatabaseLimits;
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
  readonly auditRetentionDays: number;
  /** How organizations can look for accounts that are not their members yet. */
  readonly candidates: { readonly search: (typeof CANDIDATE_SEARCHES)[number]; readonly perMinute: number };
  /** How much goes into one Bulk request. */
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number };
  /** What connections may cost; times are in seconds. */
  readonly http: {
    readonly maxConnections: number;
    readonly requestTimeout: number;
    readonly responseTimeout: number;
  };
  /** How the server stops: seconds in which it serves while it is not ready any more, and then has to be gone. */
  readonly stop: { readonly delay: number; readonly grace: number };
  /** How the product is called that people are invited to. */
  readonly productName: string;
  /** The address of an image; undefined: the name stands for it. */
  readonly productLogoUrl: string | undefined;
  /** Where the browser goes when somebody has accepted an invitation; undefined: a page says so. */
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
  /** How many mails a day one access token brings about and are about one organization, and an hour go to one address. */
  readonly perToken: number;
  readonly perOrganization: number;
  readonly perAddress: number;
  /** Of whose changes of members people are told by mail. */
  readonly notices: (typeof NOTICES)[number];
}

export type DatabaseSettings =
  | { readonly engine: "sqlite"; readonly filename: string }
  | { readonly engine: "postgres"; readonly connectionString: string };

/** How long the database may take, in milliseconds. */
export interface DatabaseLimits {
  /** For a statement that looks something up by a key, or writes. */
  readonly statement: number;
  /** For the statements of one list together. */
  readonly list: number;
  /** Until there is a connection, a place in a queue, or an end to a lock on the whole database. */
  readonly wait: number;
}

export const DEFAULT_LIMITS: DatabaseLimits = { statement: 5000, list: 8000, wait: 5000 };

const CANDIDATE_SEARCHES = ["search", "exact", "off"] as const;

const NOTICES = ["off", "people", "all"] as const;

const LOG_LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A wrong or missing setting; the message has one line for each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

const publicUrl = makeValidator((input: string) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Error("must be an http or https address such as https://scim.example.com");
  }
  if (url.search || url.hash) throw new Error("must not have a query or a fragment");
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
});

const databaseUrl = makeValidator((input: string): DatabaseSettings => {
  if (/^postgres(ql)?:\/\//.test(input)) return { engine: "postgres", connectionString: input };
  const filename = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(input)?.[1];
  if (!filename) throw new Error("must be sqlite:<path> or postgres://user:password@host:port/database");
  return { engine: "sqlite", filename: resolve(filename) };
});

const webAddress = makeValidator((input: string) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new Error("must be an http or https address");
  return url.href;
});

const smtpUrl = makeValidator((input: string) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url?.hostname || !["smtp:", "smtps:"].includes(url.protocol)) {
    throw new Error("must be smtp://user:password@host:port, or smtps:// for TLS from the start");
  }
  return input;
});

const mailFrom = makeValidator((input: string) => {
  if (!/^([^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(input)) {
    throw new Error("must be an address, such as Acme <no-reply@example.com>");
  }
  return input;
});

const locale = makeValidator((input: string) => {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(input)) throw new Error("must be a language such as en");
  return input;
});

const token = makeValidator((input: string) => {
  if (!/^[A-Za-z0-9\-._~+/]{20,}=*$/.test(input)) {
    throw new Error("must be at least 20 characters out of letters, digits and - . _ ~ + / (RFC 6750)");
  }
  return input;
});

/** The names that Express has for ranges of addresses. */
const NAMED_RANGES = ["loopback", "linklocal", "uniquelocal"];

const proxies = makeValidator((input: string): readonly string[] => {
  const given = input
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const wrong = given.find((each) => !NAMED_RANGES.includes(each) && !isAddressOrRange(each));
  if (wrong !== undefined) {
    throw new Error(
      `'${wrong}' must be an address such as 10.0.0.7, a range such as 10.0.0.0/8, or ${NAMED_RANGES.join(", ")}`,
    );
  }
  return given;
});

/** Not a range of all addresses: then every client could say where it comes from. */
function isAddressOrRange(text: string): boolean {
  const [, address = "", bits] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || bits === undefined) return version !== 0;
  return Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}

const wholeNumberFrom = (least: number) =>
  makeValidator((input: string) => {
    const number = Number(input);
    if (!Number.isSafeInteger(number) || number < least) {
      throw new Error(`must be a whole number from ${least} on`);
    }
    return number;
  });

const wholeNumber = wholeNumberFrom(1);

/** Every setting, once: its parser, its default and what it is for. `--help` prints the latter. */
const specification = {
  PORT: port({ default: 3000, desc: "Port to listen on" }),
  HOST: str({ default: "127.0.0.1", desc: "Address to listen on; 0.0.0.0 for every interface" }),
  PUBLIC_URL: publicUrl({
    default: undefined,
    desc: "Address that clients reach the server by, without /scim/v2 (default: http://HOST:PORT)",
    example: "https://scim.example.com",
  }),
  TRUSTED_PROXIES: proxies({
    default: [],
    desc: "Proxies whose X-Forwarded-For is believed: addresses, ranges, loopback, ... (default: none)",
    example: "10.0.0.0/8,loopback",
  }),
  DATABASE_URL: databaseUrl({
    default: undefined,
    desc: "sqlite:<path> or postgres://... (default: sqlite:<MUSTER_DATA_DIR>/muster.sqlite)",
    example: "postgres://muster:secret@localhost:5432/muster",
  }),
  STATEMENT_TIMEOUT: wholeNumber({
    default: DEFAULT_LIMITS.statement / 1000,
    desc: "Seconds that the database may take for a statement that looks up by a key, or writes",
  }),
  LIST_TIMEOUT: wholeNumber({
    default: DEFAULT_LIMITS.list / 1000,
    desc: "Seconds that the database may take for a list; one that takes longer is refused",
  }),
  DATABASE_WAIT: wholeNumber({
    default: DEFAULT_LIMITS.wait / 1000,
    desc: "Seconds that a request waits for a connection to the database, or to write",
  }),
  MUSTER_BOOTSTRAP_TOKEN: token({
    default: undefined,
    desc: "The first provider token, for automation; without it the first start makes one and prints it. Each value is taken once: one that was rotated or revoked stays so, and another value makes another token",
  }),
  MUSTER_DATA_DIR: str({
    default: "./data",
    desc: "Folder for the embedded database",
  }),
  CURSOR_TIMEOUT: wholeNumber({
    default: 3600,
    desc: "Seconds that a cursor for the next page of a list stays valid",
  }),
  ADVERTISE_PAGINATION: bool({
    default: true,
    desc: "Whether /ServiceProviderConfig has the 'pagination' of RFC 9865, which some strict clients refuse",
  }),
  PROFILE_MAX_BYTES: wholeNumber({
    default: 64 * 2 ** 10,
    desc: "Bytes that the attributes of one User can have, as JSON",
  }),
  PAGE_MAX_BYTES: wholeNumber({
    default: 4 * 2 ** 20,
    desc: "Bytes after which a page of a list ends, even if fewer resources than 'count' are on it",
  }),
  AUDIT_RETENTION_DAYS: wholeNumber({
    default: 365,
    desc: "Days that the audit log goes back; older events are forgotten",
  }),
  CANDIDATES: str({
    choices: CANDIDATE_SEARCHES,
    default: "search",
    desc: "How organizations find existing accounts to add: search, exact (whole names alone) or off",
  }),
  CANDIDATES_PER_MINUTE: wholeNumber({
    default: 30,
    desc: "How often an organization can look for candidates in a minute, with all its access tokens together",
  }),
  BULK_MAX_OPERATIONS: wholeNumber({
    default: 10_000,
    desc: "Operations that one Bulk request can have",
  }),
  BULK_MAX_PAYLOAD_SIZE: wholeNumber({
    default: 16 * 2 ** 20,
    desc: "Bytes that the body of one Bulk request can have",
  }),
  MAX_CONNECTIONS: wholeNumber({ default: 5000, desc: "Connections that are open at a time" }),
  REQUEST_TIMEOUT: wholeNumber({ default: 60, desc: "Seconds that a client may take to send a request" }),
  RESPONSE_TIMEOUT: wholeNumber({ default: 120, desc: "Seconds that a client may take to read an answer" }),
  STOP_DELAY: wholeNumberFrom(0)({
    default: 0,
    desc: "Seconds that a stopping server goes on taking requests, for load balancers to look at /readyz",
  }),
  STOP_GRACE: wholeNumber({
    default: 10,
    desc: "Seconds after which a stopping server is gone, whatever is still running",
  }),
  PRODUCT_NAME: str({ default: "Muster", desc: "How the product is called that people are invited to" }),
  PRODUCT_LOGO_URL: webAddress({
    default: undefined,
    desc: "An image that pages show instead of the name (default: none)",
    example: "https://example.com/logo.svg",
  }),
  ACCEPTED_URL: webAddress({
    default: undefined,
    desc: "Where the browser goes when somebody has accepted an invitation or set up an account (default: a page)",
    example: "https://example.com/welcome",
  }),
  SMTP_URL: smtpUrl({
    default: undefined,
    desc: "Mail server, smtp:// or smtps:// (default: mail goes into files below <MUSTER_DATA_DIR>/mail)",
    example: "smtps://user:password@smtp.example.com",
  }),
  MAIL_FROM: mailFrom({
    default: "Muster <no-reply@localhost.localdomain>",
    desc: "Whom mail comes from",
  }),
  MAIL_PER_TOKEN: wholeNumber({
    default: 5000,
    desc: "Mails that one access token can bring about in a day",
  }),
  MAIL_PER_ORGANIZATION: wholeNumber({
    default: 3000,
    desc: "Mails about one organization in a day",
  }),
  MAIL_PER_ADDRESS: wholeNumber({ default: 10, desc: "Mails to one address in an hour" }),
  MEMBERSHIP_NOTICES: str({
    choices: NOTICES,
    default: "off",
    desc: "Whether mail tells people that they were added or removed: off, people (when a person did it) or all",
  }),
  LOCALE: locale({ default: "en", desc: "The language of mail and pages: a folder of templates" }),
  TEMPLATES_DIR: str({
    default: undefined,
    desc: "Folder with templates that go before Muster's own, as <LOCALE>/invitation.html (default: none)",
  }),
  LOG_LEVEL: str({ choices: LOG_LEVELS, default: "info", desc: `One of ${LOG_LEVELS.join(", ")}` }),
};

/** Name, meaning and default of every setting, for `--help` and the docs. */
export function describeSettings(): { name: string; description: string; default: string | undefined }[] {
  return Object.entries(specification).map(([name, validator]) => {
    const { desc, default: fallback } = validator as { desc?: string; default?: unknown };
    return {
      name,
      description: desc ?? "",
      default: ["string", "number", "boolean"].includes(typeof fallback) ? String(fallback) : undefined,
    };
  });
}

/**
 * Reads and checks the settings.
 *
 * @param environment variables by name; an empty one counts as absent
 * @throws SettingsError naming every wrong variable and what it must be
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const values = cleanEnv(given, specification, {
    reporter: ({ errors }) => {
      report(errors, given);
    },
  });
  const dataDir = isAbsolute(values.MUSTER_DATA_DIR)
    ? values.MUSTER_DATA_DIR
    : resolve(values.MUSTER_DATA_DIR);
  const host = values.HOST.includes(":") ? `[${values.HOST}]` : values.HOST;
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL ?? `http://${host}:${values.PORT}`,
    trustedProxies: values.TRUSTED_PROXIES,
    database: values.DATABASE_URL ?? { engine: "sqlite", filename: join(dataDir, "muster.sqlite") },
    databaseLimits: {
      statement: values.STATEMENT_TIMEOUT * 1000,
      list: values.LIST_TIMEOUT * 1000,
      wait: values.DATABASE_WAIT * 1000,
    },
    bootstrapToken: values.MUSTER_BOOTSTRAP_TOKEN,
    dataDir,
    cursorTimeout: values.CURSOR_TIMEOUT,
    advertisePagination: values.ADVERTISE_PAGINATION,
    profileMaxBytes: values.PROFILE_MAX_BYTES,
    pageMaxBytes: values.PAGE_MAX_BYTES,
    auditRetentionDays: values.AUDIT_RETENTION_DAYS,
    candidates: { search: values.CANDIDATES, perMinute: values.CANDIDATES_PER_MINUTE },
    bulk: { maxOperations: values.BULK_MAX_OPERATIONS, maxPayloadSize: values.BULK_MAX_PAYLOAD_SIZE },
    http: {
      maxConnections: values.MAX_CONNECTIONS,
      requestTimeout: values.REQUEST_TIMEOUT,
      responseTimeout: values.RESPONSE_TIMEOUT,
    },
    stop: { delay: values.STOP_DELAY, grace: values.STOP_GRACE },
    productName: values.PRODUCT_NAME,
    productLogoUrl: values.PRODUCT_LOGO_URL,
    acceptedUrl: values.ACCEPTED_URL,
    mail: {
      smtpUrl: values.SMTP_URL,
      from: values.MAIL_FROM,
      perToken: values.MAIL_PER_TOKEN,
      perOrganization: values.MAIL_PER_ORGANIZATION,
      perAddress: values.MAIL_PER_ADDRESS,
      notices: values.MEMBERSHIP_NOTICES,
    },
    templates: {
      locale: values.LOCALE,
      folder: values.TEMPLATES_DIR === undefined ? undefined : resolve(values.TEMPLATES_DIR),
    },
    logLevel: values.LOG_LEVEL,
  };
}

/** Settings that are not shown, since they have secrets in them. */
const SECRET = ["MUSTER_BOOTSTRAP_TOKEN", "DATABASE_URL", "SMTP_URL"];

function report(errors: Partial<Record<string, Error>>, given: Record<string, string | undefined>): void {
  const lines = Object.entries(errors).map(([name, error]) => {
    if (error instanceof EnvMissingError) return `  ${name} is not set`;
    const shown = SECRET.includes(name) ? "" : ` ("${given[name] ?? ""}")`;
    return `  ${name}${shown}: ${error?.message ?? "is not valid"}`;
  });
  if (lines.length > 0) throw new SettingsError(`Wrong settings in the environment:\n${lines.join("\n")}`);
}

/** Reads the settings of this process: its environment and, where there is one, the file `.env`. */
export function readProcessSettings(): Settings {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return readSettings(process.env);
}
