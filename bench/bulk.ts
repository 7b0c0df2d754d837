import { user } from "./data.js";
import { median, percentile } from "./results.js";
import type { Figure } from "./results.js";
import type { RunningServer } from "./servers.js";
import { residentMegabytes } from "./usage.js";

/** Measures Bulk requests: how the rate of operations holds with their number, and what others notice. */

const SIZES = [100, 1000, 10_000] as const;
const [, MIDDLE, LARGEST] = SIZES;
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

/** Is told what is measured next. */
export type Progress = (what: string) => void;

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

/** Measures how many operations of Bulk requests a second does, by what they do and how many there are. */
export async function benchBulk(target: Target, rounds: number, progress: Progress): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, workload] of WORKLOADS) {
    for (const size of SIZES) {
      progress(`Bulk: ${name}, ${size}`);
      const rates = [];
      for (let round = 1; round <= rounds; round += 1) rates.push(await rateOf(target, workload, size));
      figures.push({ name: `Bulk of ${size}: ${name}`, value: median(rates), unit: "operations/s" });
    }
  }
  return [...figures, await compareWithSingleRequests(target), ...(await watchOthers(target, progress))];
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

async function compareWithSingleRequests(target: Target): Promise<Figure> {
  const ids = await createUsers(target, 2 * MIDDLE);
  const remove = removalOf(await createGroup(target, ids));
  const { seconds: together } = await timed(target, ids.slice(0, MIDDLE).map(remove));
  const start = performance.now();
  for (const { method, path, data } of ids.slice(MIDDLE).map(remove)) await send(target, method, path, data);
  const apart = (performance.now() - start) / 1000;
  return {
    name: `Bulk of ${MIDDLE} removals, to one by one`,
    value: apart / together,
    unit: "times as fast",
  };
}

/** What somebody notices who reads and writes while a Bulk of the largest size is carried out. */
async function watchOthers(target: Target, progress: Progress): Promise<Figure[]> {
  const figures: Figure[] = [];
  const [own = ""] = await createUsers(target, 1);
  for (const [name, workload] of WORKLOADS) {
    progress(`others during a Bulk: ${name}`);
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
    const during = `during a Bulk of ${LARGEST}: ${name}`;
    figures.push(
      { name: `others read ${during}`, value: percentile(reads, 0.99), unit: "ms, p99" },
      { name: `others write ${during}`, value: percentile(writes, 0.99), unit: "ms, p99" },
      { name: `memory ${during}`, value: peak - before, unit: "MB more" },
    );
  }
  return figures;
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
