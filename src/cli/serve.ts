import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { readProcessSettings } from "../config/settings.js";
import type { Settings } from "../config/types.js";
import { SCIM_PATH } from "../http/app.js";
import { createHttpServer, endConnections } from "../http/server/server.js";
import { createMuster } from "../muster.js";
import type { Muster } from "../muster.js";
import { offerFirstAdministrator } from "./administrators.js";
import { UserError } from "./exit.js";
import { firstTokenNotice } from "./notices.js";

/** What a process does beside serving requests. */
export interface ServingRole {
  /** How many processes serve the same port; undefined: this one alone. */
  readonly processes?: number;
  /** Before requests are taken. */
  readonly prepare?: (muster: Muster) => Promise<void>;
  /** When requests are taken. */
  readonly announce?: (muster: Muster) => Promise<void>;
  /** Called before requests are taken. @returns resolves, with the reason, when the process is to stop */
  readonly untilStopped: () => Promise<string>;
}

/**
 * Starts the server in this process, and stops it when the process is told to.
 *
 * @param offerTokens called when requests are taken
 */
export const serve = (
  settings: Settings = readProcessSettings(),
  offerTokens = printFirstToken,
): Promise<void> =>
  serveAs(settings, {
    prepare: (muster) => prepareDatabase(muster, settings),
    announce: (muster) => announce(muster, settings, offerTokens),
    untilStopped: stopSignal,
  });

/**
 * Serves requests until the process is to stop: then it takes no new ones, running ones finish, the database is closed.
 *
 * @throws UserError when the port cannot be opened, and what `prepare` and `announce` throw
 */
export async function serveAs(settings: Settings, role: ServingRole): Promise<void> {
  const muster = createMuster({ ...settings, welcome: true, processes: role.processes });
  const server = createHttpServer(settings.http, muster.app);
  let stopped: Promise<string>;
  try {
    await role.prepare?.(muster);
    // From here on, requests can come, and a signal must not cut them off.
    stopped = role.untilStopped();
    await listen(server, settings);
    await muster.start();
    await role.announce?.(muster);
  } catch (error) {
    server.close();
    await muster.close();
    throw error;
  }
  muster.logger.info({ url: `${settings.publicUrl}${SCIM_PATH}`, pid: process.pid }, "Muster is ready");
  const signal = await stopped;
  muster.logger.info({ signal }, "Stopping");
  await stop(server, muster, settings);
}

/** Migrates the database and takes the bootstrap token, so that the first request finds both. */
export async function prepareDatabase(muster: Muster, { bootstrapToken }: Settings): Promise<void> {
  await muster.migrate();
  if (bootstrapToken !== undefined) await muster.services.authentication.adopt("bootstrap", bootstrapToken);
}

function listen(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE" ? "the port is in use; set PORT to another one" : error.message;
      reject(new UserError(`Cannot listen on ${host}:${port}: ${reason}`));
    });
    server.listen(port, host, resolve);
  });
}

/** On the first start, prints a token and a link for the first administrator: otherwise there would be no way in. */
export async function announce(
  muster: Muster,
  settings: Settings,
  offerTokens = printFirstToken,
): Promise<void> {
  await offerTokens(muster, settings);
  await offerFirstAdministrator(muster, settings);
}

async function printFirstToken({ services }: Muster, settings: Settings): Promise<void> {
  if (settings.bootstrapToken !== undefined || (await services.authentication.all()).length > 0) return;
  const { secret } = await services.operator.issueToken("first token");
  // The log goes to standard output, and is kept by whatever collects it.
  console.error(firstTokenNotice(`${settings.publicUrl}${SCIM_PATH}`, secret));
}

/** @returns resolves with the signal that tells the process to stop; a second one ends the process at once */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}

async function stop(server: Server, muster: Muster, settings: Settings): Promise<void> {
  const { logger } = muster;
  const { delay } = settings.stop;
  if (delay > 0) {
    muster.beginStop();
    await wait(delay * 1000);
  }
  // Connections end after the port is closed. Otherwise clients might connect again.
  const connections = endConnections(server);
  const end = await muster.stop(connections);
  server.closeAllConnections();
  if (end === "orderly") {
    logger.info({}, "Stopped");
    return;
  }
  logger.warn({ end }, "Stopped in the middle of something");
  // `exit` would wait for threads that wait for the database.
  if (end === "hanging") process.kill(process.pid, "SIGKILL");
  process.exit(1);
}
