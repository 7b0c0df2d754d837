import type { Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createMuster } from "../../src/muster.js";
import type { Muster } from "../../src/muster.js";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import type { Session } from "../../src/db/session.js";
import type { MusterOptions } from "../../src/options.js";
import { answerWith } from "../../src/http/server/connections.js";
import { createHttpServer } from "../../src/http/server/server.js";
import { ScimClient } from "./client.js";
import { forEachEngine, scratchFolder } from "./engines.js";
import type { Engine } from "./engines.js";
import { Supervised } from "./supervised.js";
import type { SupervisedOptions } from "./supervised.js";

/** What lets Node run the sources as they are, in all threads. */
export const TYPESCRIPT = ["--import", "./test/support/typescript.mjs"];

/** What `src/main.cts` asks Node for; what runs the sources has made its threads before. */
const THREADS = { UV_THREADPOOL_SIZE: "16" };

/** Few tests are about what a password costs. */
export const CHEAP_PASSWORDS: Partial<MusterOptions> = { passwordCost: { N: 2 ** 4, r: 8, p: 1 } };

/** Passwords cost what they cost outside of tests. */
export const COSTLY_PASSWORDS: Partial<MusterOptions> = {};

const TOKEN = "test-token-of-the-provider";

/** A running server, and a client that speaks to it. */
export interface TestServer {
  readonly scim: ScimClient;
  stop(): Promise<void>;
}

export interface ServerProcess extends TestServer {
  readonly program: Supervised;
}

export interface ServerInProcess extends TestServer {
  readonly services: Muster["services"];
  readonly databaseUrl: string;
  /** Does something in the database that no client can. */
  database<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Does something while the server's clock is so many milliseconds ahead, or behind. */
  ahead<T>(milliseconds: number, work: () => Promise<T>): Promise<T>;
}

/**
 * Starts Muster in this process.
 *
 * @param settings other than those of tests, by their names; without a DATABASE_URL, the database is a fresh one
 * @param clock the time now, in milliseconds since 1970
 * @param own options that are no settings; without them, passwords cost little
 */
export async function startServer(
  engine: Engine,
  settings: Readonly<Record<string, string>> = {},
  clock: () => number = Date.now,
  own: Partial<MusterOptions> = CHEAP_PASSWORDS,
): Promise<ServerInProcess> {
  let offset = 0;
  const databaseUrl = settings.DATABASE_URL ?? (await engine.migratedDatabaseUrl());
  const { http } = readSettings(settings);
  const { server, port } = await listen(http);
  const all = readSettings({ ...environment(port, databaseUrl), ...settings });
  const muster = createMuster({ ...all, clock: () => clock() + offset, ...own });
  await muster.migrate();
  await muster.start();
  answerWith(server, muster.app, http.responseTimeout * 1000);
  return {
    scim: clientOf(port),
    services: muster.services,
    databaseUrl,
    database: async (work) => {
      const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
      try {
        return await database.transaction(work);
      } finally {
        await database.close();
      }
    },
    ahead: async (milliseconds, work) => {
      offset = milliseconds;
      try {
        return await work();
      } finally {
        offset = 0;
      }
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await muster.close();
    },
  };
}

/**
 * Starts the server as a program of its own, on a database that may be shared with others.
 *
 * @param settings other than those of tests, and of Node.js, by their names
 * @param more parameters of the command
 * @param flags of Node.js
 */
export async function startProcess(
  databaseUrl: string,
  stopSignal: SupervisedOptions["stopSignal"] = "TERM",
  settings: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<ServerProcess> {
  const port = await freePort();
  const program = new Supervised(
    [process.execPath, ...flags, ...TYPESCRIPT, "src/main.cts", "serve", ...more],
    {
      stopSignal,
      environment: { ...environment(port, databaseUrl), ...THREADS, ...settings },
    },
  );
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await program.ready(isReady);
  return { scim: clientOf(port), program, stop: () => program.stop() };
}

/**
 * Defines a suite with a fresh server, once for each engine.
 *
 * @param define is given the client, which can be used inside of tests and hooks, and the running server
 * @param settings other than those of tests, by their names
 * @param own as of `startServer`
 */
export function describeServer(
  title: string,
  define: (scim: ScimClient, server: () => ServerInProcess) => void,
  settings: Readonly<Record<string, string>> = {},
  own?: Partial<MusterOptions>,
  engines?: readonly Engine["name"][],
): void {
  describe(title, () => {
    forEachEngine((engine) => {
      let running: ServerInProcess | undefined;
      const server = () => {
        if (!running) throw new Error("The server runs only while tests do");
        return running;
      };
      before(async () => {
        running = await startServer(engine, settings, Date.now, own);
      });
      after(() => running?.stop());
      define(new ScimClient(() => server().scim), server);
    }, engines);
  });
}

/** As `describeServer`, for what is about the time that passwords take. */
export const describeWithCostlyPasswords = (...[title, define]: Parameters<typeof describeServer>) => {
  describeServer(title, define, {}, COSTLY_PASSWORDS);
};

function environment(port: number, databaseUrl: string): Record<string, string> {
  return {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    MUSTER_BOOTSTRAP_TOKEN: TOKEN,
    MUSTER_DATA_DIR: scratchFolder(),
    LOG_LEVEL: "error",
    // Tests say so where it is about limits; elsewhere a busy machine must not meet one.
    DATABASE_WAIT: "30",
  };
}

const clientOf = (port: number) =>
  new ScimClient(() => ({ url: `http://127.0.0.1:${port}/scim/v2`, token: TOKEN }));

/** A server on a free port that does not answer yet. */
async function listen(limits = readSettings({}).http): Promise<{ server: Server; port: number }> {
  const server = createHttpServer(limits).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

/** A port that is free at the moment. */
export async function freePort(): Promise<number> {
  const { server, port } = await listen();
  server.close();
  await once(server, "close");
  return port;
}
