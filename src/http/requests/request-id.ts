import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";

const HEADER = "X-Request-Id";

/** The ids that clients may give a request: enough to find it in their logs, and nothing that could break ours. */
const ACCEPTED = /^[\w.:-]{1,100}$/;

/**
 * Gives each request an id, the caller's if there is one, that the answer and the audit log name it by, and notes when it
 * began.
 */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(HEADER);
  response.setHeader(HEADER, given !== undefined && ACCEPTED.test(given) ? given : randomUUID());
  response.locals.startedAt = performance.now();
  next();
};

/** When a request began, in milliseconds, as `performance.now()` gives them. */
export const startOf = ({ locals }: Response) => Number(locals.startedAt);

export const requestIdOf = (response: Response) => String(response.getHeader(HEADER));
