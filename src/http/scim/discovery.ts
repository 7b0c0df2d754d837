import type { RequestHandler } from "express";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Discovery } from "../../scim/discovery.js";
import { ScimError } from "../../scim/errors.js";
import { isFiltered } from "../../scim/requests/query.js";
import { decoded } from "../../scim/requests/place.js";

/** How Okta's client names itself in `User-Agent`: "Okta SCIM Client 1.0.0". */
const OKTA = /^okta\b/i;

const DISCOVERY = /^\/(ServiceProviderConfig|ResourceTypes|Schemas)(?:\/([^/]+))?$/;

/**
 * Answers about the server itself are the same whatever the query (RFC 7644 section 4): its parameters are
 * not looked at, except that a filter, which would promise something else, is refused.
 *
 * The error is 403 for a filter, 404 for what there is not.
 */
export const discovery =
  (answers: Discovery): RequestHandler =>
  (request, response, next) => {
    const [, endpoint, id] = DISCOVERY.exec(request.path) ?? [];
    if (endpoint === undefined) {
      next();
      return;
    }
    if (isFiltered(request.query)) {
      throw new ScimError(
        403,
        undefined,
        `${request.path} cannot be filtered; remove the parameter 'filter'`,
      );
    }
    const isOkta = OKTA.test(request.headers["user-agent"] ?? "");
    response.vary("User-Agent");
    const { type: realm } = (request.user as Principal | undefined)?.realm ?? PROVIDER_REALM;
    const asker = { realm, isOkta };
    response.send(answers.answer(endpoint, id === undefined ? undefined : decoded(id), asker));
  };
