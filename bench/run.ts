import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { benchBulk } from "./bulk.js";
import { fill } from "./data.js";
import type { Dataset } from "./data.js";
import { CLIENTS, measure } from "./load.js";
import type { Load } from "./load.js";
import { startFloor, startMuster } from "./servers.js";
import { median, printGrowth, printRates } from "./table.js";
import type { Samples } from "./table.js";
import {
  addAndRemoveMember,
  createUsers,
  getUser,
  matchByDepartment,
  matchByEmail,
  matchByUserName,
  pagesByCursor,
  readPage,
} from "./workloads.js";

/**
 * Measures the server on the embedded database, beside a bare Express route in the same run. Absolute
 * figures are this machine's, in this minute; the ratios are what counts.
 */

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const TOKEN = "bench-token-of-the-whole-provider";
const SMALL = { users: 100, groups: [10] };
const LARGE = { users: Number(process.env.BENCH_USERS ?? 200_000), groups: [10, 1000, 100_000] };
/** The largest organization, whose own token asks what the provider's asks among all. */
const MEMBERS = Math.min(LARGE.users, 100_000);
const members = MEMBERS.toLocaleString("en");
const many = LARGE.users.toLocaleString("en");

const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";

/** What an administrator's search field sends. */
function searchOf(part: string): string {
  const names = ["userName", "displayName", "name.familyName", "emails.value"];
  return names.map((name) => `${name} co "${part}"`).join(" or ");
}

/** What an administrator's screen asks, among few and among many. */
const ASKED: readonly (readonly [name: string, path: string])[] = [
  ["counts", "/Counts"],
  ["counts of active people", `/Counts?filter=${encodeURIComponent("active eq true")}`],
  ["100 people with who added them", `/Users?count=100&attributes=userName,${MEMBERSHIP}:memberships`],
  [
    "100 people, the last active first",
    `/Users?count=100&sortBy=${MEMBERSHIP}:lastActiveAt&sortOrder=descending`,
  ],
  ["1,000 ids by cursor", "/Users?count=1000&cursor=&attributes=id"],
  [
    "invitations by what became of mail",
    `/Invitations?filter=${encodeURIComponent('emails.mailStatus eq "failed"')}`,
  ],
  ["search by a part that few have", `/Users?filter=${encodeURIComponent(searchOf("ser77@"))}`],
  [
    "search by a part that all have, 100 people",
    `/Users?count=100&filter=${encodeURIComponent(searchOf("example.com"))}`,
  ],
  ["the latest 100 audit events", "/AuditEvents?count=100&sortBy=timestamp&sortOrder=descending"],
];

/** What an organization asks, and the workload of the provider that asks the same. */
const SAME_IN_ORGANIZATION: readonly (readonly [name: string, ofProvider: string])[] = [
  ["get a user by id", "get a user by id"],
  [`userName eq "..."`, `userName eq "...", ${many} users`],
  [`emails[type eq "work"].value eq "..."`, `emails[type eq "work"].value eq "..."`],
  ["50 active people of one department", "50 active people of one department"],
  ["page of 100 users", "page of 100 users"],
  ["page of 100 in the order of family names", "page of 100 in the order of family names"],
  ...ASKED.map(([name]) => [name, name] as const),
];

