import compression from "compression";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "../../logging/logger.js";
import { failure } from "../../scim/answers/answer.js";
import type { ScimAnswer } from "../../scim/answers/answer.js";
import { logFault, whatOf } from "./faults.js";
import { takesAnyTime } from "../server/any-time.js";
import { REQUEST_ID, requestIdOf } from "../requests/request-id.js";
import { endTurn } from "../requests/turn.js";

/** No answer is for caches, nor to be taken for something else than it says it is. */
export const ANSWER_HEADERS = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" } as const;

const SCIM_JSON = "application/scim+json; charset=utf-8";
const PLAIN_JSON = "application/json; charset=utf-8";

/** Answers from this many bytes on are compressed for clients that take it: shorter ones would hardly shrink. */
const COMPRESSED_FROM = 8192;

const compress = compression({ threshold: COMPRESSED_FROM });

/** What an answer depends on besides its address. */
const VARY = "Accept, Accept-Encoding";

/**
 * Teaches the response to send what SCIM operations give back: a ScimAnswer with its own status and
 * headers and a body that may come in pieces.
 */
export function answers(logger: Logger): RequestHandler {
  return (request, response, next) => {
    response.send = (body?: unknown) => {
      sendAnswer(request, response, body as ScimAnswer).catch((error: unknown) => {
        breakOff(request, response, error, (fault) => {
          logFault(logger, whatOf(request), fault);
        });
      });
      return response;
    };
    next();
  };
}

/** What is to be done when a body cannot be sent to its end. */
function breakOff(
  request: Request,
  response: Response,
  error: unknown,
  onFault: (error: unknown) => void,
): void {
  // The client has hung up, which is no fault.
  if ((error as { code?: string }).code === "ERR_STREAM_PREMATURE_CLOSE") return;
  const answer = failure(error, onFault);
  if (response.headersSent) {
    response.destroy();
  } else {
    for (const name of ["ETag", "Location", "Content-Location"]) response.removeHeader(name);
    for (const [name, value] of Object.entries(headersOf(request, response, answer))) {
      response.setHeader(name, value);
    }
    response.statusCode = answer.status;
    response.end(answer.body);
  }
}

/**
 * The SCIM media type, unless the client likes plain JSON better (RFC 7644 section 3.8). A client that takes
 * neither gets SCIM all the same: it can be told nothing else.
 */
function mediaType(request: Request): string {
  const { accept } = request.headers;
  if (accept === undefined || accept === "application/scim+json" || accept === "*/*") return SCIM_JSON;
  // Some name the charset, which is part of what is compared.
  const preferred = request.accepts("application/scim+json", SCIM_JSON, "application/json", PLAIN_JSON);
  return preferred && preferred.startsWith("application/json") ? PLAIN_JSON : SCIM_JSON;
}

async function sendAnswer(request: Request, response: Response, answer: ScimAnswer): Promise<void> {
  const { status, body, pace } = answer;
  const headers = headersOf(request, response, answer);
  if (pace) takesAnyTime(response);
  if (typeof body === "string" && body.length < COMPRESSED_FROM && request.method !== "HEAD") {
    endTurn(response);
    response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // What is not sent need not be read.
  if (body === undefined || request.method === "HEAD") {
    response.end();
    return;
  }
  compress(request, response, () => undefined);
  if (typeof body === "string") {
    endTurn(response);
    response.end(body);
  } else if (pace === "live") {
    endTurn(response);
    response.flushHeaders();
    await sendAll(response, body);
  } else {
    await sendPieces(response, body);
  }
}

/** The headers of an answer. What came before may have set others, which stay. */
function headersOf(request: Request, response: Response, { body, headers }: ScimAnswer) {
  const before = String(response.getHeader("Vary") ?? "");
  const vary = before.endsWith(VARY) ? before : [before, VARY].filter((each) => each !== "").join(", ");
  return {
    ...ANSWER_HEADERS,
    [REQUEST_ID]: requestIdOf(response),
    Vary: vary,
    ...(body !== undefined && { "Content-Type": mediaType(request) }),
    ...headers,
  };
}

/**
 * Sends a body as it comes, no faster than the client takes it. One that is there at once goes out whole,
 * with its length. When the client hangs up, no further pieces are asked for.
 */
async function sendPieces(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  const chunks = gathered(pieces);
  const first = await chunks.next();
  const second = await chunks.next();
  endTurn(response);
  if (second.done) {
    response.end(first.value);
    return;
  }
  async function* all() {
    yield first.value ?? "";
    yield second.value ?? "";
    yield* chunks;
  }
  await sendAll(response, all());
}

function sendAll(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  // A pipeline listens for several things on its own, beside those who wait for the end of the answer.
  response.setMaxListeners(MAX_LISTENERS);
  return pipeline(Readable.from(pieces, { highWaterMark: 1 }), response);
}

const MAX_LISTENERS = 20;

/** Shorter pieces are gathered, so that a socket is not written to for every few bytes. */
const CHUNK_LENGTH = 64 * 1024;

async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string, undefined, undefined> {
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    if (held.length < CHUNK_LENGTH) continue;
    yield held;
    held = "";
    // A client that takes all at once must not keep the others waiting.
    await setImmediate();
  }
  yield held;
}
