import type { Request } from "express";
import type { Principal } from "../domain/principal.js";
import type { Logger } from "../logging/logger.js";
import type { Cursors } from "../scim/cursors.js";
import type { ScimContext, ScimServices } from "../scim/context.js";

interface ContextParts {
  readonly services: ScimServices;
  readonly cursors: Cursors;
  readonly logger: Logger;
  readonly baseUrl: string;
}

/** Makes what every SCIM operation is given, from the request it came with. */
export function scimContext(parts: ContextParts) {
  const { services, cursors, logger, baseUrl } = parts;
  return (request: Request): ScimContext => ({
    principal: request.user as Principal,
    services,
    cursors,
    baseUrl,
    ifMatch: request.headers["if-match"],
    ifNoneMatch: request.headers["if-none-match"],
    onFault: (error) => {
      logFault(logger, request, error);
    },
  });
}

/** Logs an error that no client caused. */
export function logFault(logger: Logger, request: Request, error: unknown): void {
  logger.error(
    { err: error, method: request.method, path: request.baseUrl + request.path },
    "A request failed by Muster's own fault",
  );
}
