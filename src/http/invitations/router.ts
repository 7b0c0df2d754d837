import express, { Router } from "express";
import type { NextFunction, Request, Response } from "express";
import type { Logger } from "../../logging/logger.js";
import { failure } from "../../scim/answer.js";
import { ScimError, toScimError } from "../../scim/errors.js";
import type { Acceptance, AcceptanceService, Accepted, Offer } from "../../services/acceptance.js";
import { requestId, requestIdOf } from "../request-id.js";
import { csrfToken, hasCsrfToken } from "./csrf.js";
import { Pages } from "./pages.js";
import type { Look } from "./pages.js";

export interface InvitationParts {
  readonly acceptance: AcceptanceService;
  readonly look: Look;
  readonly logger: Logger;
}

/** The longest body: a name and a password. */
const MAX_BODY = "16kb";

/**
 * Where links of invitations lead: pages for people, and the same as JSON for products with pages of their own.
 * Looking changes nothing, so that mail scanners and previews accept nothing.
 */
export function invitations({ acceptance, look, logger }: InvitationParts): Router {
  const pages = new Pages(look);
  const router = Router();
  const onFault = (request: Request) => (error: unknown) => {
    // The path has the link in it, which is a secret.
    logger.error(
      { err: error, method: request.method },
      "A request of an invitation failed by Muster's own fault",
    );
  };

  router.use(requestId);
  router.use((_request, response, next) => {
    response.set({
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "X-Robots-Tag": "noindex",
      Vary: "Accept",
    });
    next();
  });
  router.use(express.json({ limit: MAX_BODY }), express.urlencoded({ extended: false, limit: MAX_BODY }));

  router.get("/:token", async (request, response) => {
    const offer = await acceptance.look(request.params.token, originOf(request, response));
    if (!wantsPage(request)) response.json(described(offer));
    else showOffer(pages, request, response, 200, offer);
  });

  router.post("/:token", async (request, response) => {
    const { token } = request.params;
    if (!request.is("application/x-www-form-urlencoded")) {
      throw new ScimError(415, undefined, "Forms go here; JSON goes to /accept");
    }
    const said = acceptanceIn(request.body);
    try {
      if (!hasCsrfToken(request))
        throw new ScimError(403, undefined, "The page was open for too long; try again");
      const accepted = await acceptance.accept(token, said, originOf(request, response));
      if (look.acceptedUrl === undefined) pages.send(response, 200, "joined", accepted);
      else response.redirect(303, look.acceptedUrl);
    } catch (error) {
      const shown = toScimError(error);
      if (!shown || ![400, 403].includes(shown.status)) throw error;
      // The form again, if there is still something to accept.
      const offer = await acceptance.look(token, originOf(request, response));
      showOffer(pages, request, response, shown.status, offer, { error: shown.message, said });
    }
  });

  router.post("/:token/accept", async (request, response) => {
    if (!request.is("application/json")) {
      throw new ScimError(415, undefined, "The Content-Type must be application/json");
    }
    const said = acceptanceIn(request.body);
    const accepted = await acceptance.accept(request.params.token, said, originOf(request, response));
    response.json(acceptedAs(accepted));
  });

  router.use((request: Request) => {
    throw new ScimError(404, undefined, `There is nothing to ${request.method} here`);
  });

  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const { status, body, headers } = failure(readable(error), onFault(request));
    response.set(headers);
    if (!wantsPage(request)) {
      response.status(status).type("application/json").end(body);
      return;
    }
    const { detail } = JSON.parse(body as string) as { detail: string };
    pages.send(response, status, "closed", { detail: status === 404 ? undefined : detail });
  });
  return router;
}

/** Express's own errors are about the body. */
function readable(error: unknown): unknown {
  const { status, expose, message } = error as { status?: number; expose?: boolean; message?: string };
  const isOfClient = expose === true && status !== undefined && status >= 400 && status < 500;
  return isOfClient && !(error instanceof ScimError)
    ? new ScimError(status, undefined, message ?? "")
    : error;
}

/** Browsers ask for pages; whoever takes anything gets JSON. */
const wantsPage = (request: Request) =>
  !request.is("application/json") && request.accepts("application/json", "text/html") === "text/html";

const originOf = (request: Request, response: Response) => ({
  requestId: requestIdOf(response),
  address: request.ip,
});

function acceptanceIn(body: unknown): Acceptance {
  const { givenName, familyName, password } = (body ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return { givenName: text(givenName), familyName: text(familyName), password: text(password) };
}

function showOffer(
  pages: Pages,
  request: Request,
  response: Response,
  status: number,
  offer: Offer,
  { error, said }: { error?: string; said?: Acceptance } = {},
): void {
  const csrf = csrfToken(request, response);
  const { givenName = offer.invitation.givenName, familyName = offer.invitation.familyName } = said ?? {};
  pages.send(response, status, "invitation", {
    ...described(offer),
    ...{ csrf, error, givenName, familyName, action: request.originalUrl.split("?")[0] },
  });
}

/** What an invitation offers, as JSON. */
function described({ invitation, address, inviterName, takes }: Offer) {
  const { organizationId, organizationName, teams, roles } = invitation;
  const { givenName, familyName, description, expiresAt } = invitation;
  return {
    organization: { value: organizationId, display: organizationName },
    inviter: inviterName,
    email: address,
    givenName,
    familyName,
    description,
    roles,
    teams: teams.map(({ id, display }) => ({ value: id, display })),
    expiresAt,
    takes,
  };
}

const acceptedAs = ({ accountId, userName, organizationId, organizationName }: Accepted) => ({
  user: { value: accountId, userName },
  organization: { value: organizationId, display: organizationName },
});
