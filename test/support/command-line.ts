import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort, TYPESCRIPT } from "./server.js";

const run = promisify(execFile);
const MUSTER = [...TYPESCRIPT, "src/main.cts"];

/** A server that the command line has started. */
export interface Started {
  readonly baseUrl: string;
  /** What the server has logged so far. */
  readonly log: () => string;
  /** What it has told the person who started it. */
  readonly notice: () => string;
  /** Asks it to stop, as Ctrl-C does. @returns its exit code */
  interrupt(): Promise<number>;
}

function environmentFor(dataDir: string, more: Record<string, string> = {}) {
  return { PATH: process.env.PATH, MUSTER_DATA_DIR: join(dataDir, "data"), LOG_LEVEL: "info", ...more };
}

export function muster(command: string[], dataDir: string, environment?: Record<string, string>) {
  return run(process.execPath, [...MUSTER, ...command], { env: environmentFor(dataDir, environment) });
}

export async function start(
  command: string,
  dataDir: string,
  environment: Record<string, string> = {},
): Promise<Started> {
  const port = await freePort();
  const child = spawn(process.execPath, [...MUSTER, command], {
    env: environmentFor(dataDir, { PORT: String(port), ...environment }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  let [log, notice] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (log += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (notice += text));
  // What it told before is there before that.
  while (!log.includes("Muster is ready")) await once(child.stdout, "data");
  await setImmediate();
  return {
    baseUrl: `http://127.0.0.1:${port}/scim/v2`,
    log: () => log,
    notice: () => notice,
    interrupt: async () => {
      child.kill("SIGINT");
      const [code] = (await exited) as [number];
      return code;
    },
  };
}

export const headersOf = (token: string) => ({
  authorization: `Bearer ${token}`,
  "content-type": "application/scim+json",
});

export const get = ({ baseUrl }: Started, token: string, path: string) =>
  fetch(baseUrl + path, { headers: headersOf(token) });

export const post = ({ baseUrl }: Started, token: string, path: string, body: object) =>
  fetch(baseUrl + path, { method: "POST", headers: headersOf(token), body: JSON.stringify(body) });

export async function totalUsers(server: Started, token: string): Promise<number> {
  const answer = await get(server, token, "/Users?count=0");
  return ((await answer.json()) as { totalResults: number }).totalResults;
}
