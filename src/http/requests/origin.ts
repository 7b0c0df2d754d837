import type { Request, Response } from "express";
import { AskedRequest } from "../../domain/audit/asked-request.js";
import type { Principal } from "../../domain/access/principal.js";
import { clientAddress } from "./client-address.js";
import { requestIdOf, startOf } from "./request-id.js";

/**
 * Where a request came from and what it asks for, for the audit log.
 *
 * @param path by default that of the request, without its query
 */
export const originOf = (
  request: Request,
  response: Response,
  path = request.path,
): NonNullable<Principal["origin"]> => ({
  requestId: requestIdOf(response),
  address: clientAddress(request),
  request: new AskedRequest(request.method, path, startOf(response)),
});
