import type { BulkOperation, BulkResult, ScimClient } from "../scim/client.ts";
import { ConnectionError, ScimError } from "../scim/errors.ts";
import { portionsOf } from "../scim/portions.ts";
import type { BulkLimits } from "../scim/portions.ts";

/** One of the many that an act is done to: one operation. */
export interface ActItem {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** What tells it from others of that name, such as the user name. */
  readonly detail: string;
  readonly operation: BulkOperation;
}

export interface ActResult {
  readonly item: ActItem;
  readonly outcome: "done" | "failed" | "not tried";
  /** Why it failed, in words. */
  readonly reason?: string;
}

/** Watches an act as it runs. */
export interface ActWatcher {
  readonly signal: AbortSignal;
  readonly onResults: (results: readonly ActResult[]) => void;
  /** @param until the time when it goes on; undefined: it goes on */
  readonly onWait: (until: number | undefined) => void;
}

/** How often something that may pass is tried at most. */
const TRIES = 4;

/** How long to wait when nobody says, in milliseconds; twice as long each time. */
const PAUSE = 2000;

/** What may pass by itself: the server is busy, or stops. */
const PASSING = [429, 503];

/**
 * Does something to many, portion by portion, each as large as the server takes. Waits when the server asks for it. What
 * keeps a whole portion from being done keeps the others, too, and is the reason of all.
 */
export async function run(
  scim: ScimClient,
  items: readonly ActItem[],
  limits: BulkLimits,
  watcher: ActWatcher,
): Promise<void> {
  const { signal, onResults } = watcher;
  const isStopped = () => signal.aborted;
  const portions = portionsOf(items, limits);
  for (const [index, portion] of portions.entries()) {
    try {
      signal.throwIfAborted();
      onResults(await runPortion(scim, portion, watcher));
    } catch (error) {
      const rest = portions.slice(index).flat();
      const reason = (error as Error).message;
      onResults(
        rest.map((item) =>
          isStopped() ? { item, outcome: "not tried" } : { item, outcome: "failed", reason },
        ),
      );
      return;
    }
  }
}

/** @throws what keeps the portion from being done as a whole */
async function runPortion(
  scim: ScimClient,
  portion: readonly ActItem[],
  watcher: ActWatcher,
): Promise<readonly ActResult[]> {
  const results = new Map<string, ActResult>();
  let open = portion;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    let answers: readonly BulkResult[];
    try {
      answers = await scim.bulk(open.map(({ operation }) => operation));
    } catch (error) {
      if (attempt >= TRIES || !mayPass(error, open)) throw error;
      await wait(error instanceof ScimError ? error.retryAfter : undefined, attempt, watcher);
      continue;
    }
    const again: ActItem[] = [];
    open.forEach((item, index) => {
      const answer = answers[index];
      // The server stopped before it came to this one.
      if (answer?.status === "503" && attempt < TRIES) again.push(item);
      else results.set(item.id, resultOf(item, answer));
    });
    open = again;
    if (open.length > 0) await wait(undefined, attempt, watcher);
  }
  return portion.flatMap(({ id }) => results.get(id) ?? []);
}

function resultOf(item: ActItem, answer: BulkResult | undefined): ActResult {
  const status = Number(answer?.status);
  // What is not there any more is deleted already.
  const isDone = (status >= 200 && status < 300) || (status === 404 && item.operation.method === "DELETE");
  if (isDone) return { item, outcome: "done" };
  return { item, outcome: "failed", reason: answer?.response?.detail ?? "The server did not say why." };
}

/** Whether it makes sense to try again; what creates something is not sent twice, since it may have been done. */
const mayPass = (error: unknown, items: readonly ActItem[]) =>
  error instanceof ConnectionError
    ? items.every(({ operation }) => operation.method !== "POST")
    : error instanceof ScimError && PASSING.includes(error.status);

/** @throws DOMException when the act is stopped meanwhile */
async function wait(
  seconds: number | undefined,
  attempt: number,
  { signal, onWait }: ActWatcher,
): Promise<void> {
  const milliseconds = seconds === undefined ? PAUSE * 2 ** (attempt - 1) : seconds * 1000;
  onWait(Date.now() + milliseconds);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(new DOMException("Stopped", "AbortError"));
      });
    });
  } finally {
    onWait(undefined);
  }
}
