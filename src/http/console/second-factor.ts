import type { Request, Response, Router } from "express";
import { renderSVG } from "uqr";
import { RECOVERY_CODES } from "../../domain/sessions/second-factor.js";
import { ScimError, toScimError } from "../../scim/errors.js";
import type { CurrentSession } from "../../services/sessions/current-session.js";
import type { PendingFactor } from "../../services/second-factors/factor-setups.js";
import type { SecondFactors } from "../../services/second-factors/second-factors.js";
import { fieldOf, inputIn, originOf, wantsPage } from "../pages/router.js";
import type { FormInput, PageParts } from "../pages/router.js";
import type { ConsoleCookies } from "./cookies.js";
import type { FindSession } from "./page-session.js";

export interface SecondFactorParts extends Pick<PageParts, "pages"> {
  readonly secondFactors: SecondFactors;
  readonly cookies: ConsoleCookies;
}

/** What a person does with a second factor, by a form and as JSON. */
interface FactorAction<T extends object> {
  readonly path: string;
  readonly fields: readonly string[];
  readonly run: (
    current: CurrentSession,
    input: FormInput,
    request: Request,
    response: Response,
  ) => Promise<T>;
  /** The status and the body of the answer as JSON. */
  readonly status: number;
  /** The page that comes after it; undefined: that of the session. */
  readonly page?: string;
  /** The page that the form is on, and what it shows. */
  readonly form: (current: CurrentSession, input: FormInput) => Promise<{ page: string; data: object }>;
}

/** Adds where people who are signed in set up, show, renew and remove a second factor. */
export function secondFactorRoutes(
  router: Router,
  parts: SecondFactorParts,
  find: FindSession,
  findForWrite: FindSession,
): void {
  const { secondFactors, cookies } = parts;

  const act = <T extends object>({ path, fields, run, status, page, form }: FactorAction<T>) => {
    router.post(path, async (request, response) => {
      const current = await findForWrite(request, response);
      const input = inputIn(request.body, fields);
      const isForm = Boolean(request.is("application/x-www-form-urlencoded"));
      try {
        const done = await run(current, input, request, response);
        if (isForm && page === undefined) response.redirect(303, `${request.baseUrl}/session`);
        else if (isForm) show(parts, request, response, current, 200, { page: page ?? "", data: done });
        else if (status === 204) response.status(status).end();
        else response.status(status).json(done);
      } catch (error) {
        const refusal = isForm ? toScimError(error) : undefined;
        if (!refusal || refusal.status === 401) throw error;
        response.set(refusal.headers);
        const wrong = { error: refusal.message, field: fieldOf(error) };
        const { page: name, data } = await form(current, input).catch(() => stateForm(current));
        show(parts, request, response, current, refusal.status, { page: name, data: { ...data, ...wrong } });
      }
    });
    // A person who reloads the answer to a form starts again.
    if (page !== undefined) {
      router.get(path, (request, response) => {
        response.redirect(303, `${request.baseUrl}/session/factor`);
      });
    }
  };

  const state = async ({ session }: CurrentSession) => {
    const { factor, recoveryCodesLeft, userName } = await secondFactors.state(session);
    const isShown = factor !== undefined && session.factor?.id === factor.id;
    const told = {
      ...{ isSetUp: factor !== undefined, isShown, since: factor?.createdAt },
      ...{ recoveryCodes: RECOVERY_CODES, recoveryCodesLeft },
    };
    return { told, userName };
  };
  const stateForm = async (current: CurrentSession) => {
    const { told, userName } = await state(current);
    return { page: "second-factor", data: { ...told, userName } };
  };

  const codeForm = (isRecovery: boolean) => ({ page: "second-factor-code", data: { isRecovery } });

  /** A session that gained power goes on with a new cookie. */
  const renewCookie = ({ session }: CurrentSession, response: Response, secret: string) => {
    const left = Date.parse(session.expiresAt) - Date.now();
    cookies.setSession(response, secret, Math.max(1, Math.floor(left / 1000)));
  };

  router.get("/session/factor", async (request, response) => {
    const current = await find(request, response);
    if (wantsPage(request)) {
      show(parts, request, response, current, 200, await stateForm(current));
    } else response.json((await state(current)).told);
  });
  router.get("/session/code", async (request, response) => {
    if (!wantsPage(request)) throw new ScimError(404, undefined, "POST the code here");
    show(
      parts,
      request,
      response,
      await find(request, response),
      200,
      codeForm(request.query.recovery !== undefined),
    );
  });

  act({
    path: "/session/code",
    fields: ["code", "recovery"],
    status: 204,
    form: (_current, { recovery }) => Promise.resolve(codeForm(recovery !== undefined)),
    run: async (current, { code }, request, response) => {
      const secret = await secondFactors.show(current.session, code, originOf(request, response));
      renewCookie(current, response, secret);
      return {};
    },
  });
  act({
    path: "/session/factor/begin",
    fields: ["currentPassword"],
    status: 200,
    page: "second-factor-confirm",
    form: stateForm,
    run: async (current, { currentPassword }, request, response) =>
      withPicture(await secondFactors.begin(current.session, currentPassword, originOf(request, response))),
  });
  act({
    path: "/session/factor/confirm",
    fields: ["setup", "code"],
    status: 201,
    page: "recovery-codes",
    form: async (current, { setup }) => ({
      page: "second-factor-confirm",
      data: withPicture(await secondFactors.pending(current.session, setup)),
    }),
    run: async (current, { setup, code }, request, response) => {
      const origin = originOf(request, response);
      const { recoveryCodes, secret } = await secondFactors.confirm(current.session, { setup, code }, origin);
      renewCookie(current, response, secret);
      return { recoveryCodes };
    },
  });
  act({
    path: "/session/factor/recovery-codes",
    fields: ["currentPassword", "code"],
    status: 200,
    page: "recovery-codes",
    form: stateForm,
    run: async (current, { currentPassword, code }, request, response) => {
      const [proof, origin] = [{ currentPassword, code }, originOf(request, response)];
      return { recoveryCodes: await secondFactors.renewRecoveryCodes(current.session, proof, origin) };
    },
  });
  act({
    path: "/session/factor/remove",
    fields: ["currentPassword", "code"],
    status: 204,
    form: stateForm,
    run: async (current, { currentPassword, code }, request, response) => {
      const proof = { currentPassword, code };
      await secondFactors.remove(current.session, proof, originOf(request, response));
      return {};
    },
  });
}

function show(
  { pages, cookies }: SecondFactorParts,
  request: Request,
  response: Response,
  { session }: CurrentSession,
  status: number,
  { page, data }: { readonly page: string; readonly data: object },
): void {
  const base = `${request.baseUrl}/session`;
  pages.send(response, status, page, { csrf: cookies.csrfOf(session), base, ...data });
}

/** With the picture that an app scans, as SVG. Apps need it dark on light, with a margin. */
const withPicture = (pending: PendingFactor) => ({
  ...pending,
  picture: renderSVG(pending.uri, { ecc: "M", border: 4, pixelSize: 4 }),
});
