import { Router } from "express";
import type { Request } from "express";
import { bulkAnswer } from "../scim/bulk/processor.js";
import type { ScimContext } from "../scim/context.js";
import type { ResourceType } from "../scim/resources/resource.js";

/** How much goes into one Bulk request. */
export interface BulkLimits {
  readonly maxOperations: number;
  /** In bytes. */
  readonly maxPayloadSize: number;
}

/** `POST /Bulk` (RFC 7644 section 3.7). */
export function bulk(
  types: readonly ResourceType[],
  context: (request: Request) => ScimContext,
  { maxOperations }: BulkLimits,
): Router {
  const router = Router();
  router.post("/Bulk", async (request, response) => {
    response.send(await bulkAnswer(context(request), types, request.body, maxOperations));
  });
  return router;
}
