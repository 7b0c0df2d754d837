import { cleanEnv, EnvMissingError } from "envalid";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { database } from "./settings/database.js";
import { mail } from "./settings/mail.js";
import { product } from "./settings/product.js";
import { protocol } from "./settings/protocol.js";
import { server } from "./settings/server.js";
import { sessions } from "./settings/sessions.js";
import type { Settings } from "./types.js";

/** A wrong or missing setting or option; the message has one line for each. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** The subjects of settings, in the order of `--help`. */
export const SUBJECTS = { server, database, protocol, sessions, product, mail };

/** Every setting, once: its parser, its default, what it is for, and its option. `--help` prints them in this order. */
export const specification = { ...server, ...database, ...protocol, ...sessions, ...product, ...mail };

type Values = Readonly<Record<string, string | undefined>>;

/** Name, option, meaning and default of every setting, for `--help` and the docs. */
export function describeSettings(): {
  name: string;
  option: string;
  description: string;
  default: string | undefined;
}[] {
  return Object.entries(specification).map(([name, each]) => {
    const { desc, option, default: fallback } = each as { desc?: string; option: string; default?: unknown };
    return {
      ...{ name, option },
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
export function readSettings(environment: Values): Settings {
  return read(environment, "Wrong settings in the environment", (name) => name);
}

/**
 * Checks what a host says in code, by the rules of the settings, and adds what it does not say.
 *
 * @param options values by the paths of `Settings`
 * @param others names of options that are no settings
 * @throws SettingsError naming every wrong option and what it must be
 */
export function readOptions(options: object, others: readonly string[] = []): Settings {
  requireKnown(options, others);
  const values: Record<string, string> = {};
  for (const [name, { option }] of Object.entries(specification)) {
    const value = valueAt(options, option);
    // A database may also be a Knex, or an address that was read before.
    if (value !== undefined && typeof value !== "function" && !isAddress(value)) values[name] = textOf(value);
  }
  const settings = read(values, "Wrong options", optionOf);
  const given = valueAt(options, "database");
  return isAddress(given) ? { ...settings, database: given as Settings["database"] } : settings;
}

/** A name that is misspelt must not mean the default. */
function requireKnown(options: object, others: readonly string[]): void {
  const known = new Set<string>(others);
  for (const { option } of Object.values(specification)) {
    known.add(option);
    // A group alone: it is left out.
    const [group = ""] = option.split(".");
    if (valueAt(options, group) === undefined) known.add(group);
  }
  const names = Object.entries(options).flatMap(([name, value]) =>
    isGroup(name) && isObject(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : name,
  );
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new SettingsError(
      `Wrong options:\n${unknown.map((name) => `  ${name} is unknown, or no group of options`).join("\n")}`,
    );
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const isGroup = (name: string) =>
  Object.values(specification).some(({ option }) => option.startsWith(`${name}.`));

/** As it would be written in the environment. */
const textOf = (value: unknown) =>
  typeof value === "string" ? value : Array.isArray(value) ? value.join() : JSON.stringify(value);

const optionOf = (name: string) => specification[name as keyof typeof specification].option;

const isAddress = (value: unknown) => isObject(value) && "engine" in value;

function read(environment: Values, title: string, nameOf: (variable: string) => string): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const values = cleanEnv(given, specification, {
    reporter: ({ errors }) => {
      report(errors, given, title, nameOf);
    },
  });
  const settings: Record<string, unknown> = {};
  for (const [name, { option }] of Object.entries(specification)) {
    setAt(settings, option, values[name as keyof typeof values]);
  }
  return withComputedDefaults(settings as unknown as Read);
}

/** What the environment says, before defaults that depend on other settings. */
type Read = Omit<Settings, "publicUrl" | "database"> & {
  readonly [Name in "publicUrl" | "database"]: Settings[Name] | undefined;
};

/** Defaults that depend on other settings. */
export function withComputedDefaults(settings: Read): Settings {
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  const dataDir = resolve(settings.dataDir);
  return {
    ...settings,
    dataDir,
    publicUrl: settings.publicUrl ?? `http://${host}:${settings.port}`,
    database: settings.database ?? {
      engine: "sqlite",
      filename: join(dataDir, "muster.sqlite"),
    },
  };
}

function report(
  errors: Partial<Record<string, Error>>,
  given: Values,
  title: string,
  nameOf: (variable: string) => string,
): void {
  const lines = Object.entries(errors).map(([name, error]) => {
    if (error instanceof EnvMissingError) return `  ${nameOf(name)} is not set`;
    const hasSecrets = specification[name as keyof typeof specification].secrecy !== undefined;
    const shown = hasSecrets ? "" : ` ("${given[name] ?? ""}")`;
    return `  ${nameOf(name)}${shown}: ${error?.message ?? "is not valid"}`;
  });
  if (lines.length > 0) throw new SettingsError(`${title}:\n${lines.join("\n")}`);
}

export function valueAt(options: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], options);
}

/** @param path of one name, or two */
function setAt(settings: Record<string, unknown>, path: string, value: unknown): void {
  const [name = "", inner] = path.split(".");
  if (inner === undefined) settings[name] = value;
  else settings[name] = { ...(settings[name] as object | undefined), [inner]: value };
}

/** Reads the settings of this process: its environment and, where there is one, the file `.env`. */
export function readProcessSettings(): Settings {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return readSettings(process.env);
}
