import type { NextFunction, Request, Response } from "express";
import { once } from "node:events";
import { ScimAnswer } from "../scim/answer.js";
import { withTrueCount } from "../scim/discovery.js";

const SCIM_JSON = "application/scim+json; charset=utf-8";
const PLAIN_JSON = "application/json; charset=utf-8";

/**
 * Teaches the response to send what SCIM operations give back: a ScimAnswer with its own status and
 * headers and a body that may come in pieces, or (discovery) a plain object. scimmy-routers calls `send`
 * with either.
 */
export function answers(request: Request, response: Response, next: NextFunction): void {
  response.send = (body?: unknown) => {
    response.setHeader("Content-Type", mediaType(request));
    if (body instanceof ScimAnswer) {
      sendAnswer(response, body).catch((error: unknown) => response.destroy(error as Error));
    } else {
      response.end(JSON.stringify(withTrueCount(body as object)));
    }
    return response;
  };
  next();
}

/** The SCIM media type, unless the client takes plain JSON alone (RFC 7644 section 3.8). */
function mediaType(request: Request): string {
  const accepted = request.headers.accept;
  const wantsPlain =
    accepted !== undefined && /application\/json/i.test(accepted) && !/scim\+json|\*\/\*/i.test(accepted);
  return wantsPlain ? PLAIN_JSON : SCIM_JSON;
}

async function sendAnswer(response: Response, { status, headers, body }: ScimAnswer): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) {
    response.removeHeader("Content-Type");
    response.end();
  } else if (typeof body === "string") {
    response.end(body);
  } else {
    await sendPieces(response, body);
  }
}

/**
 * Sends a body as it comes, no faster than the client takes it. One that is there at once goes out whole,
 * with its length.
 */
async function sendPieces(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    if (held.length < PIECE_LENGTH) continue;
    if (response.destroyed) return;
    if (!response.write(held)) await Promise.race([once(response, "drain"), once(response, "close")]);
    held = "";
  }
  response.end(held);
}

/** Shorter pieces are gathered, so that a socket is not written to for every few bytes. */
const PIECE_LENGTH = 64 * 1024;
