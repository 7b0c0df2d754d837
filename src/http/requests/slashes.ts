import type { RequestHandler } from "express";

/** Takes several slashes in a path for one: a base URL that ends with a slash makes clients send `//Users`. */
export const slashes: RequestHandler = (request, _response, next) => {
  const [path = ""] = request.url.split("?", 1);
  if (path.includes("//")) request.url = path.replace(/\/+/g, "/") + request.url.slice(path.length);
  next();
};
