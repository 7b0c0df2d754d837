import type { Request, Response } from "express";
import type { Principal } from "../domain/principal.js";
import type { Logger } from "../logging/logger.js";
import type { Cursors } from "../scim/cursors.js";
import type { ScimContext, ScimServices } from "../scim/context.js";
import type { PageMemory, Reservation } from "../scim/page-memory.js";

interface ContextParts {
  readonly services: ScimServices;
  readonly cursors: Cursors;
  readonly pageMemory: PageMemory;
  readonly logger: Logger;
  readonly baseUrl: string;
}

/** Makes what every SCIM operation is given, from the request it came with. */
export function scimContext(parts: ContextParts) {
  const { services, cursors, pageMemory, logger, baseUrl } = parts;
  return (request: Request): ScimContext => ({
    principal: request.user as Principal,
    services,
    cursors,
    pageMemory,
    holdWhileSending: (reservation) => {
      if (request.res) holdWhileSending(request.res, reservation);
    },
    baseUrl,
    ifMatch: request.headers["if-match"],
    ifNoneMatch: request.headers["if-none-match"],
    onFault: (error) => {
      logFault(logger, request, error);
    },
  });
}

/** A client has so long to take a page that takes up more than so much memory, in milliseconds and bytes. */
const SENDING_MS = 120_000;
const SMALL_BYTES = 256 * 1024;

function holdWhileSending(response: Response, reservation: Reservation): void {
  const deadline = setTimeout(() => {
    if (reservation.bytes > SMALL_BYTES) response.destroy();
  }, SENDING_MS).unref();
  const release = () => {
    clearTimeout(deadline);
    reservation.release();
  };
  // It may have gone while there was no room.
  if (response.destroyed) release();
  else response.once("close", release);
}

/** Logs an error that no client caused. */
export function logFault(logger: Logger, request: Request, error: unknown): void {
  logger.error(
    { err: error, method: request.method, path: request.baseUrl + request.path },
    "A request failed by Muster's own fault",
  );
}
