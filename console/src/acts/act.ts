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
  /** Not known: it was sent, and no answer came. */
  readonly outcome: "done" | "failed" | "not known" | "not tried";
  /** Why, in words; what was not tried without one was stopped. */
  readonly reason?: string;
}

/** Watches an act as it runs. */
export interface ActWatcher {
  readonly signal: AbortSignal;
  /** Called with each answer as it comes, and in the end with what is left. */
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

const UNKNOWN = "It is not known whether this was done.";

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
  const open = new Set(items);
  // Sent, at least once, without an answer.
  const unanswered = new Set<ActItem>();
  const send = (portion: readonly ActItem[]) =>
    scim.bulk(portion.map(({ operation }) => operation)).catch((error: unknown) => {
      if (error instanceof ConnectionError) for (const item of portion) unanswered.add(item);
      throw error;
    });
  const onResults = (results: readonly ActResult[]) => {
    for (const { item } of results) open.delete(item);
    watcher.onResults(results);
  };
  try {
    for (const portion of portionsOf(items, limits)) {
      watcher.signal.throwIfAborted();
      await runPortion(send, portion, { ...watcher, onResults });
    }
  } catch (error) {
    watcher.onResults(
      [...open].map((item) =>
        unanswered.has(item)
          ? { item, outcome: "not known", reason: UNKNOWN }
          : { item, ...reasonOfAll(error, watcher.signal) },
      ),
    );
  }
}

/** What became of those that were not sent, or were refused as a whole. */
function reasonOfAll(error: unknown, { aborted }: AbortSignal): Omit<ActResult, "item"> {
  if (aborted) return { outcome: "not tried" };
  const reason = (error as Error).message;
  return { outcome: error instanceof ConnectionError ? "not tried" : "failed", reason };
}

/** @throws what keeps the rest of the portion from being done */
async function runPortion(
  send: (portion: readonly ActItem[]) => Promise<readonly BulkResult[]>,
  portion: readonly ActItem[],
  watcher: ActWatcher,
): Promise<void> {
  let open = portion;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const sent = open;
    let answers: readonly BulkResult[];
    try {
      answers = await send(sent);
    } catch (error) {
      if (attempt >= TRIES || !mayPass(error, sent)) throw error;
      await wait(error instanceof ScimError ? error.retryAfter : undefined, attempt, watcher);
      continue;
    }
    // The server stopped before it came to these.
    const isLeft = (index: number) => answers[index]?.status === "503" && attempt < TRIES;
    open = sent.filter((_, index) => isLeft(index));
    watcher.onResults(sent.flatMap((item, index) => (isLeft(index) ? [] : [resultOf(item, answers[index])])));
    if (open.length > 0) await wait(undefined, attempt, watcher);
  }
}

function resultOf(item: ActItem, answer: BulkResult | undefined): ActResult {
  if (!answer) return { item, outcome: "not known", reason: UNKNOWN };
  const status = Number(answer.status);
  // What is not there any more is deleted already.
  const isDone = (status >= 200 && status < 300) || (status === 404 && item.operation.method === "DELETE");
  if (isDone) return { item, outcome: "done" };
  return { item, outcome: "failed", reason: answer.response?.detail ?? "The server did not say why." };
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
  signal.throwIfAborted();
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
