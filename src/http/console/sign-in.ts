import type { Request, Response, Router } from "express";
import { ScimError } from "../../scim/errors.js";
import type { BegunSession, SignInService } from "../../services/sessions/sign-in.js";
import type { SessionTimes } from "../../domain/sessions/session.js";
import { answerForm, originOf, sendForm, wantsPage } from "../pages/router.js";
import type { PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import { toJson } from "./session-json.js";
import type { CurrentSessions } from "../../services/sessions/current-session.js";

export interface SignInParts extends PageParts {
  readonly signIn: SignInService;
  readonly sessions: CurrentSessions;
  readonly cookies: ConsoleCookies;
  readonly sessionTimes: SessionTimes;
}

const FIELDS = ["userName", "password"];

/** Adds where people sign in: with their own names, and with the names that an organization has for its people. */
export function signInRoutes(router: Router, parts: SignInParts): void {
  const { signIn, sessions, cookies, sessionTimes } = parts;

  const begin = (request: Request, response: Response, { session, secret }: BegunSession) => {
    cookies.setSession(response, secret, sessionTimes.total);
    cookies.setDevice(request, response, session.accountId);
  };

  const paths = ["/sign-in", "/sign-in/:organization"];
  router.get(paths, async (request, response) => {
    const organization = await organizationAt(request, signIn);
    const shown = { page: "sign-in", data: { organization, userName: undefined } };
    if (wantsPage(request)) sendForm(parts, baseOf(request), request, response, 200, shown);
    else response.json({ fields: FIELDS, organization: organization?.name });
  });
  router.post(paths, async (request, response) => {
    const organization = await organizationAt(request, signIn);
    const earlier = cookies.sessionOf(request);
    await answerForm(parts, baseOf(request), request, response, {
      fields: FIELDS,
      isDone: true,
      run: async ({ userName = "", password = "" }) => {
        const begun = await signIn.signIn({
          ...{ name: userName.trim(), password, organizationId: organization?.id },
          deviceOf: (accountId) => cookies.deviceOf(request, accountId),
          origin: originOf(request, response),
          client: request.get("User-Agent"),
        });
        // The browser has one session at a time.
        const before = earlier === undefined ? undefined : await sessions.find(earlier);
        if (before) await sessions.signOut(before, false, originOf(request, response));
        begin(request, response, begun);
        const current = await sessions.find(begun.secret);
        if (!current) throw new ScimError(403, undefined, "Your password has just changed; sign in again");
        return toJson(current, await sessions.describe(current), cookies);
      },
      json: (body) => ({ body }),
      page: () => {
        response.redirect(303, `${request.baseUrl}/session`);
      },
      again: ({ userName }) => Promise.resolve({ page: "sign-in", data: { organization, userName } }),
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

export const baseOf = ({ baseUrl, path }: Request) => `${baseUrl}${path}`;
