import type { Server } from "node:http";
import { compose } from "../compose.js";
import type { Muster } from "../compose.js";
import { readProcessSettings } from "../config/settings.js";
import type { Settings } from "../config/settings.js";
import { SCIM_PATH } from "../http/app.js";
import { createHttpServer } from "../http/server.js";
import { UserError } from "./exit.js";
import { firstTokenNotice } from "./notices.js";

/** How long running requests may take to finish once the server is told to stop. */
const GRACE_MS = 10_000;

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
  const muster = await compose(settings);
  const server = createHttpServer(muster.app);
  try {
    await listen(server, settings);
    await prepare(muster);
  } catch (error) {
    server.close();
    await muster.close();
    throw error;
  }
  muster.logger.info({ url: `${settings.publicUrl}${SCIM_PATH}` }, "Muster is ready");
  const signal = await stopSignal();
  muster.logger.info({ signal }, "Stopping");
  await stop(server);
  await muster.close();
  muster.logger.info("Stopped");
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

/** A first start leaves nobody without a token: one is made and shown, this once. */
function printFirstToken(settings: Settings) {
  return async ({ services }: Muster): Promise<void> => {
    if (settings.bootstrapToken !== undefined || (await services.authentication.all()).length > 0) return;
    const { secret } = await services.operator.issueToken("first token");
    console.log(firstTokenNotice(`${settings.publicUrl}${SCIM_PATH}`, secret));
  };
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        // Asked a second time, the process goes at once.
        process.once(signal, () => process.exit(130));
        resolve(signal);
      });
    }
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection is idle again once its last request is answered; the client would keep it open.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const patience = setTimeout(() => {
    server.closeAllConnections();
  }, GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(patience);
}
