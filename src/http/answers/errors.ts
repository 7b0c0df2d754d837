import type { ErrorRequestHandler } from "express";
import { failure } from "../../scim/answers/answer.js";
import { ScimError } from "../../scim/errors.js";
import type { Logger } from "../../logging/logger.js";
import { logFault, whatOf } from "./faults.js";

/** Answers errors from outside of the SCIM operations. Once headers are out, all that is left is to hang up. */
export function errors(logger: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const onFault = (fault: unknown) => {
      logFault(logger, whatOf(request), fault);
    };
    if (response.headersSent) {
      onFault(error);
      response.destroy();
      return;
    }
    response.send(failure(clientError(error) ?? error, onFault));
  };
}

/** Express and its parsers mark what a client did wrong with a status of their own. */
function clientError(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error;
  const { status } = (error ?? {}) as { status?: unknown };
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  return new ScimError(status, status === 400 ? "invalidSyntax" : undefined, (error as Error).message);
}
