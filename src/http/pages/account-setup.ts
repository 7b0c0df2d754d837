import type { Request, Response, Router } from "express";
import type { AccountSetupService, PendingAccount } from "../../services/users/account-setup.js";
import { LinkRouter, originOf } from "./router.js";
import type { PageParts } from "./router.js";

export interface AccountSetupParts extends PageParts {
  readonly setup: AccountSetupService;
}

/** Where links to set up an account lead: the owner chooses a password. */
export function accountSetup({ setup, ...parts }: AccountSetupParts): Router {
  const { branding } = parts.pages;
  const links = new LinkRouter(parts);
  const find = async (token: string, request: Request, response: Response) =>
    described(await setup.open(token, originOf(request, response)));
  const page = async (token: string, request: Request, response: Response) => ({
    page: "setup",
    data: await find(token, request, response),
  });

  links.open(find, page);
  links.act({
    name: "complete",
    fields: ["password"],
    run: (token, { password }, request, response) =>
      setup.complete(token, password, originOf(request, response)),
    json: (userName) => ({ body: { userName } }),
    page: (userName, _request, response) => {
      if (branding.acceptedUrl === undefined) parts.pages.send(response, 200, "ready", { userName });
      else response.redirect(303, branding.acceptedUrl);
    },
    again: (token, _input, request, response) => page(token, request, response),
  });
  return links.end();
}

const described = ({ account: { userName, displayName }, organization, expiresAt }: PendingAccount) => ({
  userName,
  displayName,
  organization: organization && { value: organization.id, display: organization.displayName },
  expiresAt,
});
