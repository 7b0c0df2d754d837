import type { RequestHandler } from "express";
import type { Logger } from "../../logging/logger.js";
import { failure } from "../../scim/answers/answer.js";
import type { SecretKeys } from "../../services/keys/secret-keys.js";
import { logFault } from "../answers/faults.js";

/**
 * Lets requests pass once the secret keys are there, as they are in the database now. A request reads them where no job of a
 * started server does.
 */
export function whenLoaded(keys: SecretKeys, logger: Logger): RequestHandler {
  return (request, response, next) => {
    if (keys.areFresh) {
      next();
      return;
    }
    keys.refresh().then(
      () => next(),
      (error: unknown) => {
        const { status, headers, body } = failure(error, (fault) => {
          // Without the path, which can contain a link, which is secret.
          logFault(logger, { method: request.method, path: request.baseUrl }, fault);
        });
        response
          .status(status)
          .set({ ...headers, "Content-Type": "application/scim+json; charset=utf-8" })
          .end(body);
      },
    );
  };
}
