import type { Principal } from "../domain/access/principal.js";
import type { Locations } from "../domain/listing.js";
import type { Reservation } from "../domain/limits/room.js";
import type { ResourceServices } from "../services/resource-services.js";
import type { Cursors } from "./answers/cursors.js";
import type { PageMemory } from "./answers/page-memory.js";

/** What every SCIM request comes with. */
export interface ScimContext {
  readonly principal: Principal;
  readonly services: ResourceServices;
  readonly cursors: Cursors;
  readonly pageMemory: PageMemory;
  /** Keeps room for a page until the answer has been sent, or cannot be. */
  readonly holdWhileSending: (reservation: Reservation) => void;
  /** The SCIM base, as clients reach it, without a slash at the end. */
  readonly baseUrl: string;
  /** Gives the addresses of resources. */
  readonly locations: Locations;
  /** Aborted when the server is stopping, and what can end early is to do so. */
  readonly ending: AbortSignal;
  /** The request's `If-Match` header. */
  readonly ifMatch: string | undefined;
  /** The request's `If-None-Match` header. */
  readonly ifNoneMatch: string | undefined;
  /** Is told of errors that no client caused. */
  readonly onFault: (error: unknown) => void;
}