const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
const stops: (() => Promise<void>)[] = [];
try {
  const small = await prepare("small", SMALL);
  const large = await prepare("large", LARGE);
  const floor = await startFloor();
  stops.push(() => floor.stop());
  const nothing: Load = { url: floor.url, requests: () => [{ method: "GET", path: "/" }] };
  console.log("Walking all pages by cursor ...");
  const pages = await pagesByCursor(large.target, "sortBy=userName");
  const loads = new Map<string, Load>([
    ["floor: Express sends a constant", nothing],
    ["create a user", { ...small.target, requests: createUsers() }],
    ["get a user by id", { ...large.target, requests: getUser(large.data) }],
    [`userName eq "...", 100 users`, { ...small.target, requests: matchByUserName(SMALL.users) }],
    [`userName eq "...", ${many} users`, { ...large.target, requests: matchByUserName(LARGE.users) }],
    [`emails[type eq "work"].value eq "..."`, { ...large.target, requests: matchByEmail(LARGE.users) }],
    ["50 active people of one department", { ...large.target, requests: matchByDepartment() }],
    ["page of 100 users", { ...large.target, requests: readPage("/Users?count=100") }],
    [
      "page of 100 in the order of family names",
      { ...large.target, requests: readPage("/Users?count=100&sortBy=name.familyName") },
    ],
    ["page of 100 by cursor, the first", { ...large.target, requests: readPage(pages.first) }],
    ["page of 100 by cursor, the last", { ...large.target, requests: readPage(pages.last) }],
    ...ASKED.flatMap(([name, path]): [string, Load][] => [
      [`${name}, 100 users`, { ...small.target, requests: readPage(path) }],
      [name, { ...large.target, requests: readPage(path) }],
    ]),
    ...(await inOrganization(large)),
    ["add or remove 1 member, group of 10", memberChanges(large, 10)],
    ["add or remove 1 member, group of 1,000", memberChanges(large, 1000)],
    ["add or remove 1 member, group of 100,000", memberChanges(large, 100_000)],
  ]);
  const samples = await sample(loads);
  console.log(
    `\n${CLIENTS} clients on ${availableParallelism()} cores, medians of ${ROUNDS} rounds of ${SECONDS} s\n`,
  );
  printRates(samples, "floor: Express sends a constant");
  console.log();
  printGrowth(samples, "add or remove 1 member, group of 10", "add or remove 1 member, group of 100,000");
  for (const [name, ofProvider] of SAME_IN_ORGANIZATION) {
    printGrowth(samples, ofProvider, `in an organization of ${members}: ${name}`);
  }
  for (const [name] of ASKED) printGrowth(samples, `${name}, 100 users`, name);
  printGrowth(samples, "page of 100 by cursor, the first", "page of 100 by cursor, the last");
  printGrowth(samples, `userName eq "...", 100 users`, `userName eq "...", ${many} users`);
  await benchBulk(large.target, ROUNDS);
} finally {
  for (const stop of stops) await stop();
  await rm(folder, { recursive: true, force: true });
}

interface Prepared {
  readonly data: Dataset;
  readonly target: { readonly url: string; readonly pid: number; readonly token: string };
}

async function prepare(name: string, size: { users: number; groups: number[] }): Promise<Prepared> {
  console.log(`Preparing ${size.users} users ...`);
  const dataDir = join(folder, name);
  const data = await fill(dataDir, size.users, size.groups);
  const server = await startMuster(dataDir, TOKEN);
  stops.push(() => server.stop());
  return { data, target: { url: server.url, pid: server.pid, token: TOKEN } };
}

/** What an organization asks of its own people, with its own token. */
async function inOrganization({ data, target }: Prepared): Promise<[string, Load][]> {
  const organization = { value: data.groups.get(100_000) };
  const schemas = ["urn:muster:params:scim:schemas:core:2.0:AccessToken"];
  const answer = await fetch(`${target.url}/AccessTokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${target.token}`, "content-type": "application/scim+json" },
    body: JSON.stringify({ schemas, name: "bench", realm: "organization", organization }),
  });
  const { token } = (await answer.json()) as { token: string };
  const people = { ...data, accountIds: data.accountIds.slice(0, MEMBERS) };
  const requests = [
    getUser(people),
    matchByUserName(MEMBERS),
    matchByEmail(MEMBERS),
    matchByDepartment(),
    readPage("/Users?count=100"),
    readPage("/Users?count=100&sortBy=name.familyName"),
    ...ASKED.map(([, path]) => readPage(path)),
  ];
  return SAME_IN_ORGANIZATION.map(([name], index) => [
    `in an organization of ${members}: ${name}`,
    { ...target, token, requests: requests[index] ?? getUser(people) },
  ]);
}

function memberChanges({ data, target }: Prepared, size: number): Load {
  return { ...target, requests: addAndRemoveMember(data, size) };
}

/** One workload after the other, round by round, so that a slow minute of the machine hits all alike. */
async function sample(loads: ReadonlyMap<string, Load>): Promise<Samples> {
  const samples = new Map(
    [...loads.keys()].map((name) => [name, { rates: [] as number[], p99s: [] as number[] }]),
  );
  for (const load of loads.values()) await measure(load, 1);
  for (let round = 1; round <= ROUNDS; round += 1) {
    console.log(`Round ${round} of ${ROUNDS} ...`);
    for (const [name, load] of loads) {
      const { rate, p99 } = await measure(load, SECONDS);
      samples.get(name)?.rates.push(rate);
      samples.get(name)?.p99s.push(p99);
    }
  }
  return new Map(
    [...samples].map(([name, { rates, p99s }]) => [name, { rate: median(rates), p99: median(p99s) }]),
  );
}
