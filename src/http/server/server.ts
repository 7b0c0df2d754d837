import { createServer } from "node:http";
import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import type { Socket } from "node:net";
import type { Express } from "express";
import { ScimError } from "../../scim/errors.js";
import { answerWith, refuse } from "./connections.js";
import { lastAnswer } from "../answers/last-answer.js";
import { messagesOf } from "./prototypes.js";

/** Idle connections stay open longer than those of the proxies that commonly stand in front (60 s). */
const KEEP_ALIVE_MS = 65_000;

/** Filters stand in the address, and long ones shall be refused with a reason rather than by Node. */
const MAX_HEADER_BYTES = 64 * 1024;

/** How long a client may take to send a header, and how often that is looked after, in milliseconds. */
const HEADERS_MS = 15_000;
const CHECKING_MS = 1000;

/** What connections may cost; times are in seconds. */
export interface HttpLimits {
  readonly maxConnections: number;
  /** How long a client may take to send a request. */
  readonly requestTimeout: number;
  /** How long a client may take to read an answer. */
  readonly responseTimeout: number;
}

/**
 * Makes the HTTP server; what is no HTTP, has too long a header or does not come to its end is answered with a SCIM
 * Error, too.
 */
export function createHttpServer(limits: HttpLimits, app?: Express): Server {
  const requestTimeout = limits.requestTimeout * 1000;
  const server = createServer({
    ...{ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout, keepAliveTimeout: KEEP_ALIVE_MS },
    headersTimeout: Math.min(HEADERS_MS, requestTimeout),
    connectionsCheckingInterval: CHECKING_MS,
    // Looked at with the other requests of a connection, of which Node's own check would answer any number.
    requireHostHeader: false,
    ...(app && messagesOf(app)),
  });
  server.maxConnections = limits.maxConnections;
  server.on("clientError", (error: ClientError, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else refuse(socket, lastAnswer(refusal(error)));
  });
  if (app) answerWith(server, app, limits.responseTimeout * 1000);
  return server;
}

/** How long a client may take to send its next request when the server stops; it is answered then. */
const LINGER_MS = 1000;

/**
 * Takes no new connections, and closes those that are open when they are idle: at first by what their next answer
 * says, so that no request meets a closed connection, and after a second by themselves.
 *
 * @returns resolves when no connection is left
 */
export async function endConnections(server: Server): Promise<void> {
  const closed = new Promise((resolve) => {
    // `close` of an HTTP server would close idle connections at once.
    NetServer.prototype.close.call(server, resolve);
  });
  let closing: NodeJS.Timeout | undefined;
  const lingering = setTimeout(() => {
    closing = setInterval(() => {
      server.closeIdleConnections();
    }, 50);
  }, LINGER_MS);
  await closed;
  clearTimeout(lingering);
  clearInterval(closing);
}

interface ClientError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

function refusal({ code, rawPacket }: ClientError): ScimError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new ScimError(408, undefined, "The request took too long to arrive; send it again");
  if (code !== "HPE_HEADER_OVERFLOW")
    return new ScimError(400, "invalidSyntax", "This is not a valid HTTP request");
  // The address is the first line: where no line has ended, it is what is too long.
  return rawPacket?.includes("\r\n")
    ? new ScimError(431, undefined, `The request header is longer than ${MAX_HEADER_BYTES} bytes; send less`)
    : addressTooLong();
}

/** The refusal of an address that is too long (RFC 9110 section 15.5.15). */
export const addressTooLong = () =>
  new ScimError(414, undefined, "The URL is too long; send long queries with POST to .search");
