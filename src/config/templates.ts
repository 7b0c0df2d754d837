import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where Muster's own templates are, seen from the sources or from the build; absolute. */
const OWN =
  ["../../templates/", "../../../templates/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(folder)) ?? "templates";

const FALLBACK_LOCALE = "en";

/** What mail and pages are made from, and in which language. */
export interface TemplateSettings {
  readonly locale: string;
  /** An absolute path to templates that go before Muster's own. */
  readonly folder: string | undefined;
}

/**
 * Where a template is: in the operator's folder or Muster's own, in the language that is set, else in English.
 *
 * @param file its path in the folder of a language
 * @throws Error when there is no such template
 */
export function templatePath({ locale, folder }: TemplateSettings, file: string): string {
  const folders = [folder, OWN].filter((each) => each !== undefined);
  const paths = [locale, FALLBACK_LOCALE].flatMap((each) => folders.map((base) => join(base, each, file)));
  const path = paths.find(existsSync);
  if (path === undefined) throw new Error(`There is no template '${file}'`);
  return path;
}

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** Which way the language is written, as in HTML. */
export const directionOf = ({ locale }: TemplateSettings): "rtl" | "ltr" =>
  RIGHT_TO_LEFT.has(locale.split("-", 1)[0] ?? "") ? "rtl" : "ltr";

/** A role as people read it: 'organization-admin' as 'Organization admin'. */
export const readableRole = (role: string) =>
  `${role.slice(0, 1).toUpperCase()}${role.slice(1).replaceAll("-", " ")}`;

/** A time as people read it. @param time ISO 8601 */
export const readableTime = ({ locale }: TemplateSettings, time: string) =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(new Date(time))} UTC`;
