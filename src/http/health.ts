import { Router } from "express";

/** `/healthz`: the process runs. `/readyz`: it can serve requests, that is, its database answers. */
export function health(ready: () => Promise<unknown>): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    try {
      await ready();
      response.json({ status: "ok" });
    } catch {
      response.status(503).json({ status: "unavailable" });
    }
  });
  return router;
}
