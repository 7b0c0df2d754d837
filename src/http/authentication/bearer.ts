import type { NextFunction, Request, RequestHandler, Response } from "express";
import { Passport } from "passport";
import { Strategy as BearerStrategy } from "passport-http-bearer";
import type { AuditService } from "../../services/audit/audit.js";
import type { Authentication, AuthenticationService } from "../../services/tokens/authentication.js";
import { actorOf } from "../../services/roles/current-principal.js";
import { ScimError } from "../../scim/errors.js";
import { readAuthorization } from "./authorization.js";
import type { SessionAuthentication } from "../console/session-authentication.js";
import type { FailedAuthentication } from "./failed-authentication.js";
import { originOf } from "../requests/origin.js";

const REALM = 'Bearer realm="muster"';

/**
 * Lets requests with a valid bearer token through, as that token's principal (RFC 6750). The features of
 * the server can be read without one, so that a client can find out how to authenticate (RFC 7643
 * section 5).
 */
export function authentication(
  services: { readonly authentication: AuthenticationService; readonly audit: AuditService },
  failures: FailedAuthentication,
  sessions: SessionAuthentication,
): RequestHandler {
  const passport = new Passport();
  passport.use(
    new BearerStrategy((secret, done) => {
      services.authentication.authenticate(secret).then(
        (result) => done(null, result),
        (error: unknown) => done(error),
      );
    }),
  );

  /** Leaves a trace of a credential that is refused, and takes its time when there were many. */
  const refuse = async (
    request: Request,
    response: Response,
    refused: Failed | undefined,
    error: ScimError,
  ) => {
    const origin = originOf(request, response);
    const token = refused && "token" in refused ? refused.token : undefined;
    if (refused && token) {
      const { id, name, realm } = token;
      const author = { actor: actorOf(token, refused.hash), realm, origin };
      const target = { type: "AccessToken", id, display: name };
      const detail = DETAILS[refused.reason as keyof typeof DETAILS];
      await services.audit.refused(author, { action: "authenticate", target, status: 401, detail });
    }
    const hash = refused?.hash.slice(0, LOGGED_HASH_LENGTH);
    const reason = refused?.reason ?? "malformed";
    const { requestId, address } = origin;
    await failures.note({ reason, hash, tokenId: token?.id, requestId, address }, response);
    throw error;
  };
  return (request: Request, response: Response, next: NextFunction) => {
    if (isPublic(request)) {
      next();
      return;
    }
    if (Object.keys(request.query).some((name) => name.toLowerCase() === "access_token")) {
      next(unauthenticated(IN_URL, "invalid_request"));
      return;
    }
    if (sessions.concerns(request)) {
      const origin = originOf(request, response);
      sessions.authenticate(request).then((principal) => {
        request.user = { ...principal, origin };
        next();
      }, next);
      return;
    }
    const authorization = readAuthorization(request);
    if ("problem" in authorization) {
      const { isBearer, problem } = authorization;
      // Other schemes cost nothing and are no guesses.
      if (!isBearer) next(unauthenticated(problem));
      else refuse(request, response, undefined, unauthenticated(problem, "invalid_request")).catch(next);
      return;
    }
    request.headers.authorization = `Bearer ${authorization.token}`;
    const finish = (error: unknown, given: unknown) => {
      const result = (given === false ? undefined : given) as Authentication | undefined;
      if (error) next(error);
      else if (result && "principal" in result) {
        const origin = originOf(request, response);
        request.user = { ...result.principal, origin };
        next();
      } else {
        // Passport takes no token from the header when the body, which a host has read, has one, too.
        const refusal = result
          ? unauthenticated("The access token is unknown, expired or revoked", "invalid_token")
          : unauthenticated("Send the access token in the Authorization header alone", "invalid_request");
        refuse(request, response, result, refusal).catch(next);
      }
    };
    (passport.authenticate("bearer", { session: false }, finish) as RequestHandler)(request, response, next);
  };
}

type Failed = Exclude<Authentication, { principal: unknown }>;

/** How much of a secret's hash is logged. */
const LOGGED_HASH_LENGTH = 8;

const DETAILS = {
  expired: "the access token has expired",
  replaced: "the access token has another secret since its rotation",
  revoked: "the access token is revoked",
  "owner inactive": "the user of the access token is inactive",
} as const satisfies Record<Exclude<Failed["reason"], "unknown">, string>;

const IN_URL =
  "Do not send an access token in the URL, because URLs are logged; send it in the Authorization header";

const isPublic = (request: Request) =>
  (request.method === "GET" || request.method === "HEAD") && request.path === "/ServiceProviderConfig";

/** The challenge for a request that has no bearer token at all has no error code (RFC 6750 section 3.1). */
function unauthenticated(detail: string, code?: string): ScimError {
  const challenge = code === undefined ? REALM : `${REALM}, error="${code}", error_description="${detail}"`;
  return new ScimError(401, undefined, detail, { "WWW-Authenticate": challenge });
}
