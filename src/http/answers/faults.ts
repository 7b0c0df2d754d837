import type { Request } from "express";
import { UnavailableError } from "../../domain/errors.js";
import type { Logger } from "../../logging/logger.js";

/** What failed, as the log names it: without the path where that has a secret in it. */
interface What {
  readonly method: string;
  readonly path?: string;
}

export const whatOf = ({ method, baseUrl, path }: Request): What => ({ method, path: baseUrl + path });

/**
 * Logs an error that no client caused. What is unavailable is so for many requests: that is a line for each cause,
 * without where in the code it was met, and none where there is too much to do.
 */
export function logFault(logger: Logger, what: What, error: unknown): void {
  if (error instanceof UnavailableError) {
    if (error.cause !== undefined) logUnavailable(logger, error);
    return;
  }
  logger.error({ err: error, ...what }, "A request failed with an internal error");
}

/** How often the same cause is logged, in milliseconds. */
const REMIND_MS = 60_000;

/** When causes were logged last, by their messages. */
const loggedBy = new WeakMap<Logger, Map<string, number>>();

function logUnavailable(logger: Logger, { message, cause }: UnavailableError): void {
  const now = performance.now();
  const logged = loggedBy.get(logger) ?? new Map<string, number>();
  loggedBy.set(logger, logged);
  if (now - (logged.get(message) ?? -Infinity) < REMIND_MS) return;
  logged.set(message, now);
  logger.error({ err: cause }, `Requests are answered with 503: ${message}`);
}
