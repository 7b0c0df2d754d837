import express from "express";
import type { Express } from "express";
import knex from "knex";
import type { Knex } from "knex";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMuster } from "../../src/index.js";
import type { Mailer, MailMessage, Muster, MusterOptions } from "../../src/index.js";
import { ScimClient } from "./client.js";

export const PREFIX = "/identity";
const TOKEN = "test-token-of-the-provider";

/** A Knex of a host. @param url as in `DATABASE_URL`. @param max how many connections its pool has */
export function hostKnex(url: string, max: number): Knex {
  const pool = { min: 0, max };
  return url.startsWith("sqlite:")
    ? knex({
        ...{ client: "sqlite3", useNullAsDefault: true, pool },
        connection: { filename: url.slice("sqlite:".length) },
      })
    : knex({ client: "pg", connection: url, pool });
}

/** A host's app with Muster in it, below `/identity`, and routes of its own. */
export interface Host {
  readonly app: Express;
  readonly muster: Muster;
  readonly scim: ScimClient;
  readonly origin: string;
  /** What Muster has sent. */
  readonly mails: (MailMessage & { readonly from: string })[];
  /** Stops Muster, and then the host's server. */
  stop(): Promise<void>;
}

/**
 * Starts a host's app.
 *
 * @param before what the app uses before Muster
 */
export async function startHost(
  options: Partial<MusterOptions>,
  before: (app: Express) => void = () => undefined,
): Promise<Host> {
  const app = express();
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mails: Host["mails"] = [];
  const mailer: Mailer = { send: (message) => Promise.resolve(mails.push(message)) };
  const muster = createMuster({
    ...{ publicUrl: origin + PREFIX, bootstrapToken: TOKEN, logLevel: "error", mailer },
    passwordCost: { N: 16, r: 8, p: 1 },
    ...options,
  });
  before(app);
  app.use(PREFIX, muster.app);
  app.get("/own", (_request, response) => {
    response.send("the host's own");
  });
  await muster.migrate();
  await muster.start();
  return {
    ...{ app, muster, origin, mails },
    scim: new ScimClient(() => ({ url: `${origin}${PREFIX}/scim/v2`, token: TOKEN })),
    stop: async () => {
      await muster.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}
