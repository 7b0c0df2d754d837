import type { Request, Response, Router } from "express";
import { addressOf } from "../../domain/invitations/invitation.js";
import type { AcceptanceService } from "../../services/invitations/acceptance.js";
import type { Accepted } from "../../services/invitations/joining-by-invitation.js";
import type { AddressProofs } from "../../services/invitations/address-proofs.js";
import type { OpenInvitation } from "../../services/invitations/open-invitations.js";
import type { ConsoleCookies } from "../console/cookies.js";
import { LinkRouter, originOf } from "./router.js";
import type { FormInput, PageParts, Shown } from "./router.js";

export interface InvitationParts extends PageParts {
  readonly acceptance: AcceptanceService;
  readonly proofs: AddressProofs;
  readonly cookies: ConsoleCookies;
}

/** Where links to invitations lead: who is invited sees what to, proves an address, accepts or declines. */
export function invitations({ acceptance, proofs, cookies, ...parts }: InvitationParts): Router {
  const { branding } = parts.pages;
  const links = new LinkRouter(parts);

  const offerOf = (token: string, request: Request, response: Response) =>
    acceptance.open(token, originOf(request, response));
  const again = async (token: string, input: FormInput, request: Request, response: Response) =>
    toOfferPage(await offerOf(token, request, response), input);

  links.open(
    async (token, request, response) => described(await offerOf(token, request, response)),
    (token, request, response) => again(token, {}, request, response),
  );

  links.act({
    name: "accept",
    fields: ["givenName", "familyName", "password", "code"],
    run: (token, input, request, response) =>
      acceptance.accept(token, input, {
        deviceOf: (accountId) => cookies.deviceOf(request, accountId),
        origin: originOf(request, response),
      }),
    json: (accepted) => ({ body: acceptedAs(accepted) }),
    page: (accepted, _request, response) => {
      if (branding.acceptedUrl === undefined) parts.pages.send(response, 200, "joined", accepted);
      else response.redirect(303, branding.acceptedUrl);
    },
    again,
  });

  const declinePage = async (token: string, request: Request, response: Response): Promise<Shown> => ({
    page: "decline",
    data: described(await offerOf(token, request, response)),
  });

  links.act({
    name: "decline",
    fields: [],
    question: declinePage,
    run: (token, _input, request, response) => acceptance.decline(token, originOf(request, response)),
    json: () => undefined,
    page: (offer, _request, response) => {
      parts.pages.send(response, 200, "declined", described(offer));
    },
    again: (token, _input, request, response) => declinePage(token, request, response),
  });

  const codePage = async (
    token: string,
    input: FormInput,
    request: Request,
    response: Response,
  ): Promise<Shown> => {
    const offer = await offerOf(token, request, response);
    return { page: "code", data: { ...described(offer), email: offer.address ?? input.email } };
  };

  links.act({
    name: "codes",
    fields: ["email"],
    run: async (token, { email }, request, response) => {
      const sent = await proofs.send(token, email, originOf(request, response));
      return { ...sent, shown: await codePage(token, { email: sent.address }, request, response) };
    },
    json: ({ address, expiresAt }) => ({ status: 202, body: { email: address, expiresAt } }),
    page: ({ shown }, request, response) => {
      links.show(request, response, shown);
    },
    again,
  });

  links.act({
    name: "proof",
    fields: ["email", "code"],
    run: async (token, { email, code = "" }, request, response) => {
      const origin = originOf(request, response);
      const proved = await proofs.prove(token, email, code, origin);
      return { ...proved, offer: await acceptance.open(proved.token, origin) };
    },
    json: ({ link, offer }) => ({ body: { link, ...described(offer) } }),
    page: ({ token }, request, response) => {
      response.redirect(303, `${request.baseUrl}/${token}`);
    },
    again: codePage,
  });

  return links.end();
}

/** What an invitation offers, as JSON. */
function described({ invitation, address, inviterName, takes }: OpenInvitation) {
  const { organizationId, organizationName, teams, roles, emails } = invitation;
  const { givenName, familyName, description, expiresAt } = invitation;
  return {
    organization: { value: organizationId, display: organizationName },
    inviter: inviterName,
    email: address,
    // Which addresses will do; not those of others.
    domains:
      address === undefined
        ? emails.filter((each) => each.startsWith("*@")).map((each) => each.slice(2))
        : undefined,
    ...(address !== undefined && { givenName, familyName }),
    description,
    roles,
    teams: teams.map(({ id, display }) => ({ value: id, display })),
    expiresAt,
    takes,
  };
}

/** The page for what the person has to do next. */
function toOfferPage(offer: OpenInvitation, input: FormInput): Shown {
  const { givenName, familyName, ...rest } = described(offer);
  const name = {
    givenName: input.givenName ?? givenName,
    familyName: input.familyName ?? familyName,
  };
  const email = offer.address ?? input.email;
  const { invitation, address } = offer;
  // Other people with the link may still want to accept it.
  const declines = address !== undefined && addressOf(invitation, address) !== undefined;
  return {
    page: { address: "address", code: "confirm", account: "account", password: "password", nothing: "join" }[
      offer.takes
    ],
    data: { ...rest, ...name, email, declines, asksCode: input.code !== undefined },
  };
}

const acceptedAs = ({ accountId, userName, organizationId, organizationName }: Accepted) => ({
  user: { value: accountId, userName },
  organization: { value: organizationId, display: organizationName },
});
