import { hash } from "node:crypto";
import type { JobState, ServerSetting, ServerState } from "../../domain/server/server-state.js";
import type { JsonObject } from "../../domain/values/json.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";

const SETTINGS = "urn:muster:params:scim:schemas:core:2.0:Settings";

const exact = { caseExact: true };

const definition = ownDefinition("Settings", SETTINGS, "What the server runs with, and its state", [
  readOnly("string", "version", "The version of Muster.", exact),
  readOnly("string", "nodeVersion", "The version of Node.js.", exact),
  readOnly("integer", "processes", "How many processes serve the same port."),
  readOnly("dateTime", "startedAt", "When the process that answers started."),
  readOnly("string", "status", "Whether the process that answers is ready, as '/readyz' says.", {
    ...exact,
    canonicalValues: ["ok", "stopping", "unavailable"],
  }),
  readOnly("complex", "database", "The database.", {}, [
    readOnly("string", "engine", "What it is.", { ...exact, canonicalValues: ["sqlite", "postgres"] }),
    readOnly("string", "version", "Its version.", exact),
  ]),
  readOnly("complex", "mail", "The mail of all processes.", {}, [
    readOnly("string", "transport", "What carries it away.", {
      ...exact,
      canonicalValues: ["smtp", "file", "mailer"],
    }),
    readOnly("integer", "waiting", "How many mails are to be sent."),
    readOnly("boolean", "atLeast", "Whether more may be waiting, since counting ended at a limit."),
    readOnly("dateTime", "oldestAt", "When the oldest mail that waits was written."),
    readOnly(
      "integer",
      "failed",
      "How many mails were given up in the last seven days, among the last 20,000 mails.",
    ),
  ]),
  readOnly("complex", "jobs", "What the process that answers does regularly.", { multiValued: true }, [
    readOnly("string", "value", "What it does.", exact),
    readOnly("string", "status", "Whether it works.", { ...exact, canonicalValues: ["ok", "failing"] }),
    readOnly("dateTime", "lastRunAt", "When it last ended."),
    readOnly("dateTime", "failingSince", "Since when it fails; the log says why."),
  ]),
  readOnly("complex", "settings", "All settings, in the order of 'muster --help'.", { multiValued: true }, [
    readOnly("string", "name", "The name of the environment variable.", exact),
    readOnly("string", "subject", "The subject that it belongs to.", exact),
    readOnly("string", "value", "The value, without secrets: of those, 'set' or 'not set'.", exact),
    readOnly("string", "default", "What the value is if nothing is set.", exact),
    readOnly("boolean", "isDefault", "Whether the value is the default."),
    readOnly("string", "description", "What it is for.", exact),
  ]),
]);

/** What the server runs with: one resource, of the process that answers, in the provider's realm. */
export const serverSettings = crud<ServerState & { readonly id: string }>({
  definition,
  endpoint: "/Settings",
  isSingle: true,
  toAttributes,
  toMeta: (state) => ({ version: 1, digest: digestOf(state) }),
  get: ({ services, principal }) => services.server.get(principal),
});

function toAttributes(state: ServerState): JsonObject {
  const { version, nodeVersion, processes, startedAt, readiness, engine, engineVersion, mail } = state;
  return {
    ...{ version, nodeVersion, processes, startedAt },
    status: readiness,
    database: { engine, version: engineVersion },
    mail: {
      transport: state.mailTransport,
      waiting: mail.waiting,
      atLeast: mail.isWaitingAtLeast,
      ...(mail.oldestAt !== undefined && { oldestAt: mail.oldestAt }),
      failed: mail.failed,
    },
    jobs: state.jobs.map(toJob),
    settings: state.settings.map(toSetting),
  };
}

const toJob = ({ name, isFailing, lastRunAt, failingSince }: JobState) => ({
  value: name,
  status: isFailing ? "failing" : "ok",
  ...(lastRunAt !== undefined && { lastRunAt }),
  ...(failingSince !== undefined && { failingSince }),
});

const toSetting = ({ name, subject, value, default: fallback, isDefault, description }: ServerSetting) => ({
  ...{ name, subject },
  ...(value !== undefined && { value }),
  ...(fallback !== undefined && { default: fallback }),
  ...{ isDefault, description },
});

const digestOf = (state: ServerState) => hash("sha256", JSON.stringify(state), "hex").slice(0, 12);
