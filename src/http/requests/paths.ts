import type { Request, RequestHandler } from "express";
import { canonicalPaths } from "../../scim/requests/place.js";
import type { ResourceType } from "../../scim/resources/resource-type.js";

/**
 * Gives requests below the SCIM base the canonical form of their path, so that everything after it, authentication
 * included, decides by one form.
 */
export function paths(types: readonly ResourceType[]): RequestHandler {
  const canonical = canonicalPaths(types);
  return (request, _response, next) => {
    setPath(request, canonical(request.path));
    next();
  };
}

/**
 * Takes several slashes in or before the SCIM base for one: a host name that ends with a slash makes clients send
 * `//scim/v2/Users`. Other paths stay as they are, since they may be those of a host that Muster is mounted in.
 */
export function slashesBefore(base: string): RequestHandler {
  const doubled = new RegExp(`^${base.replaceAll("/", "/+")}(?=/|$)`, "i");
  return (request, _response, next) => {
    if (request.path.includes("//")) {
      setPath(request, request.path.replace(doubled, base));
    }
    next();
  };
}

function setPath(request: Request, path: string): void {
  if (path === request.path) return;
  const query = request.url.indexOf("?");
  request.url = query < 0 ? path : path + request.url.slice(query);
}
