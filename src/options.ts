import { SettingsError } from "./config/settings.js";
import type { Settings } from "./config/types.js";
import type { Knex } from "./db/host.js";
import type { Mailer } from "./delivery/mail/transport.js";
import type { Logger } from "./logging/logger.js";
import type { PasswordCost } from "./services/passwords/passwords.js";

/** Each can be left out, and so can each part of a group. */
type Optional<T> = {
  readonly [Name in keyof T]?:
    (T[Name] extends readonly unknown[] | string ? T[Name] : Partial<T[Name]>) | undefined;
};

/** What is about Muster's own HTTP server, or has another type here. */
type OfOwnServer = "port" | "host" | "http" | "publicUrl" | "database";

/** What Muster is made with: all settings, each with the same default, and what a host brings of its own. */
export interface MusterOptions extends Optional<Omit<Settings, OfOwnServer>> {
  /** The address of Muster as clients and readers of mail see it, with the path that it is mounted at. */
  readonly publicUrl: string;
  /** An address as in `DATABASE_URL`, or the host's Knex, which Muster borrows connections from and never closes. */
  readonly database?: string | Settings["database"] | Knex | undefined;
  /** The time now, in milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
  /** Makes ids: UUIDs in lower case that sort by the time when they were made; undefined: UUIDv7. */
  readonly newId?: (() => string) | undefined;
  /** Where Muster logs to, such as a pino logger; undefined: JSON lines on standard output. */
  readonly logger?: Logger | undefined;
  /** Sends mail; undefined: the mail server of `mail.smtpUrl`, or files in `dataDir`. */
  readonly mailer?: Mailer | undefined;
  /** Whether `/` says what this is; otherwise it passes by to the app that Muster is mounted in. */
  readonly welcome?: boolean | undefined;
  /** How many processes serve the same address; told to administrators, and nothing else. */
  readonly processes?: number | undefined;
  /** How much work it is to hash a password. */
  readonly passwordCost?: PasswordCost | undefined;
}

/** The options that are no settings. */
export const HOST_OPTIONS = ["clock", "newId", "logger", "mailer", "welcome", "processes", "passwordCost"];

/** Types are no help in JavaScript. @throws SettingsError */
export function requireOptions(options: MusterOptions): void {
  const { publicUrl, logger, mailer, clock, newId, welcome, processes, passwordCost } =
    options as Partial<MusterOptions>;
  const wrong = [
    ...(typeof publicUrl === "string" && publicUrl !== "" ? [] : ["publicUrl is not set"]),
    ...(logger === undefined || hasMethods(logger, ["info", "warn", "error"])
      ? []
      : ["logger must have the methods info, warn and error"]),
    ...(mailer === undefined || hasMethods(mailer, ["send"]) ? [] : ["mailer must have the method send"]),
    ...(clock === undefined || typeof clock === "function" ? [] : ["clock must be a function"]),
    ...(newId === undefined || typeof newId === "function" ? [] : ["newId must be a function"]),
    ...(welcome === undefined || typeof welcome === "boolean" ? [] : ["welcome must be true or false"]),
    ...(processes === undefined || (Number.isSafeInteger(processes) && processes > 0)
      ? []
      : ["processes must be a whole number from 1 on"]),
    ...(passwordCost === undefined || isCost(passwordCost)
      ? []
      : ["passwordCost must have the whole numbers N, a power of two, r and p"]),
  ];
  if (wrong.length > 0)
    throw new SettingsError(`Wrong options:\n${wrong.map((each) => `  ${each}`).join("\n")}`);
}

/** RFC 7914 section 2. */
const isCost = ({ N, r, p }: PasswordCost) =>
  [N, r, p].every((each) => Number.isSafeInteger(each) && each > 0) &&
  N > 1 &&
  Number.isInteger(Math.log2(N));

const hasMethods = (value: object, names: readonly string[]) =>
  names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
