import type { RequestHandler } from "express";
import { ScimError } from "../../scim/errors.js";

const DISCOVERY = /^\/(ServiceProviderConfig|ResourceTypes|Schemas)(\/|$)/;

/**
 * Answers about the server itself are the same whatever the query (RFC 7644 section 4): its parameters are
 * not looked at, except that a filter, which would promise something else, is refused.
 *
 * The error is 403 for a filter.
 */
export const discovery: RequestHandler = (request, _response, next) => {
  if (!DISCOVERY.test(request.path)) {
    next();
    return;
  }
  const isFiltered = request.query.filter !== undefined;
  request.url = request.path;
  next(isFiltered ? new ScimError(403, undefined, `${request.path} cannot be filtered`) : undefined);
};
