import type { RequestHandler } from "express";
import { ScimError } from "../../scim/errors.js";
import type { ResourceType } from "../../scim/resources/resource.js";

/** The methods that a path takes, by the path's form. */
type Route = readonly [pattern: RegExp, methods: readonly string[]];

/**
 * Refuses paths that there are not (404) and methods that a path does not take (405 with `Allow`), before
 * anything is read of the request.
 */
export function routes(types: readonly ResourceType[]): RequestHandler {
  const below = (some: readonly ResourceType[]) => some.map(({ endpoint }) => endpoint.slice(1)).join("|");
  const endpoints = below(types);
  const readOnly = below(types.filter(({ isWritable }) => !isWritable));
  const table: readonly Route[] = [
    [/^\/$/, ["GET", "HEAD"]],
    [/^\/\.search\/?$/, ["POST"]],
    [/^\/Bulk\/?$/, ["POST"]],
    [new RegExp(`^/(${readOnly})/?$`), ["GET", "HEAD"]],
    [new RegExp(`^/(${readOnly})/(?!\\.search)[^/]+/?$`), ["GET", "HEAD"]],
    [new RegExp(`^/(${endpoints})/?$`), ["GET", "HEAD", "POST"]],
    [new RegExp(`^/(${endpoints})/\\.search/?$`), ["POST"]],
    [new RegExp(`^/(${endpoints})/[^/]+/?$`), ["GET", "HEAD", "PUT", "PATCH", "DELETE"]],
    [/^\/AccessTokens\/[^/]+\/(rotate|keep)\/?$/, ["POST"]],
    [/^\/Invitations\/[^/]+\/resend\/?$/, ["POST"]],
    [/^\/ServiceProviderConfig\/?$/, ["GET", "HEAD"]],
    [/^\/(ResourceTypes|Schemas)(\/[^/]+)?\/?$/, ["GET", "HEAD"]],
  ];
  return (request, _response, next) => {
    const methods = table.find(([pattern]) => pattern.test(request.path))?.[1];
    if (!methods) next(new ScimError(404, undefined, `There is no endpoint '${request.path}'`));
    else if (!methods.includes(request.method)) next(methodNotAllowed(request.method, methods));
    else next();
  };
}

function methodNotAllowed(method: string, methods: readonly string[]): ScimError {
  const allowed = methods.join(", ");
  return new ScimError(405, undefined, `${method} is not possible here; use ${allowed}`, { Allow: allowed });
}
