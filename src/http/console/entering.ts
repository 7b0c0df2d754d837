import type { Request, Response } from "express";
import { ScimError } from "../../scim/errors.js";
import type { BegunSession, SignInService } from "../../services/sessions/sign-in.js";
import type { CurrentSessions } from "../../services/sessions/current-session.js";
import type { SessionTimes } from "../../domain/sessions/session.js";
import { originOf } from "../pages/router.js";
import type { PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import { toJson } from "./session-json.js";
import type { SessionJson } from "./session-json.js";

export interface SignInParts extends PageParts {
  readonly signIn: SignInService;
  readonly sessions: CurrentSessions;
  readonly cookies: ConsoleCookies;
  readonly sessionTimes: SessionTimes;
}

/** What the browser tells of itself. */
export const browserOf = (cookies: ConsoleCookies, request: Request, response: Response) => ({
  deviceOf: (accountId: string) => cookies.deviceOf(request, accountId),
  origin: originOf(request, response),
  client: request.get("User-Agent"),
});

/** Has the browser enter a session that has begun, and leave the one that it had. */
export async function enter(
  { sessions, cookies, sessionTimes }: Pick<SignInParts, "sessions" | "cookies" | "sessionTimes">,
  request: Request,
  response: Response,
  { session, secret }: BegunSession,
): Promise<SessionJson> {
  const earlier = cookies.sessionOf(request);
  // The browser has one session at a time.
  const before = earlier === undefined ? undefined : await sessions.find(earlier);
  if (before) await sessions.signOut(before, false, originOf(request, response));
  cookies.setSession(response, secret, sessionTimes.total);
  cookies.setDevice(request, response, session.accountId);
  const current = await sessions.find(secret);
  if (!current) throw new ScimError(403, undefined, "Your password has just changed; sign in again");
  return toJson(current, await sessions.describe(current), cookies);
}

/** What the CSRF token of a page's form is for. */
export const baseOf = ({ baseUrl, path }: Request) => `${baseUrl}${path}`;
