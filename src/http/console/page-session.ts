import type { Request, Response } from "express";
import type { PersonSession } from "../../domain/sessions/session.js";
import { ScimError } from "../../scim/errors.js";
import type { CurrentSession, CurrentSessions } from "../../services/sessions/current-session.js";
import type { ConsoleCookies } from "./cookies.js";
import { requireCsrf } from "./csrf.js";

/** What finds sessions. */
export interface PageSessionParts {
  readonly sessions: CurrentSessions;
  readonly cookies: ConsoleCookies;
}

/** Finds the session of a request to a page of the console. */
export type FindSession = (request: Request, response: Response) => Promise<CurrentSession>;

/** The session that a request for a page outside of the console comes with, if there is one. */
export async function sessionOf(
  { sessions, cookies }: PageSessionParts,
  request: Request,
): Promise<PersonSession | undefined> {
  const secret = cookies.sessionOf(request);
  return secret === undefined ? undefined : (await sessions.find(secret))?.session;
}

/**
 * The session that such a page writes in.
 *
 * @param field what its form has as the session's CSRF token; everything else sends it as a header
 * @throws ScimError 401 without a session, 403 without the token
 */
export async function sessionForWrite(
  parts: PageSessionParts,
  request: Request,
  field: string | undefined,
): Promise<PersonSession> {
  const session = await sessionOf(parts, request);
  if (!session) throw new ScimError(401, undefined, "You are not signed in, or your session has ended");
  requireCsrf(parts.cookies, session, request, field);
  return session;
}
