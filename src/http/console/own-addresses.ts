import type { Request, Response, Router } from "express";
import { ForbiddenError } from "../../domain/errors.js";
import { ScimError, toScimError } from "../../scim/errors.js";
import type { CurrentSession } from "../../services/sessions/current-session.js";
import type { OwnAddress, OwnAddressService } from "../../services/users/own-addresses.js";
import { fieldOf, inputIn, originOf, wantsPage } from "../pages/router.js";
import type { FormInput, PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import type { FindSession } from "./page-session.js";
import { withReturn } from "./return-path.js";

export interface OwnAddressParts extends Pick<PageParts, "pages"> {
  readonly ownAddresses: OwnAddressService;
  readonly cookies: ConsoleCookies;
}

/** What people do with their addresses, by a form and as JSON. */
interface AddressAction {
  readonly path: string;
  readonly fields: readonly string[];
  readonly run: (
    current: CurrentSession,
    input: FormInput,
    request: Request,
    response: Response,
  ) => Promise<void>;
  /** The answer as JSON; undefined: the addresses. */
  readonly json?: { readonly status: number; readonly body: object };
  /** The page that a button leads to: it asks for the password, and shows what is wrong. Undefined: there is a form already. */
  readonly question?: string | undefined;
}

const PATH = "/session/addresses";
const PROOF_PATH = `${PATH}/proofs/:token`;
const FIELDS = ["email", "currentPassword"];

/** The same for every address. */
const ASKED = { status: 202, body: { detail: "We send a mail with a link to this address" } };

/** Adds where people who are signed in see, prove and remove addresses, and make one their user name. */
export function ownAddressRoutes(
  router: Router,
  { ownAddresses, cookies, pages }: OwnAddressParts,
  find: FindSession,
  findForWrite: FindSession,
): void {
  const show = (request: Request, response: Response, { session }: CurrentSession, shown: ShownAddresses) => {
    const { status = 200, page, data } = shown;
    const base = `${request.baseUrl}${PATH}`;
    pages.send(response, status, page, { csrf: cookies.csrfOf(session), base, ...data });
  };
  const listed = async ({ session }: CurrentSession) => ({
    addresses: (await ownAddresses.list(session)).map(toJson),
  });

  /** The page of a link that does not work in this session. */
  const showClosed = (request: Request, response: Response, current: CurrentSession, error: unknown) => {
    const refusal = toScimError(error);
    if (!refusal) throw error;
    response.set(refusal.headers);
    const signIn = error instanceof ForbiddenError ? signInPath(request) : undefined;
    const data = { status: refusal.status, detail: refusal.message, signIn };
    show(request, response, current, { status: refusal.status, page: "address-proof-closed", data });
  };
  /** The form of an action: a page of its own that asks for the password, or the one below the addresses. */
  const showForm = async (
    request: Request,
    response: Response,
    current: CurrentSession,
    { question, status, ...data }: ShownForm,
  ) => {
    const { session } = current;
    const shown = question ? { userName: await ownAddresses.userName(session) } : await listed(current);
    const page = question ?? "addresses";
    show(request, response, current, { status, page, data: { ...shown, ...data } });
  };
  const showRefused = async (
    request: Request,
    response: Response,
    current: CurrentSession,
    error: unknown,
    { question, email }: ShownForm,
  ) => {
    const refusal = toScimError(error);
    if (!refusal) throw error;
    response.set(refusal.headers);
    const { status, message } = refusal;
    const wrong = { status, error: message, field: fieldOf(error) };
    await showForm(request, response, current, { question, email, ...wrong });
  };

  const act = ({ path, fields, run, json, question }: AddressAction) => {
    router.post(path, async (request, response) => {
      const current = await findForWrite(request, response);
      const input = inputIn(request.body, fields);
      const isForm = Boolean(request.is("application/x-www-form-urlencoded"));
      if (isForm && question !== undefined && input.currentPassword === undefined) {
        await showForm(request, response, current, { question, email: input.email });
        return;
      }
      try {
        await run(current, input, request, response);
      } catch (error) {
        if (!isForm) throw error;
        if (path === PROOF_PATH) showClosed(request, response, current, error);
        else await showRefused(request, response, current, error, { question, email: input.email });
        return;
      }
      if (isForm) response.redirect(303, `${request.baseUrl}${PATH}`);
      else response.status(json?.status ?? 200).json(json?.body ?? (await listed(current)));
    });
  };

  router.get(PATH, async (request, response) => {
    const current = await find(request, response);
    const body = await listed(current);
    if (wantsPage(request)) show(request, response, current, { page: "addresses", data: body });
    else response.json(body);
  });
  act({
    path: PATH,
    fields: FIELDS,
    run: ({ session }, { email, currentPassword }, request, response) =>
      ownAddresses.ask(session, { email, currentPassword }, originOf(request, response)),
    json: ASKED,
  });
  act({
    path: `${PATH}/user-name`,
    fields: FIELDS,
    run: ({ session }, { email, currentPassword }, request, response) =>
      ownAddresses.makeUserName(session, { email, currentPassword }, originOf(request, response)),
    question: "address-as-user-name",
  });
  act({
    path: `${PATH}/remove`,
    fields: FIELDS,
    run: ({ session }, { email, currentPassword }, request, response) =>
      ownAddresses.remove(session, { email, currentPassword }, originOf(request, response)),
    question: "address-removal",
  });

  // GET changes nothing, so that a mail scanner proves nothing.
  router.get(PROOF_PATH, async (request, response) => {
    const isPage = wantsPage(request);
    const current = await find(request, response).catch((error: unknown) => {
      if (isPage && error instanceof ScimError && error.status === 401) return undefined;
      throw error;
    });
    if (!current) {
      response.redirect(303, signInPath(request));
      return;
    }
    const { token } = request.params;
    try {
      const pending = await ownAddresses.open(current.session, token, originOf(request, response));
      const data = { value: pending.address, expiresAt: pending.expiresAt };
      if (!isPage) response.json(data);
      else show(request, response, current, { page: "address-proof", data: { ...data, token } });
    } catch (error) {
      if (!isPage) throw error;
      showClosed(request, response, current, error);
    }
  });
  act({
    path: PROOF_PATH,
    fields: [],
    run: ({ session }, _input, request, response) =>
      ownAddresses.confirm(session, String(request.params.token), originOf(request, response)),
  });
}

interface ShownAddresses {
  readonly status?: number | undefined;
  readonly page: string;
  readonly data: object;
}

interface ShownForm extends Pick<AddressAction, "question"> {
  readonly email: string | undefined;
  readonly status?: number;
  /** What is wrong, and with which field. */
  readonly error?: string;
  readonly field?: string | undefined;
}

/** The sign-in that leads back to a link. */
const signInPath = ({ baseUrl, path }: Request) => withReturn(`${baseUrl}/sign-in`, `/console${path}`);

const toJson = ({ address, ...facts }: OwnAddress) => ({ value: address, ...facts });
