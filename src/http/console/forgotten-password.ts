import type { Router } from "express";
import type { SignInService } from "../../services/sessions/sign-in.js";
import type { ForgottenPasswords } from "../../services/users/forgotten-password.js";
import { answerForm, originOf, sendForm, wantsPage } from "../pages/router.js";
import type { PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import { baseOf } from "./entering.js";
import { returnPathOf, withReturn } from "./return-path.js";
import { organizationAt } from "./sign-in.js";

export interface ForgottenPasswordParts extends PageParts {
  readonly signIn: SignInService;
  readonly forgotten: ForgottenPasswords;
  readonly cookies: ConsoleCookies;
}

const FIELDS = ["userName"];

/** The same for every name. */
const ANSWER = "If there is such an account, we have sent a mail to its address";

/** Adds where people who forgot their password ask for a link to a new one. */
export function forgottenPasswordRoutes(router: Router, parts: ForgottenPasswordParts): void {
  const { signIn, forgotten, cookies, pages } = parts;
  const paths = ["/forgotten-password", "/forgotten-password/:organization"];
  router.get(paths, async (request, response) => {
    const organization = await organizationAt(request, signIn);
    const data = { organization, userName: undefined, returnPath: returnPathOf(request) };
    const shown = { page: "forgotten-password", data };
    if (wantsPage(request)) sendForm(parts, baseOf(request), request, response, 200, shown);
    else response.json({ fields: FIELDS, organization: organization?.name });
  });
  router.post(paths, async (request, response) => {
    const organization = await organizationAt(request, signIn);
    const returnPath = returnPathOf(request);
    await answerForm(parts, baseOf(request), request, response, {
      fields: FIELDS,
      isDone: true,
      run: async ({ userName = "" }) => {
        await forgotten.ask({
          ...{ name: userName.trim(), organizationId: organization?.id },
          origin: originOf(request, response),
        });
        cookies.setReturnPath(request, response, returnPath);
      },
      json: () => ({ status: 202, body: { detail: ANSWER } }),
      page: () => {
        const signInPath = `${request.baseUrl}/sign-in${organization ? `/${organization.id}` : ""}`;
        pages.send(response, 200, "forgotten-password-sent", {
          signInPath: withReturn(signInPath, returnPath),
        });
      },
      again: ({ userName }) =>
        Promise.resolve({ page: "forgotten-password", data: { organization, userName, returnPath } }),
    });
  });
}
