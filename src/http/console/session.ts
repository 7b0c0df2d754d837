import type { Request, Response, Router } from "express";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Realm } from "../../domain/access/principal.js";
import { isId } from "../../domain/values/id.js";
import { ScimError } from "../../scim/errors.js";
import type { CurrentSession, CurrentSessions } from "../../services/sessions/current-session.js";
import { inputIn, originOf, wantsPage } from "../pages/router.js";
import type { PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import { requireCsrf } from "./csrf.js";
import { changePasswordRoutes } from "./change-password.js";
import type { ChangePasswordParts } from "./change-password.js";
import { ownAddressRoutes } from "./own-addresses.js";
import type { OwnAddressParts } from "./own-addresses.js";
import { secondFactorRoutes } from "./second-factor.js";
import type { SecondFactorParts } from "./second-factor.js";
import { toJson } from "./session-json.js";

export interface SessionParts extends PageParts, ChangePasswordParts, SecondFactorParts, OwnAddressParts {
  readonly sessions: CurrentSessions;
  readonly cookies: ConsoleCookies;
}

/** Adds what people do with the session that they are in: read it, act in another realm, sign out. */
export function sessionRoutes(router: Router, parts: SessionParts): void {
  const { sessions, cookies, pages } = parts;
  const find = async (request: Request, response: Response): Promise<CurrentSession> => {
    const secret = cookies.sessionOf(request);
    const current = secret === undefined ? undefined : await sessions.find(secret);
    if (current) return current;
    if (cookies.hasSession(request)) cookies.clearSession(response);
    throw new ScimError(401, undefined, "Sign in first", { "WWW-Authenticate": 'Bearer realm="muster"' });
  };

  /** For a write: by a header, or by a field of a form. */
  const findForWrite = async (request: Request, response: Response): Promise<CurrentSession> => {
    const current = await find(request, response);
    const { csrf } = inputIn(request.body, ["csrf"]);
    requireCsrf(cookies, current.session, request, csrf);
    return current;
  };

  const described = async (current: CurrentSession) =>
    toJson(current, await sessions.describe(current), cookies);

  const switchTo = async (request: Request, response: Response) => {
    const current = await findForWrite(request, response);
    const { realm } = inputIn(request.body, ["realm"]);
    return sessions.switchTo(current, realmIn(realm), originOf(request, response));
  };

  const signOut = async (request: Request, response: Response, everywhere: boolean) => {
    await sessions.signOut(await findForWrite(request, response), everywhere, originOf(request, response));
    cookies.clearSession(response);
  };

  changePasswordRoutes(router, parts, find, findForWrite);
  secondFactorRoutes(router, parts, find, findForWrite);
  ownAddressRoutes(router, parts, find, findForWrite);
  router.get("/session", async (request, response) => {
    if (!wantsPage(request)) response.json(await described(await find(request, response)));
    else if (cookies.sessionOf(request) === undefined) response.redirect(303, `${request.baseUrl}/sign-in`);
    else {
      const session = await described(await find(request, response));
      pages.send(response, 200, "session", { session, base: `${request.baseUrl}/session` });
    }
  });
  router.patch("/session", async (request, response) => {
    response.json(await described(await switchTo(request, response)));
  });
  router.delete("/session", async (request, response) => {
    await signOut(request, response, request.query.everywhere === "true");
    response.status(204).end();
  });
  // The same by forms.
  router.post("/session/realm", async (request, response) => {
    await switchTo(request, response);
    response.redirect(303, `${request.baseUrl}/session`);
  });
  router.post(["/session/sign-out", "/session/sign-out-everywhere"], async (request, response) => {
    await signOut(request, response, request.path.endsWith("everywhere"));
    response.redirect(303, `${request.baseUrl}/sign-in`);
  });
}

/** @throws ScimError 400 */
function realmIn(realm: string | undefined): Realm {
  if (realm === PROVIDER_REALM.type) return PROVIDER_REALM;
  if (realm !== undefined && isId(realm)) return { type: "organization", organizationId: realm };
  throw new ScimError(400, "invalidValue", "'realm' must be 'provider' or the id of an organization");
}
