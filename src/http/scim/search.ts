import { Router } from "express";
import type { Request, RequestHandler } from "express";
import type { ScimAnswer } from "../../scim/answers/answer.js";
import type { ScimContext } from "../../scim/context.js";
import { listAll } from "../../scim/directory.js";
import type { ResourceType } from "../../scim/resources/resource.js";
import { readSearchRequest } from "../../scim/requests/search-request.js";

/**
 * Lists over all resource types, by GET of the base and by POST (RFC 7644 sections 3.4.2.1 and 3.4.3), and
 * search by POST for each type: lists whose parameters are in the body.
 */
export function search(types: readonly ResourceType[], context: (request: Request) => ScimContext): Router {
  const answering =
    (list: (given: ScimContext, request: Request) => Promise<ScimAnswer>): RequestHandler =>
    async (request, response) => {
      response.send(await list(context(request), request));
    };
  const router = Router();
  router.get(
    "/",
    answering((given, { query }) => listAll(given, query)),
  );
  router.post(
    "/.search",
    answering((given, { body }) => listAll(given, readSearchRequest(body))),
  );
  for (const Type of types) {
    router.post(
      `${Type.endpoint}/.search`,
      answering((given, { body }) => new Type(undefined, readSearchRequest(body)).read(given)),
    );
  }
  return router;
}
