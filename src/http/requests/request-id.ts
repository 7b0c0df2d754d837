import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";

/** The field of an answer that names its request. */
export const REQUEST_ID = "X-Request-Id";

/** The ids that clients may give a request: enough to find it in their logs, and nothing that could break ours. */
const ACCEPTED = /^[\w.:-]{1,100}$/;

/**
 * Gives each request an id, the caller's if there is one, that the answer and the audit log name it by, and notes when it
 * began.
 */
export const requestId: RequestHandler = ({ headers }, { locals }, next) => {
  const sent = headers["x-request-id"];
  locals.musterRequestId = typeof sent === "string" && ACCEPTED.test(sent) ? sent : randomUUID();
  locals.musterStartedAt = performance.now();
  next();
};

/** When a request began, in milliseconds, as `performance.now()` gives them. */
export const startOf = ({ locals }: Response) => Number(locals.musterStartedAt);

export const requestIdOf = ({ locals }: Response) => String(locals.musterRequestId);
