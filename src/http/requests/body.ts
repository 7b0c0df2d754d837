import { setImmediate } from "node:timers/promises";
import express from "express";
import type { Request, RequestHandler, Response } from "express";
import type { JsonValue } from "../../domain/values/json.js";
import type { Room } from "../../domain/limits/room.js";
import { invalidSyntax, ScimError } from "../../scim/errors.js";
import { withinRoom } from "./body-room.js";
import { parseJson } from "./json.js";

/** The longest body that is read: parsing a longer one would keep other requests waiting. */
export const MAX_BODY_BYTES = 4 * 2 ** 20;

const MEDIA_TYPES = ["application/scim+json", "application/json"];

/** Turns the bytes of a body into what they say. */
type Parse = (bytes: Buffer) => JsonValue | Promise<JsonValue>;

/**
 * Reads the bytes of the body of a request that has one to read.
 *
 * The errors are 415 for another media type or charset, 413 for a body that is too long, also when it is unpacked, 400
 * `invalidSyntax` for one that is missing, 503 when there is no room for a long one.
 *
 * @param limit the longest body, in bytes
 * @param isOptional whether a request may have no body, which is then taken for an empty object
 */
export function readBody(
  limit: number,
  room: Room,
  isOptional: (response: Response) => boolean = () => false,
): RequestHandler {
  const read = withinRoom(room, limit, express.raw({ type: MEDIA_TYPES, limit }) as RequestHandler);
  return (request, response, next) => {
    // An app that Muster is mounted in has read it.
    if (request.body !== undefined) {
      next();
      return;
    }
    if (!hasBody(request)) {
      // A body means nothing to the other methods, so what comes later must not look for one.
      delete request.headers["content-length"];
      delete request.headers["transfer-encoding"];
      next();
      return;
    }
    const mayBeEmpty = isOptional(response);
    if (mayBeEmpty && isEmpty(request)) {
      request.body = {};
      next();
      return;
    }
    // A body without a length may turn out to be none, and then it needs no type.
    if (mayBeEmpty) request.headers["content-type"] ??= MEDIA_TYPES[0];
    const refused = refusal(request);
    if (refused) {
      next(refused);
      return;
    }
    return read(request, response, (error?: unknown) => {
      if (mayBeEmpty && Buffer.isBuffer(request.body) && request.body.length === 0) request.body = {};
      next(error ? bodyError(error, limit) : undefined);
    });
  };
}

/** What is wrong with a body before it is read. */
function refusal(request: Request): ScimError | undefined {
  if (isEmpty(request)) return invalidSyntax(`${request.method} needs a JSON body`);
  if (!request.is(MEDIA_TYPES)) {
    return new ScimError(415, undefined, `The Content-Type must be one of ${MEDIA_TYPES.join(", ")}`);
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers["content-type"] ?? "")?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset)
    ? undefined
    : new ScimError(415, undefined, "The charset of the body must be UTF-8");
}

/**
 * Makes of the bytes that `readBody` read what they say.
 *
 * The errors are 413 for too much to parse, 400 `invalidSyntax` for what is missing or no JSON.
 */
export function parseBody(parse: Parse = parseJson): RequestHandler {
  return async (request, _response, next) => {
    const body = request.body as unknown;
    if (Buffer.isBuffer(body) && body.length > 0) {
      request.body = await parse(body);
      // What is made of a long body takes long as well: others get their turn in between.
      if (body.length > LONG_BYTES) await setImmediate();
    }
    // Express's parser leaves what it has not read undefined.
    else if (hasBody(request) && (body === undefined || Buffer.isBuffer(body)))
      throw invalidSyntax(`${request.method} needs a JSON body`);
    next();
  };
}

const LONG_BYTES = 256 * 1024;

const hasBody = ({ method }: Request) => ["POST", "PUT", "PATCH"].includes(method);

/** Whether it is certain before reading that a request has no body. */
export const isEmpty = ({ headers }: Request) =>
  headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0";

/** body-parser tells by `type` what is wrong. */
function bodyError(error: unknown, limit: number): unknown {
  const { type, message } = error as { type?: string; message?: string };
  switch (type) {
    case "entity.too.large":
      return new ScimError(
        413,
        undefined,
        `The body is longer than ${limit} bytes; send less in one request`,
      );
    case "encoding.unsupported":
      return new ScimError(415, undefined, message ?? "The encoding of the body is not supported");
    case "request.aborted":
    case "request.size.invalid":
      return invalidSyntax("The length of the body does not match the Content-Length header");
    default:
      return error;
  }
}
