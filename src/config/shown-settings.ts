import { isDeepStrictEqual } from "node:util";
import type { Secrecy } from "./setting.js";
import { readSettings, specification, SUBJECTS, valueAt, withComputedDefaults } from "./settings.js";
import type { Settings } from "./types.js";

/** A setting as the server runs with it, without secrets. */
export interface ShownSetting {
  readonly name: string;
  /** The subject that it belongs to, such as `mail`. */
  readonly subject: string;
  readonly description: string;
  /** As it would be written in the environment; of a secret whether it is set; undefined: nothing. */
  readonly value: string | undefined;
  readonly default: string | undefined;
  readonly isDefault: boolean;
}

interface Given {
  /** Options that an app gives as objects of its own, such as its Knex, which have no text. */
  readonly inCode: readonly string[];
  /** Whether the app has the HTTP server, so that the settings of Muster's own do nothing. */
  readonly isEmbedded: boolean;
}

/** What Muster's own HTTP server has, and an app has its own way for. */
const OF_OWN_SERVER = ["port", "host", "http"];

/** Every setting with its value, in the order of `--help`, without secrets: what is shown to administrators. */
export function shownSettings(settings: Settings, { inCode, isEmbedded }: Given): ShownSetting[] {
  const defaults = defaultsBeside(settings);
  return Object.entries(SUBJECTS).flatMap(([subject, names]) =>
    (Object.keys(names) as (keyof typeof specification)[]).flatMap((name) => {
      const { option, secrecy, desc } = specification[name];
      const [group = ""] = option.split(".");
      if (isEmbedded && OF_OWN_SERVER.includes(group)) return [];
      const [value, fallback] = [valueAt(settings, option), valueAt(defaults, option)];
      const isInCode = inCode.includes(option);
      return {
        ...{ name, subject, description: desc ?? "" },
        value: isInCode ? "set in code" : shown(value, secrecy),
        default: secrecy === "all" ? undefined : shown(fallback, secrecy),
        isDefault: !isInCode && isDeepStrictEqual(value, fallback),
      };
    }),
  );
}

/** The defaults, of which some depend on other settings. */
function defaultsBeside(settings: Settings): Settings {
  const open = { ...settings, publicUrl: undefined, database: undefined };
  const { publicUrl, database } = withComputedDefaults(open);
  return { ...readSettings({}), publicUrl, database };
}

function shown(value: unknown, secrecy: Secrecy | undefined): string | undefined {
  if (secrecy === "all") return value === undefined ? "not set" : "set";
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(", ");
  if (isDatabase(value)) {
    return value.engine === "sqlite"
      ? `sqlite:${value.filename}`
      : withoutCredentials(value.connectionString);
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return secrecy === "credentials" || hasCredentials(text) ? withoutCredentials(text) : text;
}

const isDatabase = (value: unknown): value is Settings["database"] =>
  typeof value === "object" && value !== null && "engine" in value;

/** Any address may have a password in it. */
function hasCredentials(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username !== "" || password !== "";
}

/** The user goes, too: some mail servers take a secret for both. What is no clear address may be anything. */
function withoutCredentials(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A password with characters that it must not have stands in what looks like a path.
  if (!url || `${url.pathname}${url.search}${url.hash}`.includes("@")) return "set";
  Object.assign(url, { username: "", password: "", search: "", hash: "" });
  return url.href;
}
