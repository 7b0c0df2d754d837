import type { NextFunction, Request, RequestHandler, Response } from "express";
import { Passport } from "passport";
import { Strategy as BearerStrategy } from "passport-http-bearer";
import type { AuditService } from "../../services/audit/audit.js";
import type { Authentication, AuthenticationService } from "../../services/tokens/authentication.js";
import { actorOf } from "../../services/roles/current-principal.js";
import { ScimError } from "../../scim/errors.js";
import { clientAddress } from "../requests/client-address.js";
import type { FailedAuthentication } from "./failed-authentication.js";
import { requestIdOf } from "../requests/request-id.js";

const REALM = 'Bearer realm="muster"';

/**
 * Lets requests with a valid bearer token through, as that token's principal (RFC 6750). The features of
 * the server can be read without one, so that a client can find out how to authenticate (RFC 7643
 * section 5).
 */
export function authentication(
  services: { readonly authentication: AuthenticationService; readonly audit: AuditService },
  failures: FailedAuthentication,
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
  const refuse = async (request: Request, response: Response, result: Failed | undefined) => {
    const origin = { requestId: requestIdOf(response), address: clientAddress(request) };
    const token = result && "token" in result ? result.token : undefined;
    if (result && token) {
      const { id, name, realm } = token;
      const author = { actor: actorOf(token, result.hash), realm, origin };
      const target = { type: "AccessToken", id, display: name };
      const detail = DETAILS[result.reason as keyof typeof DETAILS];
      await services.audit.refused(author, { action: "authenticate", target, status: 401, detail });
    }
    const hash = result?.hash.slice(0, LOGGED_HASH_LENGTH);
    await failures.note(
      { reason: result?.reason ?? "malformed", hash, tokenId: token?.id, ...origin },
      response,
    );
    throw refusal(request);
  };
  return (request: Request, response: Response, next: NextFunction) => {
    if (isPublic(request)) {
      next();
      return;
    }
    if (request.query.access_token !== undefined) {
      next(
        unauthenticated(
          "Do not send an access token in the URL, because URLs are logged; send it in the Authorization header",
          "invalid_request",
        ),
      );
      return;
    }
    if (!offersToken(request)) {
      next(refusal(request));
      return;
    }
    const finish = (error: unknown, given: unknown) => {
      const result = (given === false ? undefined : given) as Authentication | undefined;
      if (error) next(error);
      else if (result && "principal" in result) {
        const origin = { requestId: requestIdOf(response), address: clientAddress(request) };
        request.user = { ...result.principal, origin };
        next();
      } else refuse(request, response, result).catch(next);
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

/** Whether a request has one bearer token. What has none, or something else, costs nothing and is no guess. */
const offersToken = (request: Request) =>
  isSaidOnce(request) && /^bearer\b/i.test(request.headers.authorization ?? "");

/** Of several headers of this name, Node.js takes the first, and a proxy perhaps another one. */
function isSaidOnce({ rawHeaders }: Request): boolean {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === "authorization".length && name.toLowerCase() === "authorization") times += 1;
  }
  return times === 1;
}

const isPublic = (request: Request) =>
  (request.method === "GET" || request.method === "HEAD") &&
  /^\/ServiceProviderConfig\/?$/.test(request.path);

/**
 * Says what is wrong with the credentials. Where they are no bearer token at all, the challenge has no error code
 * (RFC 6750 section 3.1).
 */
function refusal(request: Request): ScimError {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    return unauthenticated("An access token is required; send 'Authorization: Bearer <token>'");
  }
  if (!isSaidOnce(request)) {
    return unauthenticated("Send exactly one Authorization header", "invalid_request");
  }
  const [scheme = "", ...parts] = authorization.trim().split(/ +/, 3);
  if (scheme.toLowerCase() !== "bearer") {
    return unauthenticated(
      "The Authorization header must begin with the word Bearer: send 'Authorization: Bearer <token>'",
    );
  }
  return parts.length === 1
    ? unauthenticated("The access token is unknown, expired or revoked", "invalid_token")
    : unauthenticated(
        "The Authorization header must contain the word Bearer once and then the token: send 'Authorization: Bearer <token>'",
        "invalid_request",
      );
}

function unauthenticated(detail: string, code?: string): ScimError {
  const challenge = code === undefined ? REALM : `${REALM}, error="${code}", error_description="${detail}"`;
  return new ScimError(401, undefined, detail, { "WWW-Authenticate": challenge });
}
