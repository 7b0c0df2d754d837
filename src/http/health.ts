import { Router } from "express";
import type { RunningRequests } from "./running-requests.js";

/**
 * `/healthz`: the process runs. `/readyz`: it can serve requests, that is, its database answers and it is not about
 * to stop.
 */
export function health(ready: () => Promise<unknown>, requests: RunningRequests): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    if (requests.isStopping) {
      response.status(503).json({ status: "stopping" });
      return;
    }
    try {
      await ready();
      response.json({ status: "ok" });
    } catch {
      response.status(503).json({ status: "unavailable" });
    }
  });
  return router;
}
