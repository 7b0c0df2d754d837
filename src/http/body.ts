import { isUtf8 } from "node:buffer";
import express from "express";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { invalidSyntax, ScimError } from "../scim/errors.js";

/** The longest body that is read: parsing a longer one would keep other requests waiting. */
export const MAX_BODY_BYTES = 4 * 2 ** 20;

const MEDIA_TYPES = ["application/scim+json", "application/json"];

const parser = (limit: number): RequestHandler =>
  express.json({
    type: MEDIA_TYPES,
    limit,
    strict: false,
    verify: (_request, _response, body, encoding) => {
      // Decoding would put other characters where it cannot read any.
      if (encoding === "utf-8" && !isUtf8(body)) throw new Error("The body is not valid UTF-8");
    },
  });

/**
 * Reads the body of a request that has one to read.
 *
 * The errors are 415 for another media type, 413 for a body that is too long, 400 `invalidSyntax` for one
 * that is missing or no JSON.
 */
export function jsonBody(limit: number): RequestHandler {
  const parse = parser(limit);
  return (request, response, next) => {
    readBody(parse, limit, request, response, next);
  };
}

function readBody(
  parse: RequestHandler,
  limit: number,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  // It has been read already.
  if (request.body !== undefined) {
    next();
    return;
  }
  if (!["POST", "PUT", "PATCH"].includes(request.method)) {
    // A body means nothing to the other methods: whoever comes later shall not look for one.
    delete request.headers["content-length"];
    delete request.headers["transfer-encoding"];
    next();
    return;
  }
  if (isEmpty(request)) {
    next(invalidSyntax(`${request.method} needs a JSON body`));
    return;
  }
  if (!request.is(MEDIA_TYPES)) {
    next(new ScimError(415, undefined, `The Content-Type must be one of ${MEDIA_TYPES.join(", ")}`));
    return;
  }
  parse(request, response, (error?: unknown) => {
    if (error) next(bodyError(error, limit));
    else if (request.body === undefined) next(invalidSyntax(`${request.method} needs a JSON body`));
    else next();
  });
}

const isEmpty = ({ headers }: Request) =>
  headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0";

/** body-parser tells by `type` what is wrong. */
function bodyError(error: unknown, limit: number): unknown {
  const { type, message } = error as { type?: string; message?: string };
  switch (type) {
    case "entity.parse.failed":
      return invalidSyntax(`The body is not valid JSON: ${message ?? ""}`);
    case "entity.verify.failed":
      return invalidSyntax(message ?? "The body cannot be read");
    case "entity.too.large":
      return new ScimError(413, undefined, `The body is longer than ${limit} bytes; send less at a time`);
    case "charset.unsupported":
    case "encoding.unsupported":
      return new ScimError(415, undefined, message ?? "The encoding of the body is not supported");
    case "request.aborted":
    case "request.size.invalid":
      return invalidSyntax("The body is not as long as the Content-Length says");
    default:
      return error;
  }
}
