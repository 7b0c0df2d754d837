import type { Request, Response } from "express";
import type { Principal } from "../../domain/access/principal.js";
import type { Locations } from "../../domain/listing.js";
import type { Reservation } from "../../domain/limits/room.js";
import { Slots } from "../../domain/limits/slots.js";
import { STREAMED_FORMATS } from "../../scim/answers/formats.js";
import type { Logger } from "../../logging/logger.js";
import type { Cursors } from "../../scim/answers/cursors.js";
import type { ResourceServices } from "../../services/resource-services.js";
import { noteDryRun } from "../../scim/context.js";
import type { ScimContext } from "../../scim/context.js";
import type { PageMemory } from "../../scim/answers/page-memory.js";
import { logFault, whatOf } from "../answers/faults.js";
import { asksForDryRun } from "../requests/dry-run.js";

interface ContextParts {
  readonly services: ResourceServices;
  readonly cursors: Cursors;
  readonly pageMemory: PageMemory;
  readonly logger: Logger;
  readonly baseUrl: string;
  readonly locations: Locations;
  readonly ending: AbortSignal;
  readonly now: () => number;
}

/** How many exports run at a time, and how many of one realm or token. */
const EXPORTS = { slots: 8, slotsOfOne: 2, waiting: 100, waitingOfOne: 10, patience: 10_000 };

/** How many callers follow new resources at a time. */
const FOLLOWERS = { slots: 100, slotsOfOne: 5, waiting: 0, waitingOfOne: 0, patience: 0 };

const STREAMED = /csv|ndjson|event-stream/i;

/** What a client wants a list as; undefined: a ListResponse, as of a client that takes anything. */
function formatOf(request: Request): ScimContext["format"] {
  if (request.method !== "GET" || !STREAMED.test(request.headers.accept ?? "")) return undefined;
  const preferred = request.accepts("application/scim+json", "application/json", ...STREAMED_FORMATS);
  return STREAMED_FORMATS.find((each) => each === preferred);
}

/** Makes what every SCIM operation is given, from the request it came with. */
export function scimContext(parts: ContextParts) {
  const { services, cursors, pageMemory, logger, baseUrl, locations, ending, now } = parts;
  const places = { exports: new Slots("The server", EXPORTS), followers: new Slots("The server", FOLLOWERS) };
  return (request: Request): ScimContext => ({
    principal: withSignal(request.user as Principal, request.res),
    isDryRun: isDryRun(request),
    services,
    cursors,
    pageMemory,
    holdWhileSending: (reservation) => {
      if (request.res) holdWhileSending(request.res, reservation);
    },
    baseUrl,
    locations,
    ending,
    now,
    ...places,
    format: formatOf(request),
    lastEventId: request.get("last-event-id"),
    ifMatch: request.headers["if-match"],
    ifNoneMatch: request.headers["if-none-match"],
    onFault: (error) => {
      logFault(logger, whatOf(request), error);
    },
  });
}

/** Has the audit log say so of a dry run. @throws ScimError 400 `invalidValue` */
function isDryRun(request: Request): boolean {
  const isAsked = asksForDryRun(request);
  const origin = isAsked ? (request.user as Principal | undefined)?.origin : undefined;
  if (origin) noteDryRun(origin.request);
  return isAsked;
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

/** The principal, with a signal that is made when it is asked for: few requests take long enough to need one. */
function withSignal(principal: Principal, response: Response | undefined): Principal {
  let signal: AbortSignal | undefined;
  return {
    ...principal,
    get signal() {
      return (signal ??= goneFrom(response));
    },
  };
}

/** Aborted when the response is closed: the client has hung up, or has its answer. */
export function goneFrom(response: Response | undefined): AbortSignal {
  if (!response || response.closed) return AbortSignal.abort();
  const controller = new AbortController();
  response.once("close", () => {
    controller.abort();
  });
  return controller.signal;
}
