import type { Request, RequestHandler } from "express";
import type { ScimContext } from "../../scim/context.js";
import type { ResourceType } from "../../scim/resources/resource.js";
import { decodedId } from "./decoded-id.js";

/**
 * Answers all requests to resources and collections by one look at the path. Nested routers
 * cost more than everything else that a GET takes: V8 never gets done compiling them.
 */
export function resources(
  types: readonly ResourceType[],
  context: (request: Request) => ScimContext,
): RequestHandler {
  const byEndpoint = new Map(types.map((Type) => [Type.endpoint.slice(1), Type]));
  return (request, response, next) => {
    const [, endpoint = "", id = "", ...more] = request.path.split("/");
    const Type = byEndpoint.get(endpoint);
    if (!Type || more.some((part) => part !== "")) {
      next();
      return;
    }
    answer(Type, id === "" ? undefined : decodedId(id), request, context(request)).then(
      (answered) => response.send(answered),
      next,
    );
  };
}

/** What the routes have let through: a method that the path takes. */
function answer(
  Type: ResourceType,
  id: string | undefined,
  { method, query, body }: Request,
  context: ScimContext,
): Promise<unknown> {
  const resource = new Type(id, query);
  switch (method) {
    case "POST":
    case "PUT":
      return resource.write(body, context);
    case "PATCH":
      return resource.patch(body, context);
    case "DELETE":
      return resource.dispose(context);
    default:
      return resource.read(context);
  }
}
