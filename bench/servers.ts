import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Where a server's data is. */
export interface Store {
  readonly dataDir: string;
  /** Undefined: SQLite, in the data folder. */
  readonly databaseUrl: string | undefined;
}

/** The release of a Node.js executable, such as `v20.19.0`. */
export const releaseOf = (node: string): string =>
  execFileSync(node, ["--version"], { encoding: "utf8" }).trim();

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Starts the built server, in a process of its own. @param node the executable to run it with */
export async function startMuster(node: string, store: Store, token: string): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    PORT: String(port),
    MUSTER_DATA_DIR: store.dataDir,
    ...(store.databaseUrl !== undefined && { DATABASE_URL: store.databaseUrl }),
    MUSTER_BOOTSTRAP_TOKEN: token,
    LOG_LEVEL: "warn",
  };
  const main = pathOf("../dist/src/main.cjs");
  return start(node, [main, "serve"], environment, `${url}/scim/v2`, `${url}/readyz`);
}

/** Starts a program of `yardsticks/`. @param environment what it needs beside its port */
export async function startYardstick(
  node: string,
  name: "constant" | "two-reads" | "stock",
  path = "",
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = [pathOf(`yardsticks/${name}.js`)];
  return start(node, program, { PORT: String(port), ...environment }, url + path, url);
}

async function start(
  node: string,
  parameters: string[],
  environment: Record<string, string>,
  url: string,
  probe: string,
): Promise<RunningServer> {
  const child = spawn(node, parameters, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "ignore", "inherit"],
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

/** Whether a server answers, if only with an error. */
async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url);
    return status !== 503;
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
