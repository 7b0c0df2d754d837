import type { Response, Router } from "express";
import { toScimError } from "../../scim/errors.js";
import type { CurrentSession } from "../../services/sessions/current-session.js";
import type { PasswordChange } from "../../services/sessions/password-change.js";
import { fieldOf, inputIn, originOf } from "../pages/router.js";
import type { PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import type { FindSession } from "./page-session.js";

export interface ChangePasswordParts extends Pick<PageParts, "pages"> {
  readonly passwordChange: PasswordChange;
  readonly cookies: ConsoleCookies;
}

const FIELDS = ["currentPassword", "newPassword"];

/** Adds where a person who is signed in changes their password. @param findForWrite also checks the CSRF token */
export function changePasswordRoutes(
  router: Router,
  { passwordChange, cookies, pages }: ChangePasswordParts,
  find: FindSession,
  findForWrite: FindSession,
): void {
  const show = ({ session }: CurrentSession, base: string, response: Response, wrong: object = {}) => {
    const status = "status" in wrong ? (wrong.status as number) : 200;
    pages.send(response, status, "change-password", { csrf: cookies.csrfOf(session), base, ...wrong });
  };
  router.get("/session/password", async (request, response) => {
    show(await find(request, response), `${request.baseUrl}/session`, response);
  });
  router.post("/session/password", async (request, response) => {
    const current = await findForWrite(request, response);
    const { currentPassword, newPassword } = inputIn(request.body, FIELDS);
    const isForm = Boolean(request.is("application/x-www-form-urlencoded"));
    try {
      const entered = { currentPassword, newPassword };
      const secret = await passwordChange.change(current.session, entered, originOf(request, response));
      const left = Date.parse(current.session.expiresAt) - Date.now();
      cookies.setSession(response, secret, Math.max(1, Math.floor(left / 1000)));
    } catch (error) {
      const refusal = isForm ? toScimError(error) : undefined;
      if (!refusal) throw error;
      response.set(refusal.headers);
      const wrong = { status: refusal.status, error: refusal.message, field: fieldOf(error) };
      show(current, `${request.baseUrl}/session`, response, wrong);
      return;
    }
    if (isForm) response.redirect(303, `${request.baseUrl}/session`);
    else response.status(204).end();
  });
}
