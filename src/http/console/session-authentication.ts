import type { Request } from "express";
import { isOneself } from "../../domain/access/actor.js";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { ScimError } from "../../scim/errors.js";
import { ME } from "../../scim/requests/place.js";
import { actorOfSession } from "../../services/roles/current-principal.js";
import type { CurrentSessions } from "../../services/sessions/current-session.js";
import type { ConsoleCookies } from "./cookies.js";
import { CSRF_HEADER, requireCsrf } from "./csrf.js";

const SAFE = ["GET", "HEAD"];

/** Finds the principal of a SCIM request that comes with the cookie of a session instead of an access token. */
export class SessionAuthentication {
  constructor(
    private readonly sessions: CurrentSessions,
    private readonly cookies: ConsoleCookies,
  ) {}

  /** Whether a request is to be taken for one of a session. */
  concerns(request: Request): boolean {
    return request.headers.authorization === undefined && this.cookies.hasSession(request);
  }

  /** @throws ScimError 401 for a session that has ended, 403 without a realm or the CSRF token */
  async authenticate(request: Request): Promise<Principal> {
    const secret = this.cookies.sessionOf(request);
    const current = secret === undefined ? undefined : await this.sessions.find(secret);
    if (!current) {
      throw new ScimError(401, undefined, "Your session has ended; sign in again", {
        "WWW-Authenticate": 'Bearer realm="muster"',
      });
    }
    // A read that has the token is meant for the realm that it was given for.
    if (!SAFE.includes(request.method) || request.get(CSRF_HEADER) !== undefined) {
      requireCsrf(this.cookies, current.session, request);
    }
    if (current.principal === "no realm") {
      const actor = actorOfSession(current.session);
      // The account is there wherever the person acts.
      if (ME.test(request.url) && isOneself(actor)) return { actor, realm: PROVIDER_REALM, power: "member" };
      throw new ScimError(403, undefined, "Your session acts in no realm any more; choose a realm first");
    }
    return current.principal;
  }
}
