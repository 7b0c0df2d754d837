import { Router } from "express";
import type { RequestHandler } from "express";
import type { Logger } from "../../logging/logger.js";
import type { AuthenticationService } from "../../services/tokens/authentication.js";
import type { ResourceServices } from "../../services/resource-services.js";
import type { Cursors } from "../../scim/answers/cursors.js";
import type { PageMemory } from "../../scim/answers/page-memory.js";
import { locationsBelow } from "../../scim/answers/locations.js";
import { Discovery } from "../../scim/discovery.js";
import { resourceTypes } from "../../scim/resources/index.js";
import { answers } from "../answers/answers.js";
import { authentication } from "../authentication/bearer.js";
import { bulk } from "./bulk.js";
import type { BulkLimits } from "./bulk.js";
import { bodyRoom } from "../requests/body-room.js";
import { MAX_BODY_BYTES, parseBody, readBody } from "../requests/body.js";
import { scimContext } from "./context.js";
import { discovery } from "./discovery.js";
import { errors } from "../answers/errors.js";
import type { FailedAuthentication } from "../authentication/failed-authentication.js";
import type { SessionAuthentication } from "../console/session-authentication.js";
import { me } from "./me.js";
import { inOrder } from "../requests/in-order.js";
import { requestId } from "../requests/request-id.js";
import { routes } from "./routes.js";
import { addressTooLong } from "../server/server.js";
import { paths } from "../requests/paths.js";
import { takeTurn } from "../requests/turn.js";

export interface ScimParts {
  readonly services: ResourceServices & { readonly authentication: AuthenticationService };
  readonly cursors: Cursors;
  readonly pageMemory: PageMemory;
  /** Whether the server's description of itself speaks of pagination. */
  readonly advertisePagination: boolean;
  readonly bulkLimits: BulkLimits;
  readonly logger: Logger;
  readonly failedAuthentication: FailedAuthentication;
  readonly sessionAuthentication: SessionAuthentication;
  readonly baseUrl: string;
  /** Tells requests that can end early to do so, since the server is stopping. */
  readonly ending: AbortSignal;
  /** The time now, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The longest address, in bytes: more than the longest filter takes. */
const MAX_ADDRESS_BYTES = 32 * 1024;

const addressLength: RequestHandler = ({ originalUrl }, _response, next) => {
  next(originalUrl.length > MAX_ADDRESS_BYTES ? addressTooLong() : undefined);
};

/** The way of a SCIM request, in order. */
export function scim({
  services,
  cursors,
  pageMemory,
  advertisePagination,
  bulkLimits,
  logger,
  failedAuthentication,
  sessionAuthentication,
  baseUrl,
  ending,
  now,
}: ScimParts): Router {
  const locations = locationsBelow(baseUrl, resourceTypes);
  const context = scimContext({ services, cursors, pageMemory, logger, baseUrl, locations, ending, now });
  const { check, isBodyOptional, dispatch } = routes(resourceTypes, services.audit);
  const turn = takeTurn();
  const room = bodyRoom(Math.max(MAX_BODY_BYTES, bulkLimits.maxPayloadSize));
  const cursorTimeout = advertisePagination ? cursors.timeout : undefined;
  const router = Router();
  router.use(
    inOrder([
      requestId,
      answers(logger),
      addressLength,
      paths(resourceTypes),
      authentication(services, failedAuthentication, sessionAuthentication),
      me,
      check,
      discovery(new Discovery(resourceTypes, { baseUrl, bulk: bulkLimits, cursorTimeout })),
      bulk(resourceTypes, context, bulkLimits, room, turn),
      readBody(MAX_BODY_BYTES, room, isBodyOptional),
      turn,
      parseBody(),
      dispatch(context),
    ]),
  );
  router.use(errors(logger));
  return router;
}
