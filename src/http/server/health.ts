import { Router } from "express";
import { setTimeout as sleep } from "node:timers/promises";
import type { Readiness } from "../../domain/server/server-state.js";
import type { RunningRequests } from "./running-requests.js";

/** How long the database may take to answer, in milliseconds: a load balancer waits for 2 s. */
const PATIENCE_MS = 1500;

/** How long an answer holds, in milliseconds, so that asking often costs nothing. */
const FRESH_MS = 500;

/**
 * `/healthz`: the process runs. `/readyz`: it can serve requests, that is, its database answers and takes writes,
 * and it is not about to stop; that is answered within 2 s, whatever the database does.
 */
export function health(readiness: () => Promise<Readiness>): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    const status = await readiness();
    response.status(status === "ok" ? 200 : 503).json({ status });
  });
  return router;
}

/**
 * Looks whether this process can serve requests.
 *
 * @param ready resolves when the database answers and takes writes
 */
export function readinessOf(
  ready: () => Promise<unknown>,
  requests: RunningRequests,
): () => Promise<Readiness> {
  const isReady = kept(() => withinPatience(ready));
  return async () => {
    if (requests.isStopping) return "stopping";
    return (await isReady()) ? "ok" : "unavailable";
  };
}

/** One look at a time, whose result holds for a while. */
function kept(look: () => Promise<boolean>): () => Promise<boolean> {
  let last: { readonly result: Promise<boolean>; until: number } | undefined;
  return () => {
    if (!last || performance.now() > last.until) {
      const next = { result: look(), until: Infinity };
      void next.result.finally(() => (next.until = performance.now() + FRESH_MS));
      last = next;
    }
    return last.result;
  };
}

async function withinPatience(ready: () => Promise<unknown>): Promise<boolean> {
  const checked = ready().then(
    () => true,
    () => false,
  );
  const patience = new AbortController();
  try {
    return await Promise.race([
      checked,
      sleep(PATIENCE_MS, false, { signal: patience.signal }).catch(() => false),
    ]);
  } finally {
    patience.abort();
  }
}
