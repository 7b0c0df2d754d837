import type { Request, Response, Router } from "express";
import { addressOf } from "../../domain/invitations/invitation.js";
import type { AcceptanceService } from "../../services/invitations/acceptance.js";
import type { Accepted } from "../../services/invitations/joining-by-invitation.js";
import type { AddressProofs } from "../../services/invitations/address-proofs.js";
import type { SessionAcceptance, SignedInInvitee } from "../../services/invitations/session-acceptance.js";
import type { OpenInvitation } from "../../services/invitations/open-invitations.js";
import { sessionForWrite, sessionOf } from "../console/page-session.js";
import type { PageSessionParts } from "../console/page-session.js";
import { withReturn } from "../console/return-path.js";
import { LinkRouter, originOf } from "./router.js";
import type { FormInput, PageParts, Shown } from "./router.js";

export interface InvitationParts extends PageParts, PageSessionParts {
  readonly acceptance: AcceptanceService;
  readonly inSession: SessionAcceptance;
  readonly proofs: AddressProofs;
}

/** Where links to invitations lead: who is invited sees what to, proves an address, accepts or declines. */
export function invitations(parts: InvitationParts): Router {
  const { acceptance, inSession, proofs, cookies } = parts;
  const { branding } = parts.pages;
  const links = new LinkRouter(parts);

  const offerOf = (token: string, request: Request, response: Response) =>
    acceptance.open(token, originOf(request, response));

  /** @param isOther whether the person wants to use another account than the one that they are signed in to */
  const offerPage = async (
    token: string,
    input: FormInput,
    isOther: boolean,
    request: Request,
    response: Response,
  ) => {
    const offer = await offerOf(token, request, response);
    const { page, data } = toOfferPage(offer, input);
    const signedIn = await signedInFor(parts, request, offer);
    const signIn = withReturn(branding.signInUrl, `/invitations/${token}`);
    const takesIt = signedIn !== undefined && signedIn.hindrance === undefined && offer.takes !== "address";
    return { page: takesIt && !isOther ? "accept-as" : page, data: { ...data, signedIn, signIn } };
  };
  const again = (token: string, input: FormInput, request: Request, response: Response) =>
    offerPage(token, input, true, request, response);

  links.open(
    async (token, request, response) => {
      const offer = await offerOf(token, request, response);
      const signedIn = await signedInFor(parts, request, offer);
      return { ...described(offer), signedIn: signedIn && signedInAs(signedIn) };
    },
    (token, request, response) => offerPage(token, {}, request.query.account === "other", request, response),
  );

  const joined = (accepted: Accepted, isSignedIn: boolean, response: Response) => {
    if (branding.acceptedUrl !== undefined) response.redirect(303, branding.acceptedUrl);
    else parts.pages.send(response, 200, "joined", { ...accepted, isSignedIn });
  };

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
      joined(accepted, false, response);
    },
    again,
  });

  links.act({
    name: "accept-in-session",
    fields: ["session"],
    run: async (token, { session: csrf }, request, response) => {
      const session = await sessionForWrite(parts, request, csrf);
      return inSession.accept(token, session, originOf(request, response));
    },
    json: (accepted) => ({ body: acceptedAs(accepted) }),
    page: (accepted, _request, response) => {
      joined(accepted, true, response);
    },
    again: (token, input, request, response) => offerPage(token, input, false, request, response),
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

/** The person who is signed in, as the page of an invitation needs them. */
async function signedInFor(parts: InvitationParts, request: Request, offer: OpenInvitation) {
  const session = await sessionOf(parts, request);
  const invitee = session && (await parts.inSession.invitee(session, offer));
  return session && invitee && { ...invitee, csrf: parts.cookies.csrfOf(session) };
}

/** The account that accepting in the session would take, as JSON. */
const signedInAs = ({ accountId, userName, displayName, hindrance }: SignedInInvitee) =>
  hindrance === undefined ? { value: accountId, userName, display: displayName } : undefined;

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
