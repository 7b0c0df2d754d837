import type { Request, Router } from "express";
import { ScimError } from "../../scim/errors.js";
import { CODE_SECONDS } from "../../services/sessions/sign-in.js";
import type { SignInService } from "../../services/sessions/sign-in.js";
import { answerForm, sendForm, wantsPage } from "../pages/router.js";
import type { SessionJson } from "./session-json.js";
import { baseOf, browserOf, enter } from "./entering.js";
import type { SignInParts } from "./entering.js";
import { afterSignIn, returnPathOf, withReturn } from "./return-path.js";
import { CODE_FIELDS, CODE_PATH, signInCodeRoutes } from "./sign-in-code.js";

const FIELDS = ["userName", "password"];

/** What signing in answers where a second factor guards the password. */
interface NextStep {
  readonly next: string;
  readonly fields: readonly string[];
  readonly expiresAt: string;
}

/** Adds where people sign in: with their own names, and with the names that an organization has for its people. */
export function signInRoutes(router: Router, parts: SignInParts): void {
  const { signIn, cookies } = parts;
  signInCodeRoutes(router, parts);
  const paths = ["/sign-in", "/sign-in/:organization"];
  router.get(paths, async (request, response) => {
    const organization = await organizationAt(request, signIn);
    const data = { organization, userName: undefined, returnPath: returnPathOf(request) };
    const shown = { page: "sign-in", data };
    if (wantsPage(request)) sendForm(parts, baseOf(request), request, response, 200, shown);
    else response.json({ fields: FIELDS, organization: organization?.name });
  });
  router.post(paths, async (request, response) => {
    const organization = await organizationAt(request, signIn);
    await answerForm<SessionJson | NextStep>(parts, baseOf(request), request, response, {
      fields: FIELDS,
      isDone: true,
      run: async ({ userName = "", password = "" }) => {
        const begun = await signIn.signIn({
          ...{ name: userName.trim(), password, organizationId: organization?.id },
          ...browserOf(cookies, request, response),
        });
        if ("session" in begun) return enter(parts, request, response, begun);
        cookies.setChallenge(response, begun.challenge, CODE_SECONDS);
        return { next: `${request.baseUrl}${CODE_PATH}`, fields: CODE_FIELDS, expiresAt: begun.expiresAt };
      },
      json: (body) => ({ body }),
      page: (done) => {
        const next = "next" in done ? withReturn(done.next, returnPathOf(request)) : afterSignIn(request);
        response.redirect(303, next);
      },
      again: ({ userName }) => {
        const data = { organization, userName, returnPath: returnPathOf(request) };
        return Promise.resolve({ page: "sign-in", data });
      },
    });
  });
}

/** The organization whose names are entered at an address; undefined: none. @throws ScimError 404 */
export async function organizationAt({ params }: Request, signIn: Pick<SignInService, "organizationName">) {
  const id = params.organization;
  if (typeof id !== "string") return undefined;
  const name = await signIn.organizationName(id);
  if (name === undefined) throw new ScimError(404, undefined, "There is no organization at this address");
  return { id, name };
}
