import { queryOptions } from "@tanstack/react-query";
import type { Resource } from "../scim/resources.ts";
import { scimIn } from "../server.ts";

/** A setting as the server runs with it, without secrets. */
export interface Setting {
  readonly name: string;
  /** The subject that it belongs to, such as `mail`. */
  readonly subject: string;
  readonly value?: string;
  readonly default?: string;
  readonly isDefault: boolean;
  readonly description: string;
}

/** What a server does regularly. */
export interface Job {
  readonly value: string;
  readonly status: "ok" | "failing";
  readonly lastRunAt?: string;
  readonly failingSince?: string;
}

/** How the mail of a server stands. */
export interface MailState {
  readonly transport: "smtp" | "file" | "mailer";
  readonly waiting: number;
  readonly atLeast: boolean;
  readonly oldestAt?: string;
  readonly failed: number;
}

/** What the server runs with, and its state. */
export interface ServerState extends Resource {
  readonly version: string;
  readonly nodeVersion: string;
  readonly processes: number;
  readonly startedAt: string;
  readonly status: "ok" | "stopping" | "unavailable";
  readonly database: { readonly engine: "sqlite" | "postgres"; readonly version: string };
  readonly mail: MailState;
  readonly jobs?: readonly Job[];
  readonly settings?: readonly Setting[];
}

export const settingsQuery = (realm: string) =>
  queryOptions({
    queryKey: [realm, "Settings"],
    queryFn: ({ signal }) => scimIn(realm).get<ServerState>("Settings", {}, signal),
  });

const SUBJECT_NAMES: Readonly<Record<string, string>> = {
  server: "Server",
  database: "Database",
  protocol: "SCIM",
  sessions: "Signing in",
  product: "Product",
  mail: "Mail",
};

/** Settings of one subject. */
export interface Subject {
  readonly name: string;
  readonly settings: readonly Setting[];
}

/** The settings by subjects, in the order of the server. @param text words that have to be in a name, description or value */
export function subjectsOf(settings: readonly Setting[], text: string, onlyChanged: boolean): Subject[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isShown = ({ name, description, value = "", isDefault }: Setting) => {
    const said = `${name} ${name.replaceAll("_", " ")} ${description} ${value}`.toLowerCase();
    return !(onlyChanged && isDefault) && words.every((word) => said.includes(word));
  };
  const subjects = new Map<string, Setting[]>();
  for (const setting of settings.filter(isShown)) {
    subjects.set(setting.subject, [...(subjects.get(setting.subject) ?? []), setting]);
  }
  return [...subjects].map(([subject, found]) => ({
    name: SUBJECT_NAMES[subject] ?? subject,
    settings: found,
  }));
}
