import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";

const HEADER = "X-Request-Id";

/** The ids that clients may give a request: enough to find it in their logs, and nothing that could break ours. */
const ACCEPTED = /^[\w.:-]{1,100}$/;

/** Gives each request an id, the caller's if there is one, that the answer and the audit log name it by. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  response.setHeader(HEADER, given !== undefined && ACCEPTED.test(given) ? given : randomUUID());
  next();
};

export const requestIdOf = (response: Response) => String(response.getHeader(HEADER));
