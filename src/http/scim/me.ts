import type { RequestHandler } from "express";
import { accountOf } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import { ScimError } from "../../scim/errors.js";
import { ME, withoutMe } from "../../scim/requests/place.js";
import type { ResourceType } from "../../scim/resources/resource-type.js";

/**
 * Takes `/Me` for the User that the access token belongs to, whatever the method (RFC 7644 section 3.11). The
 * answer names the resource's own address.
 *
 * The error is 404 for a token that does not belong to a User.
 */
export const me =
  (types: readonly ResourceType[]): RequestHandler =>
  (request, _response, next) => {
    if (!ME.test(request.url)) {
      next();
      return;
    }
    const accountId = accountOf((request.user as Principal).actor);
    if (accountId === undefined) {
      next(
        new ScimError(
          404,
          undefined,
          "This access token does not belong to a User, so '/Me' does not exist for it",
        ),
      );
      return;
    }
    request.url = withoutMe(request.url, types, accountId);
    next();
  };
