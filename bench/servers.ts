import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the built server on a data folder, in a process of its own. */
export async function startMuster(dataDir: string, token: string): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const main = fileURLToPath(new URL("../dist/src/main.cjs", import.meta.url));
  const environment = {
    PORT: String(port),
    MUSTER_DATA_DIR: dataDir,
    MUSTER_BOOTSTRAP_TOKEN: token,
    LOG_LEVEL: "warn",
  };
  return start([main, "serve"], environment, `${url}/scim/v2`, `${url}/readyz`);
}

/** Starts the floor: an Express route that sends a constant. */
export async function startFloor(): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const floor = fileURLToPath(new URL("floor.js", import.meta.url));
  return start([floor], { PORT: String(port) }, url, url);
}

async function start(
  parameters: string[],
  environment: Record<string, string>,
  url: string,
  probe: string,
): Promise<RunningServer> {
  const child = spawn(process.execPath, parameters, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const exited = once(child, "exit");
  for (let attempt = 0; !(await answers(probe)); attempt += 1) {
    if (attempt > 300 || child.exitCode !== null) throw new Error(`${parameters.join(" ")} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    pid: child.pid ?? Number.NaN,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
