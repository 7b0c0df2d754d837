import type { Request, RequestHandler } from "express";
import { requireWriter } from "../../domain/access/policy.js";
import type { Room } from "../../domain/limits/room.js";
import { bulkAnswer } from "../../scim/bulk/processor.js";
import type { ScimContext } from "../../scim/context.js";
import { refusal } from "../../scim/answers/refusal.js";
import type { ResourceType } from "../../scim/resources/resource-type.js";
import { MAX_BODY_BYTES, parseBody, readBody } from "../requests/body.js";
import { inOrder } from "../requests/in-order.js";
import { parseBulk } from "../requests/bulk-body.js";

/** How much goes into one Bulk request. */
export interface BulkLimits {
  readonly maxOperations: number;
  /** In bytes. */
  readonly maxPayloadSize: number;
}

/**
 * `POST /Bulk` (RFC 7644 section 3.7). The body is read only for a caller that may write something.
 *
 * @param room for the bodies of all requests
 * @param turn waits until it is the request's turn to be worked on
 */
export function bulk(
  types: readonly ResourceType[],
  context: (request: Request) => ScimContext,
  { maxOperations, maxPayloadSize }: BulkLimits,
  room: Room,
  turn: RequestHandler,
): RequestHandler {
  const limits = { maxOperations, maxOperationBytes: MAX_BODY_BYTES };
  const handle = inOrder([
    writersOnly(context),
    readBody(maxPayloadSize, room),
    turn,
    parseBody((bytes) => parseBulk(bytes, limits)),
    async (request, response) => {
      response.send(await bulkAnswer(context(request), types, request.body, maxOperations));
    },
  ]);
  return (request, response, next) => {
    if (request.path === "/Bulk") handle(request, response, next);
    else next();
  };
}

function writersOnly(context: (request: Request) => ScimContext): RequestHandler {
  return async (request, response, next) => {
    const caller = context(request);
    try {
      requireWriter(caller.principal);
    } catch (error) {
      response.send(
        await refusal(caller, { action: "change", target: { type: "Bulk", id: undefined } }, error),
      );
      return;
    }
    next();
  };
}
