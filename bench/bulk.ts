import { readFileSync } from "node:fs";
import { user } from "./data.js";
import type { RunningServer } from "./servers.js";
import { median } from "./table.js";

/** Measures Bulk requests: how the rate of operations holds with their number, and what others notice. */

const SIZES = [100, 1000, 10_000] as const;
const [SMALLEST, MIDDLE, LARGEST] = SIZES;
/** Operations of each measurement, so that short requests are measured as long as long ones are. */
const PER_SAMPLE = LARGEST;

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

interface Operation {
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly bulkId?: string;
  readonly data?: unknown;
}

interface Result {
  readonly status: string;
  readonly location?: string;
}

/** A server, and the token to ask it with. */
export type Target = Pick<RunningServer, "url" | "pid"> & { readonly token: string };

let numbered = 0;
const creation = (): Operation => ({
  method: "POST",
  path: "/Users",
  bulkId: `b${(numbered += 1)}`,
  data: user(`-bulk-${Date.now()}-${numbered}`),
});
const removalOf =
  (group: string) =>
  (id: string): Operation => ({
    method: "PATCH",
    path: `/Groups/${group}`,
    data: { schemas: [PATCH], Operations: [{ op: "remove", path: `members[value eq "${id}"]` }] },
  });
const deletion = (id: string): Operation => ({ method: "DELETE", path: `/Users/${id}` });
const retitling = (id: string): Operation => ({
  method: "PATCH",
  path: `/Users/${id}`,
  data: { schemas: [PATCH], Operations: [{ op: "replace", path: "title", value: `Title ${numbered}` }] },
});
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

/** Makes as many operations as it is asked for, which can be sent once. */
type Workload = (target: Target, count: number) => Promise<Operation[]>;

const WORKLOADS = new Map<string, Workload>([
  ["create users", (_target, count) => Promise.resolve(many(count, creation))],
  ["delete users", async (target, count) => (await createUsers(target, count)).map(deletion)],
  [
    "remove members, one each",
    async (target, count) => {
      const ids = await createUsers(target, count);
      return ids.map(removalOf(await createGroup(target, ids)));
    },
  ],
  [
    "mixed: create, change, remove, delete",
    async (target, count) => {
      const ids = await createUsers(target, Math.ceil(count / 4));
      const remove = removalOf(await createGroup(target, ids));
      return ids.flatMap((id) => [creation(), retitling(id), remove(id), deletion(id)]).slice(0, count);
    },
  ],
]);

/** Prints how many operations of Bulk requests a second does, by what they do and how many there are. */
export async function benchBulk(target: Target, rounds: number): Promise<void> {
  console.log("\nOperations per second in Bulk requests\n");
  console.log(`| ${"workload".padEnd(38)} | ${SIZES.join(" | ")} | ${LARGEST} to ${SMALLEST} |`);
  console.log(`| ${"-".repeat(38)} | --: | --: | --: | --: |`);
  for (const [name, workload] of WORKLOADS) {
    const samples = new Map(SIZES.map((size) => [size, [] as number[]]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const size of SIZES) samples.get(size)?.push(await rateOf(target, workload, size));
    }
    const rates = SIZES.map((size) => median(samples.get(size) ?? []));
    const ratio = (rates.at(-1) ?? Number.NaN) / (rates[0] ?? Number.NaN);
    const cells = [...rates.map((rate) => rate.toFixed(0)), ratio.toFixed(2)];
    console.log(`| ${name.padEnd(38)} | ${cells.join(" | ")} |`);
  }
  console.log();
  await compareWithSingleRequests(target);
  await watchOthers(target);
}

async function rateOf(target: Target, workload: Workload, size: number): Promise<number> {
  let seconds = 0;
  // A tenth of it for the short ones: preparing takes longer than measuring.
  const times = Math.max(1, Math.round(PER_SAMPLE / size / 10));
  for (let time = 0; time < times; time += 1) {
    seconds += (await timed(target, await workload(target, size))).seconds;
  }
  return (size * times) / seconds;
}

async function compareWithSingleRequests(target: Target): Promise<void> {
  const ids = await createUsers(target, 2 * MIDDLE);
  const remove = removalOf(await createGroup(target, ids));
  const { seconds: together } = await timed(target, ids.slice(0, MIDDLE).map(remove));
  const start = performance.now();
  for (const { method, path, data } of ids.slice(MIDDLE).map(remove)) await send(target, method, path, data);
  const apart = (performance.now() - start) / 1000;
  const times = (apart / together).toFixed(1);
  console.log(`${MIDDLE} removals of one member each, in one Bulk: ${times} times as fast as one by one`);
}

/** What somebody notices who reads and writes while a Bulk of the largest size is carried out. */
async function watchOthers(target: Target): Promise<void> {
  const [own = ""] = await createUsers(target, 1);
  for (const [name, workload] of WORKLOADS) {
    const operations = await workload(target, LARGEST);
    const before = residentMegabytes(target.pid);
    let isRunning = true;
    let peak = before;
    const bulk = timed(target, operations).finally(() => (isRunning = false));
    const [reads, writes]: [number[], number[]] = [[], []];
    const watch = async (latencies: number[], probe: () => Promise<unknown>) => {
      while (isRunning) {
        const start = performance.now();
        await probe();
        latencies.push(performance.now() - start);
        peak = Math.max(peak, residentMegabytes(target.pid));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    };
    const change = retitling(own);
    await Promise.all([
      bulk,
      watch(reads, () => send(target, "GET", `/Users/${own}`)),
      watch(writes, () => send(target, change.method, change.path, change.data)),
    ]);
    const said = [
      `${name}, ${LARGEST}:`,
      `others read in ${percentile(reads, 0.99)} ms (p99 of ${reads.length}, at most ${percentile(reads, 1)})`,
      `and write in ${percentile(writes, 0.99)} ms (p99 of ${writes.length}, at most ${percentile(writes, 1)});`,
      `memory grows by ${(peak - before).toFixed(0)} MB to ${peak.toFixed(0)} MB`,
    ];
    console.log(said.join(" "));
  }
}

const percentile = (values: readonly number[], share: number) =>
  ([...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN).toFixed(0);

/** Resident memory of a process as Linux tells it; NaN elsewhere. */
function residentMegabytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

async function createUsers(target: Target, count: number): Promise<string[]> {
  const { results } = await timed(target, many(count, creation));
  return results.map(({ location }) => location?.split("/").at(-1) ?? "");
}

async function createGroup(target: Target, ids: readonly string[]): Promise<string> {
  const members = ids.map((value) => ({ value, type: "User" }));
  const data = { schemas: [GROUP], displayName: `Bulk ${Date.now()} ${(numbered += 1)}`, members };
  return ((await send(target, "POST", "/Groups", data)) as { id: string }).id;
}

/** @throws Error when any operation fails */
async function timed(
  target: Target,
  operations: readonly Operation[],
): Promise<{ seconds: number; results: Result[] }> {
  const start = performance.now();
  const answer = await send(target, "POST", "/Bulk", { schemas: [BULK], Operations: operations });
  const seconds = (performance.now() - start) / 1000;
  const { Operations: results } = answer as { Operations: Result[] };
  const failed = results.find(({ status }) => Number(status) >= 300);
  if (failed) throw new Error(`An operation of a Bulk failed: ${JSON.stringify(failed)}`);
  return { seconds, results };
}

/** @throws Error for an answer that is no success */
async function send({ url, token }: Target, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
  return text === "" ? undefined : JSON.parse(text);
}
