import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { startOwnPostgres } from "../test/support/postgres.js";
import { benchBulk } from "./bulk.js";
import { filledBefore, fill, remember, sqliteFile } from "./data.js";
import type { Dataset } from "./data.js";
import { CLIENTS, measure, NOTHING_MEASURED, RefusedError } from "./load.js";
import type { Load, Measurement } from "./load.js";
import { FLOOR, median, writeResults } from "./results.js";
import type { Figure, Measure, Results, RowResult } from "./results.js";
import { growthPairs, rowsOf } from "./rows.js";
import type { Place, Row, Target } from "./rows.js";
import { releaseOf, startMuster, startYardstick } from "./servers.js";
import type { RunningServer, Store } from "./servers.js";
import { benchStreams } from "./streams.js";
import { printGrowth, printMeasures, printRows } from "./table.js";
import {
  addAndRemoveMember,
  createUsers,
  getUser,
  matchByUserName,
  pagesByCursor,
  readPage,
} from "./workloads.js";

export interface Options {
  readonly users: number;
  readonly few: number;
  readonly engine: "sqlite" | "postgres";
  readonly node?: readonly string[];
  readonly against?: string;
  readonly rows?: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly json?: string;
  readonly data?: string;
}

const TOKEN = "bench-token-of-the-whole-provider";

/** The largest organization, whose own token asks what the provider's asks among all. */
const MEMBERS = 100_000;

