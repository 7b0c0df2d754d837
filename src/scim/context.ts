import { AskedRequest } from "../domain/audit/asked-request.js";
import type { Principal } from "../domain/access/principal.js";
import type { Locations } from "../domain/listing.js";
import type { Reservation } from "../domain/limits/room.js";
import type { ResourceServices } from "../services/resource-services.js";
import type { Slots } from "../domain/limits/slots.js";
import type { StreamedFormat } from "./answers/formats.js";
import type { Cursors } from "./answers/cursors.js";
import type { PageMemory } from "./answers/page-memory.js";

/** The context of a SCIM request, or of an operation in a Bulk. */
export interface ScimContext {
  readonly principal: Principal;
  readonly services: ResourceServices;
  readonly cursors: Cursors;
  readonly pageMemory: PageMemory;
  /** Keeps a reservation until the answer has been sent, or its client has disconnected. */
  readonly holdWhileSending: (reservation: Reservation) => void;
  /** What the client wants a list as, if not as a ListResponse. */
  readonly format: StreamedFormat | undefined;
  /** The request's `Last-Event-ID` header. */
  readonly lastEventId: string | undefined;
  /** Places for exports, and for callers that follow new resources. */
  readonly exports: Slots;
  readonly followers: Slots;
  /** The time now, in milliseconds since 1970. */
  readonly now: () => number;
  /** The base URL of SCIM as clients reach it, without a slash at the end. */
  readonly baseUrl: string;
  /** Makes the addresses of resources. */
  readonly locations: Locations;
  /** Aborted when the server is stopping, so that long requests end early. */
  readonly ending: AbortSignal;
  /** The request's `If-Match` header. */
  readonly ifMatch: string | undefined;
  /** The request's `If-None-Match` header. */
  readonly ifNoneMatch: string | undefined;
  /** Whether the request asks what would come of it: all that it writes is undone. */
  readonly isDryRun: boolean;
  /** Called for errors that no client caused. */
  readonly onFault: (error: unknown) => void;
}

/** The request's header that asks for a dry run. */
export const DRY_RUN = "Muster-Dry-Run";

/** Where what a request asked for, and how it was understood, is noted for the audit log. */
export const askedIn = ({ principal }: ScimContext): AskedRequest | undefined => principal.origin?.request;

/** Notes for the audit log the status that the answer has if all goes well. */
export function willAnswer({ principal }: ScimContext, status: number): void {
  if (principal.origin) principal.origin.request.status = status;
}

/** The context of one operation of a Bulk, which the audit log tells of like a single request. */
export function ofOperation(context: ScimContext, method: string, path: string): ScimContext {
  const { principal } = context;
  const { origin } = principal;
  if (!origin) return context;
  const request = new AskedRequest(method, path, performance.now());
  if (context.isDryRun) noteDryRun(request);
  return { ...context, principal: { ...principal, origin: { ...origin, request } } };
}

/** Has the audit log say that nothing came of a request. */
export const noteDryRun = (request: AskedRequest) => {
  request.understood.add(DRY_RUN, "nothing was written");
};

/** The context of operations in a transaction: a fault rolls back all of it, instead of becoming an answer. */
export const inTransaction = (context: ScimContext, services: ResourceServices): ScimContext => ({
  ...context,
  services,
  onFault: (error) => {
    throw error;
  },
});
