import type { Request, Response, Router } from "express";
import type { AdministratorSetup } from "../../services/administrators/administrator-setup.js";
import { LinkRouter, originOf } from "./router.js";
import type { FormInput, PageParts, Shown } from "./router.js";

export interface AdministratorSetupParts extends PageParts {
  readonly administrators: AdministratorSetup;
}

/** Where links for administrators of the provider lead: a person makes an account with that role. */
export function administratorSetup({ administrators, ...parts }: AdministratorSetupParts): Router {
  const links = new LinkRouter({ ...parts, closedPage: "administrator-closed" });
  const find = async (token: string, request: Request, response: Response) => {
    const { expiresAt } = await administrators.open(token, originOf(request, response));
    return { expiresAt };
  };
  const page = async (
    token: string,
    { email, givenName, familyName }: FormInput,
    request: Request,
    response: Response,
  ): Promise<Shown> => ({
    page: "administrator",
    data: { ...(await find(token, request, response)), email, givenName, familyName },
  });

  links.open(find, (token, request, response) => page(token, {}, request, response));
  links.act({
    name: "complete",
    fields: ["email", "givenName", "familyName", "password"],
    run: (token, input, request, response) =>
      administrators.complete(token, input, originOf(request, response)),
    json: ({ id, userName }) => ({ status: 201, body: { user: { value: id, userName } } }),
    page: ({ userName }, _request, response) => {
      parts.pages.send(response, 201, "administrator-ready", { userName });
    },
    again: page,
  });
  return links.end();
}
