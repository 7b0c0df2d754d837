import type { Router } from "express";
import { ClosedError } from "../../domain/errors.js";
import { ScimError } from "../../scim/errors.js";
import { answerForm, sendForm, wantsPage } from "../pages/router.js";
import { baseOf, browserOf, enter } from "./entering.js";
import type { SignInParts } from "./entering.js";
import { afterSignIn, returnPathOf, withReturn } from "./return-path.js";

/** Where a person enters the code of a second factor after the password. */
export const CODE_PATH = "/sign-in/code";

export const CODE_FIELDS = ["code"];

/** Adds the second step of signing in: a code of the app, or a recovery code. */
export function signInCodeRoutes(router: Router, parts: SignInParts): void {
  const { signIn, cookies } = parts;
  router.get(CODE_PATH, async (request, response) => {
    const secret = cookies.challengeOf(request);
    const isPending = secret !== undefined && (await signIn.isPending(secret));
    const returnPath = returnPathOf(request);
    const shown = {
      page: "sign-in-code",
      data: { isRecovery: request.query.recovery !== undefined, returnPath },
    };
    if (!wantsPage(request)) {
      if (!isPending) throw new ScimError(401, undefined, "Sign in first");
      response.json({ fields: CODE_FIELDS });
    } else if (isPending) sendForm(parts, baseOf(request), request, response, 200, shown);
    else response.redirect(303, withReturn(`${request.baseUrl}/sign-in`, returnPath));
  });
  router.post(CODE_PATH, async (request, response) => {
    await answerForm(parts, baseOf(request), request, response, {
      fields: [...CODE_FIELDS, "recovery"],
      isDone: true,
      run: async ({ code = "" }) => {
        const secret = cookies.challengeOf(request);
        if (secret === undefined) throw new ClosedError("expired", "Sign in again");
        const begun = await signIn.enterCode({ secret, code, ...browserOf(cookies, request, response) });
        cookies.clearChallenge(response);
        return enter(parts, request, response, begun);
      },
      json: (body) => ({ body }),
      page: () => {
        response.redirect(303, afterSignIn(request));
      },
      again: ({ recovery }) =>
        Promise.resolve({
          page: "sign-in-code",
          data: { isRecovery: recovery !== undefined, returnPath: returnPathOf(request) },
        }),
    });
  });
}
