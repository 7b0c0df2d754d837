import { Router } from "express";
import type { Request, Response } from "express";
import { failure } from "../scim/answer.js";
import type { ScimContext } from "../scim/context.js";
import type { ResourceType } from "../scim/resources/resource.js";
import { readSearchRequest } from "../scim/search.js";

/** Search by POST (RFC 7644 section 3.4.3), for each resource type: a list whose parameters are in the body. */
export function search(types: readonly ResourceType[], context: (request: Request) => ScimContext): Router {
  const router = Router();
  for (const Type of types) {
    router.post(`${Type.endpoint}/.search`, async (request: Request, response: Response) => {
      const given = context(request);
      try {
        response.send(await new Type(readSearchRequest(request.body) as never).read(given));
      } catch (error) {
        response.send(failure(error, given.onFault));
      }
    });
  }
  return router;
}
