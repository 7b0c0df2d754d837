import cors from "cors";
import type { RequestHandler } from "express";

/** Headers of answers that scripts may read, besides those that every page may. */
const EXPOSED = ["ETag", "Location", "Content-Location", "Retry-After", "WWW-Authenticate", "X-Request-Id"];

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** How long browsers remember what a preflight request said, in seconds. */
const MAX_AGE = 600;

/**
 * Lets scripts in pages of other origins send requests and read the answers (the CORS protocol of the Fetch standard).
 * Preflight requests are answered without a token, since browsers send none with them. Browsers are never told to send
 * cookies: a script has its token itself.
 *
 * @param origins such as `https://tools.example.com`; `*` stands for all
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const handle = cors({
    origin: origins.includes("*") ? "*" : [...origins],
    methods: METHODS,
    exposedHeaders: EXPOSED,
    maxAge: MAX_AGE,
  });
  return (request, response, next) => {
    const { origin, "access-control-request-method": method } = request.headers;
    const isPreflight = origin !== undefined && method !== undefined;
    // The package answers every OPTIONS, and not all of them come from browsers.
    if (request.method === "OPTIONS" && !isPreflight) next();
    else handle(request, response, next);
  };
}
