import type { Request, Response, Router } from "express";
import type { PasswordResetService, PendingReset } from "../../services/users/password-resets.js";
import type { ConsoleCookies } from "../console/cookies.js";
import { asReturnPath, withReturn } from "../console/return-path.js";
import { LinkRouter, originOf } from "./router.js";
import type { PageParts } from "./router.js";

export interface PasswordResetParts extends PageParts {
  readonly resets: PasswordResetService;
  readonly cookies: ConsoleCookies;
}

/** Where links to new passwords lead. */
export function passwordReset({ resets, cookies, ...parts }: PasswordResetParts): Router {
  const links = new LinkRouter({ ...parts, closedPage: "new-password-closed" });
  const find = async (token: string, request: Request, response: Response) =>
    described(await resets.open(token, originOf(request, response)));
  const page = async (token: string, request: Request, response: Response) => ({
    page: "new-password",
    data: await find(token, request, response),
  });

  links.open(find, page);
  links.act({
    name: "complete",
    fields: ["password"],
    run: (token, { password }, request, response) =>
      resets.complete(token, password, originOf(request, response)),
    json: ({ userName }) => ({ body: { userName } }),
    page: ({ userName, organizationId }, request, response) => {
      const { acceptedUrl, signInUrl } = parts.pages.branding;
      const returnPath = asReturnPath(cookies.returnPathOf(request));
      cookies.setReturnPath(request, response, undefined);
      const ownSignIn = organizationId === undefined ? signInUrl : `${signInUrl}/${organizationId}`;
      parts.pages.send(response, 200, "ready", {
        userName,
        signInUrl: withReturn(ownSignIn, returnPath),
        // Signing in leads back, and so to the product.
        acceptedUrl: returnPath === undefined ? acceptedUrl : undefined,
      });
    },
    again: (token, _input, request, response) => page(token, request, response),
  });
  return links.end();
}

const described = ({ account: { userName, displayName }, organization, reset }: PendingReset) => ({
  userName,
  displayName,
  organization: organization && { value: organization.id, display: organization.displayName },
  expiresAt: reset.expiresAt,
});
