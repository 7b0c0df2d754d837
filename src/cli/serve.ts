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

/**
 * Starts the server and stops it when the process is told to: no new requests, running ones finish, the
 * database is closed.
 *
 * @param prepare what to do before requests are taken
 */
export async function serve(
  settings: Settings = readProcessSettings(),
  prepare: (muster: Muster) => Promise<void> = printFirstToken(settings),
): Promise<void> {
  const muster = createMuster({ ...settings, welcome: true });
  const server = createHttpServer(settings.http, muster.app);
  let signalled: Promise<NodeJS.Signals>;
  try {
    await muster.migrate();
    const { bootstrapToken } = settings;
    // `start` adopts it, too, but the first request can come as soon as the port is open.
    if (bootstrapToken !== undefined) await muster.services.authentication.adopt("bootstrap", bootstrapToken);
    // From here on, requests can come, and a signal must not cut them off.
    signalled = stopSignal();
    await listen(server, settings);
    await muster.start();
    await prepare(muster);
    await offerFirstAdministrator(muster, settings);
  } catch (error) {
    server.close();
    await muster.close();
    throw error;
  }
  muster.logger.info({ url: `${settings.publicUrl}${SCIM_PATH}` }, "Muster is ready");
  const signal = await signalled;
  muster.logger.info({ signal }, "Stopping");
  await stop(server, muster, settings);
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

/** Creates and prints a token on the first start, because otherwise there would be none. */
function printFirstToken(settings: Settings) {
  return async ({ services }: Muster): Promise<void> => {
    if (settings.bootstrapToken !== undefined || (await services.authentication.all()).length > 0) return;
    const { secret } = await services.operator.issueToken("first token");
    // The log goes to standard output, and is kept by whatever collects it.
    console.error(firstTokenNotice(`${settings.publicUrl}${SCIM_PATH}`, secret));
  };
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        // A second signal ends the process at once.
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
