import type { RequestHandler } from "express";
import { accountOf } from "../../domain/access/actor.js";
import { asOneself } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { ScimError } from "../../scim/errors.js";
import { ME } from "../../scim/requests/place.js";

/**
 * Has people act on their own account at `/Me`, whatever the method (RFC 7644 section 3.11).
 *
 * The error is 404 for a token that does not belong to a User.
 */
export const me: RequestHandler = (request, _response, next) => {
  if (!ME.test(request.url)) {
    next();
    return;
  }
  const principal = request.user as Principal;
  if (accountOf(principal.actor) === undefined) {
    next(
      new ScimError(
        404,
        undefined,
        "This access token does not belong to a User, so '/Me' does not exist for it",
      ),
    );
    return;
  }
  request.user = asOneself(principal);
  next();
};
