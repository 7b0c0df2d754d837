import type { Request } from "express";
import type { PersonSession } from "../../domain/sessions/session.js";
import { ScimError } from "../../scim/errors.js";
import type { ConsoleCookies } from "./cookies.js";

/** The header that writes in a session send their CSRF token in. */
export const CSRF_HEADER = "Muster-CSRF";

/**
 * Checks that a write comes from a page or a client of the session, in the realm that it acts in.
 *
 * @param field what a form has as the session's CSRF token; everything else sends it as a header
 * @throws ScimError 403
 */
export function requireCsrf(
  cookies: ConsoleCookies,
  session: PersonSession,
  request: Request,
  field?: string,
): void {
  const isForm = Boolean(request.is("application/x-www-form-urlencoded"));
  if (cookies.isCsrf(session, isForm ? field : request.get(CSRF_HEADER))) return;
  const why = isForm
    ? "You have signed in again, or switched to another organization, since this page was opened; open it again"
    : `The header ${CSRF_HEADER} is missing, or was for another realm; read it from /console/session`;
  throw new ScimError(403, undefined, why);
}
