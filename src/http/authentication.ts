import type { NextFunction, Request, RequestHandler, Response } from "express";
import { Passport } from "passport";
import { Strategy as BearerStrategy } from "passport-http-bearer";
import type { Principal } from "../domain/principal.js";
import type { AuthenticationService } from "../services/authentication.js";
import { ScimError } from "../scim/errors.js";

import { clientAddress } from "./client-address.js";
import { requestIdOf } from "./request-id.js";

const REALM = 'Bearer realm="muster"';

/**
 * Lets requests with a valid bearer token through, as that token's principal (RFC 6750). The features of
 * the server can be read without one, so that a client can find out how to authenticate (RFC 7643
 * section 5).
 */
export function authentication(service: AuthenticationService): RequestHandler {
  const passport = new Passport();
  passport.use(
    new BearerStrategy((secret, done) => {
      service.authenticate(secret).then(
        (principal) => done(null, principal ?? false),
        (error: unknown) => done(error),
      );
    }),
  );
  return (request: Request, response: Response, next: NextFunction) => {
    if (isPublic(request)) {
      next();
      return;
    }
    if (request.query.access_token !== undefined) {
      next(
        unauthenticated(
          "A token in the address ends up in logs; send it in the Authorization header",
          "invalid_request",
        ),
      );
      return;
    }
    const finish = (error: unknown, principal: unknown) => {
      if (error) next(error);
      else if (principal) {
        const origin = { requestId: requestIdOf(response), address: clientAddress(request) };
        request.user = { ...(principal as Principal), origin };
        next();
      } else next(refusal(request));
    };
    (passport.authenticate("bearer", { session: false }, finish) as RequestHandler)(request, response, next);
  };
}

const isPublic = (request: Request) =>
  (request.method === "GET" || request.method === "HEAD") &&
  /^\/ServiceProviderConfig\/?$/.test(request.path);

/**
 * Says what is wrong with the credentials. Where they are no bearer token at all, the challenge has no error code
 * (RFC 6750 section 3.1).
 */
function refusal({ headers: { authorization } }: Request): ScimError {
  if (authorization === undefined) {
    return unauthenticated("This needs an access token: send 'Authorization: Bearer <token>'");
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
        "The Authorization header must have the word Bearer once and then the token: 'Authorization: Bearer <token>'",
        "invalid_request",
      );
}

function unauthenticated(detail: string, code?: string): ScimError {
  const challenge = code === undefined ? REALM : `${REALM}, error="${code}", error_description="${detail}"`;
  return new ScimError(401, undefined, detail, { "WWW-Authenticate": challenge });
}