const progress = (what: string) => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${what}\n`);
};

/** How large a group is among so many people: some are in none, so that clients can add and remove them. */
const membersOf = (size: number, users: number) => Math.min(size, users - 100);

/** What ends with the bench, the last first. */
type Stops = (() => Promise<void> | void)[];

/** Measures, prints tables, and writes the results. */
export async function run(options: Options): Promise<void> {
  const stops: Stops = [];
  try {
    const results = await measureAll(options, stops);
    print(options, results);
    if (options.json !== undefined) writeResults(options.json, results);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

const placeNames = ({ few, users }: Options): Record<Place, string> => ({
  few: `${few.toLocaleString("en")} people`,
  many: `${users.toLocaleString("en")} people`,
  organization: `organization of ${membersOf(MEMBERS, users).toLocaleString("en")}`,
});

async function measureAll(options: Options, stops: Stops): Promise<Results> {
  const folder = options.data ?? temporaryFolder(stops);
  const nodes = options.node ?? [process.execPath];
  const few = await prepare("few", options.few, [10, 1000], { folder, options, stops });
  const many = await prepare("many", options.users, [10, 1000, MEMBERS], { folder, options, stops });
  const rows: (Row & { readonly node: string })[] = [];
  const measures: Measure[] = [];
  const others: (() => Promise<void>)[] = [];
  for (const node of nodes) {
    const release = releaseOf(node);
    const keep = async (starting: Promise<RunningServer>) => {
      const server = await starting;
      stops.push(() => server.stop());
      return server;
    };
    const muster = async ({ store, data }: Prepared): Promise<Target> => ({
      ...(await keep(startMuster(node, store, TOKEN))),
      ...{ token: TOKEN, data },
    });
    const targets = { few: await muster(few), many: await muster(many) };
    const organization = await inOrganization(targets.many);
    const own: Row[] = [
      { name: FLOOR, load: { ...(await keep(startYardstick(node, "constant"))), requests: readPage("/") } },
      ...(options.engine === "sqlite" ? [await twoReads(node, few, keep)] : []),
      ...rowsOf({ ...targets, organization }, placeNames(options)),
      ...(wants(options, "cursor") ? await cursorPages(targets.many) : []),
      ...(options.against === "stock" ? await stock(node, few, folder, keep) : []),
    ];
    rows.push(
      ...own
        .filter(({ name }) => name === FLOOR || wants(options, name))
        .map((row) => ({ ...row, node: release })),
    );
    const add = (figures: readonly Figure[]) => {
      measures.push(...figures.map((figure) => ({ ...figure, node: release })));
    };
    if (wants(options, "export") || wants(options, "live log")) {
      others.push(async () => {
        progress("exports, and the live log");
        for (const place of ["few", "many"] as const) {
          add(await benchStreams(targets[place], placeNames(options)[place]));
        }
      });
    }
    if (wants(options, "Bulk")) {
      others.push(async () => {
        add(await benchBulk(targets.many, options.rounds, progress));
      });
    }
  }
  const measured = await sample(rows, options);
  if (measured.some(({ rate }) => Number.isNaN(rate))) process.exitCode = 1;
  for (const other of others) await other();
  const { engine, users, few: fewUsers } = options;
  return { at: new Date().toISOString(), engine, users, few: fewUsers, rows: measured, measures };
}

function temporaryFolder(stops: Stops): string {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  stops.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

const wants = ({ rows }: Options, name: string) =>
  rows === undefined || rows.some((text) => name.toLowerCase().includes(text.toLowerCase()));

interface Prepared {
  readonly store: Store;
  readonly data: Dataset;
}

async function prepare(
  name: string,
  users: number,
  sizes: readonly number[],
  { folder, options, stops }: { folder: string; options: Options; stops: Stops },
): Promise<Prepared> {
  progress(`preparing ${users} users`);
  const dataDir = join(folder, name);
  const known = options.engine === "sqlite" ? filledBefore(dataDir, users) : undefined;
  if (known) return { store: { dataDir, databaseUrl: undefined }, data: known };
  if (existsSync(dataDir)) {
    throw new Error(
      `${dataDir} has other people, or another number of them; delete it, or name another folder`,
    );
  }
  mkdirSync(dataDir, { recursive: true });
  let databaseUrl: string | undefined;
  if (options.engine === "postgres") {
    const postgres = await startOwnPostgres({ isDurable: true });
    stops.push(() => postgres.stop());
    databaseUrl = postgres.databaseUrl;
  }
  const store = { dataDir, databaseUrl };
  const filled = await fill(store, users, [...new Set(sizes.map((size) => membersOf(size, users)))]);
  const groups = new Map(sizes.map((size) => [size, filled.groups.get(membersOf(size, users)) ?? ""]));
  const data = { ...filled, groups };
  if (!databaseUrl) remember(dataDir, data);
  return { store, data };
}

/** What an organization asks of its own people, with its own token. */
async function inOrganization(target: Target): Promise<Target> {
  const organization = { value: target.data.groups.get(MEMBERS) };
  const schemas = ["urn:muster:params:scim:schemas:core:2.0:AccessToken"];
  const answer = await fetch(`${target.url}/AccessTokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${target.token}`, "content-type": "application/scim+json" },
    body: JSON.stringify({ schemas, name: "bench", realm: "organization", organization }),
  });
  const { token } = (await answer.json()) as { token: string };
  return {
    ...target,
    token,
    data: {
      ...target.data,
      accountIds: target.data.accountIds.slice(0, membersOf(MEMBERS, target.data.accountIds.length)),
    },
  };
}

type Keep = (starting: Promise<RunningServer>) => Promise<RunningServer>;

async function twoReads(node: string, { store, data }: Prepared, keep: Keep): Promise<Row> {
  const { dataDir: MUSTER_DATA_DIR } = store;
  const server = await keep(startYardstick(node, "two-reads", "", { MUSTER_DATA_DIR }));
  return {
    name: "node:http reads token and User, GET by id",
    load: { ...server, token: TOKEN, requests: getUser(data) },
  };
}

async function cursorPages(target: Target): Promise<Row[]> {
  progress("walking all pages by cursor");
  const pages = await pagesByCursor(target, "sortBy=userName");
  return [
    { name: "page of 100 by cursor, the first", load: { ...target, requests: readPage(pages.first) } },
    { name: "page of 100 by cursor, the last", load: { ...target, requests: readPage(pages.last) } },
  ];
}

async function stock(node: string, { store, data }: Prepared, folder: string, keep: Keep): Promise<Row[]> {
  const DATA_DIR = mkdtempSync(join(folder, "stock-"));
  const environment = { DATA_DIR, USERS_FILE: sqliteFile(store.dataDir), TOKEN };
  const server = await keep(startYardstick(node, "stock", "/scim/v2", environment));
  const load = { ...server, token: TOKEN };
  // It works on long after a slow request was cut off: more of them would slow down the row that comes next.
  const one = { ...load, clients: 1 };
  return [
    { name: "stock server: GET by id", load: { ...load, requests: getUser(data) } },
    { name: "stock server: create", load: { ...load, requests: createUsers() } },
    {
      name: "stock server: PATCH one member of 1,000, one client",
      load: { ...one, requests: addAndRemoveMember(data, 1000, 1) },
    },
    { name: "stock server: userName eq, one client", load: { ...one, requests: matchByUserName(data) } },
    {
      name: "stock server: page of 100, one client",
      load: { ...one, requests: readPage("/Users?count=100") },
    },
  ];
}

/** One row after the other, round by round, so that a slow minute of the machine hits all alike. */
async function sample(
  rows: readonly (Row & { node: string })[],
  { rounds, seconds }: Options,
): Promise<RowResult[]> {
  const samples: Measurement[][] = rows.map(() => []);
  for (const { load } of rows) await measureOrTell(load, 1);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [number, { name, load, node }] of rows.entries()) {
      progress(`round ${round} of ${rounds}, row ${number + 1} of ${rows.length}: ${name} (${node})`);
      samples[number]?.push(await measureOrTell(load, seconds));
    }
  }
  return rows.map(({ name, node }, number) => {
    const of = (figure: keyof Measurement) => median((samples[number] ?? []).map((each) => each[figure]));
    return { name, node, rate: of("rate"), p99: of("p99"), cores: of("cores"), megabytes: of("megabytes") };
  });
}

/** A refused row has no figures, and the others go on. */
async function measureOrTell(load: Load, seconds: number): Promise<Measurement> {
  try {
    return await measure(load, seconds);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    progress(`refused: ${error.message}`);
    return NOTHING_MEASURED;
  }
}

function print(options: Options, results: Results): void {
  const { engine, rounds, seconds } = options;
  const names = placeNames(options);
  console.log(
    `\n${engine}, ${CLIENTS} clients on ${availableParallelism()} cores, medians of ${rounds} rounds of ${seconds} s`,
  );
  printRows(results);
  printGrowth(
    results,
    `Times as long among ${names.many} as among ${names.few}`,
    growthPairs(names, "few", "many"),
  );
  printGrowth(
    results,
    `Times as long in an ${names.organization} as among ${names.many}`,
    growthPairs(names, "many", "organization"),
  );
  const [first, last] = ["page of 100 by cursor, the first", "page of 100 by cursor, the last"];
  printGrowth(results, "Times as long as the first page", [[last, first, last]]);
  printMeasures(results.measures);
}
