import { percentile } from "./results.js";
import type { Figure } from "./results.js";
import type { Target } from "./rows.js";
import { residentMegabytes } from "./usage.js";

/** How many follow the log at the same time: as many as one credential may. */
const FOLLOWERS = 5;
const EVENTS = 200;

/** Measures exports and the live audit log, which are streams. @param place what the people are called */
export async function benchStreams(target: Target, place: string): Promise<Figure[]> {
  const figures = [
    ...(await exported(target, "text/csv", "CSV")),
    ...(await exported(target, "application/x-ndjson", "NDJSON")),
    ...(await followed(target)),
  ];
  return figures.map((figure) => ({ ...figure, name: `${figure.name}, ${place}` }));
}

/** An export of all people, and what others notice of it. */
async function exported({ url, token, pid, data }: Target, type: string, name: string): Promise<Figure[]> {
  const authorization = `Bearer ${token}`;
  const before = residentMegabytes(pid);
  let peak = before;
  let isRunning = true;
  const reads: number[] = [];
  const read = async () => {
    while (isRunning) {
      const began = performance.now();
      await (await fetch(`${url}/Users/${data.accountIds[0] ?? ""}`, { headers: { authorization } })).text();
      reads.push(performance.now() - began);
      peak = Math.max(peak, residentMegabytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const reading = read();
  const began = performance.now();
  const answer = await fetch(`${url}/Users`, { headers: { authorization, accept: type } });
  let lines = 0;
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  const seconds = (performance.now() - began) / 1000;
  isRunning = false;
  await reading;
  return [
    { name: `export as ${name}`, value: lines / seconds, unit: "Users/s" },
    { name: `others read during the export as ${name}`, value: percentile(reads, 0.99), unit: "ms, p99" },
    { name: `memory during the export as ${name}`, value: peak - before, unit: "MB more" },
  ];
}

/** How late events reach those who follow the audit log, while somebody writes. */
async function followed({ url, token, data }: Target): Promise<Figure[]> {
  const authorization = `Bearer ${token}`;
  const ending = new AbortController();
  const sent = new Map<string, number>();
  const delays: number[] = [];
  const follow = async () => {
    const headers = { authorization, accept: "text/event-stream" };
    const { body } = await fetch(`${url}/AuditEvents`, { headers, signal: ending.signal });
    const decoder = new TextDecoder();
    const read = async () => {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        const now = performance.now();
        for (const [, id = ""] of decoder
          .decode(chunk)
          .matchAll(/"target":\{"type":"User","value":"([\w-]+)"/g)) {
          const at = sent.get(id);
          if (at !== undefined) delays.push(now - at);
        }
      }
    };
    return read().catch(() => undefined);
  };
  const following = Array.from({ length: FOLLOWERS }, follow);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const [number, id] of data.accountIds.slice(0, EVENTS).entries()) {
    const operation = { op: "replace", path: "title", value: `Followed ${Date.now()} ${number}` };
    sent.set(id, performance.now());
    await fetch(`${url}/Users/${id}`, {
      method: "PATCH",
      headers: { authorization, "content-type": "application/scim+json" },
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [operation],
      }),
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 3000));
  ending.abort();
  await Promise.all(following);
  const name = `live log, ${FOLLOWERS} followers`;
  return [
    { name: `${name}: events that came`, value: delays.length / (EVENTS * FOLLOWERS), unit: "of those sent" },
    { name: `${name}: delay`, value: percentile(delays, 0.5), unit: "ms, median" },
    { name: `${name}: delay, the slowest`, value: percentile(delays, 0.99), unit: "ms, p99" },
  ];
}
