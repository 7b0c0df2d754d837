import express, { Router } from "express";
import type { NextFunction, Request, Response } from "express";
import { ClosedError, ConflictError, ForbiddenError, InvalidValueError } from "../../domain/errors.js";
import type { FormField } from "../../domain/errors.js";
import type { Logger } from "../../logging/logger.js";
import { failure } from "../../scim/answers/answer.js";
import { invalidSyntax, ScimError, toScimError } from "../../scim/errors.js";
import { isEmpty } from "../requests/body.js";
import { logFault } from "../answers/faults.js";
import { originOf as originAt } from "../requests/origin.js";
import { REQUEST_ID, requestId, requestIdOf } from "../requests/request-id.js";
import type { CsrfTokens } from "./csrf.js";
import type { Pages } from "./pages.js";

/** What people's routes are made with. */
export interface PageParts {
  readonly pages: Pages;
  readonly csrf: CsrfTokens;
  readonly logger: Logger;
  /** The page of a link that does not work; by default, that of mailed links. */
  readonly closedPage?: string;
}

/** The longest body: a name and a password. */
const MAX_BODY = "16kb";

/** Statuses that a form is shown again with, since the person can send something else. */
const RETRIED_STATUSES = [400, 401, 403, 409, 429, 503];

/** The input of a person, from a form or as JSON. */
export type FormInput = Readonly<Record<string, string | undefined>>;

/** What can be done with a link: the same by a form, which is answered with pages, and as JSON. */
export interface LinkAction<T> {
  readonly name: string;
  /** The fields that it reads from the body. */
  readonly fields: readonly string[];
  readonly run: (token: string, input: FormInput, request: Request, response: Response) => Promise<T>;
  /** Undefined: 204. */
  readonly json: (done: T) => { status?: number; body: object } | undefined;
  readonly page: (done: T, request: Request, response: Response) => void;
  /** Shows the form again, with what was entered; what is wrong with it is added. */
  readonly again: (token: string, input: FormInput, request: Request, response: Response) => Promise<Shown>;
  /** The page that asks whether it is to be done; without it, the page of the link leads to it. */
  readonly question?: (token: string, request: Request, response: Response) => Promise<Shown>;
}

/** A page with a form, and what it shows. */
export interface Shown {
  readonly page: string;
  readonly data: object;
}

/**
 * Routes that links in mail lead to: pages for people, and the same as JSON for products with pages of their own.
 * GET changes nothing, so that mail scanners and previews accept nothing.
 */
export class LinkRouter {
  readonly router: Router;

  constructor(private readonly parts: PageParts) {
    this.router = pageRouter();
  }

  /** Shows what a link leads to. */
  open(
    json: (token: string, request: Request, response: Response) => Promise<object>,
    page: (token: string, request: Request, response: Response) => Promise<Shown>,
  ): void {
    this.router.get("/:token", async (request, response) => {
      const { token } = request.params;
      if (!wantsPage(request)) response.json(await json(token, request, response));
      else this.#show(request, response, 200, await page(token, request, response));
    });
  }

  act<T>({ name, fields, run, json, page, again, question }: LinkAction<T>): void {
    this.router.get(`/:token/${name}`, async (request, response) => {
      const { token } = request.params;
      // A person who reloads the answer to a form starts again at the link.
      if (!question) response.redirect(303, `${request.baseUrl}/${token}`);
      else this.#show(request, response, 200, await question(token, request, response));
    });
    this.router.post(`/:token/${name}`, async (request: Request<{ token: string }>, response) => {
      const { token } = request.params;
      await answerForm(this.parts, baseOf(request), request, response, {
        fields,
        run: (input) => run(token, input, request, response),
        json,
        page: (done) => {
          page(done, request, response);
        },
        again: (input) => again(token, input, request, response),
        isDone: true,
      });
    });
  }

  /** A page with a form, as the answer to another one. */
  show(request: Request, response: Response, shown: Shown): void {
    this.#show(request, response, 200, shown);
  }

  /** To be called after all routes. @returns the whole */
  end(): Router {
    return withErrors(this.router, this.parts);
  }

  #show(request: Request, response: Response, status: number, { page, data }: Shown): void {
    sendForm(this.parts, baseOf(request), request, response, status, { page, data });
  }
}

/** A router whose answers have the header fields of pages, and which reads short bodies. */
export function pageRouter(): Router {
  const router = Router();
  router.use(requestId);
  router.use((_request, response, next) => {
    response.setHeader(REQUEST_ID, requestIdOf(response));
    setPageHeaders(response);
    next();
  });
  const parsers = [
    express.json({ limit: MAX_BODY }),
    express.urlencoded({ extended: false, limit: MAX_BODY }),
  ];
  router.use(parsers);
  return router;
}

/** Shows a page with a form. @param base what its CSRF token is for */
export function sendForm(
  { csrf, pages }: PageParts,
  base: string,
  request: Request,
  response: Response,
  status: number,
  { page, data }: Shown,
): void {
  pages.send(response, status, page, { csrf: csrf.issue(base, request, response), base, ...data });
}

/** What a form does, and the same request as JSON. */
export interface FormAnswer<T> {
  readonly fields: readonly string[];
  readonly run: (input: FormInput) => Promise<T>;
  readonly json: (done: T) => { status?: number; body: object } | undefined;
  readonly page: (done: T) => void;
  readonly again: (input: FormInput) => Promise<Shown>;
  /** Whether forms that are open elsewhere end with it. */
  readonly isDone: boolean;
}

/** Does what a form, or the same as JSON, asks for. A form that can be sent again is shown again. */
export async function answerForm<T>(
  parts: PageParts,
  base: string,
  request: Request,
  response: Response,
  { fields, run, json, page, again, isDone }: FormAnswer<T>,
): Promise<void> {
  const input = inputIn(request.body, fields);
  // Without a body there is no type to tell them by, and a browser sends a form.
  if (request.is("application/json") || (isEmpty(request) && !wantsPage(request))) {
    const answer = json(await run(input));
    if (answer) response.status(answer.status ?? 200).json(answer.body);
    else response.status(204).end();
    return;
  }
  if (!request.is("application/x-www-form-urlencoded")) {
    throw new ScimError(415, undefined, "The Content-Type must be application/json");
  }
  try {
    if (!parts.csrf.isSent(base, request)) {
      throw new ScimError(403, undefined, "The page was open for too long; send the form again");
    }
    const done = await run(input);
    if (isDone) parts.csrf.retire(request, response);
    page(done);
  } catch (error) {
    const shown = toScimError(error);
    if (!shown || error instanceof ClosedError || !RETRIED_STATUSES.includes(shown.status)) throw error;
    response.set(shown.headers);
    const { page: name, data } = await again(input);
    const wrong = { error: shown.message, field: fieldOf(error) };
    sendForm(parts, base, request, response, shown.status, { page: name, data: { ...data, ...wrong } });
  }
}

/** Adds the answers to errors, after all routes. */
export function withErrors(router: Router, { pages, logger, closedPage = "closed" }: PageParts): Router {
  router.use((request: Request) => {
    throw new ScimError(404, undefined, `There is no page for ${request.method} at this address`);
  });
  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const { status, body, headers } = failure(readable(error), (fault) => {
      // Without the path, because it contains the link, which is secret.
      logFault(logger, { method: request.method, path: request.baseUrl }, fault);
    });
    response.set(headers);
    const closed = error instanceof ClosedError ? closedFor(error) : undefined;
    const answer = JSON.parse(body as string) as { detail: string };
    if (wantsPage(request))
      pages.send(response, status, closedPage, { status, detail: answer.detail, ...closed });
    else response.status(status).json({ ...answer, field: fieldOf(error), ...closed });
  });
  return router;
}

/** Why a link does not work, and whom its holder can ask. */
function closedFor({ reason, issuer }: ClosedError) {
  const { organization, inviterName } = issuer;
  return {
    reason,
    organization: organization && { value: organization.id, display: organization.name },
    inviter: inviterName,
  };
}

/** The field of a form that is wrong; undefined when it is none of them, or not known. */
export const fieldOf = (error: unknown): FormField | undefined =>
  WITH_FIELD.some((type) => error instanceof type) ? (error as InvalidValueError).field : undefined;

const WITH_FIELD = [InvalidValueError, ForbiddenError, ConflictError];

/** The header fields of everything that people open in a browser. */
export const setPageHeaders = (response: Response) =>
  response.set({
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    Vary: "Accept",
  });

/** The path of the link that a request came by. */
const baseOf = ({ baseUrl, params }: Request) => `${baseUrl}/${String(params.token)}`;

/** Where a request came from, for the audit log; the path of a link is that of its route, since links are secret. */
export const originOf = (request: Request, response: Response) =>
  originAt(
    request,
    response,
    `${request.baseUrl}${(request.route as { path?: string } | undefined)?.path ?? ""}`,
  );

/** Express's own errors are about the body, or the address. */
function readable(error: unknown): unknown {
  if (error instanceof URIError) return new ScimError(404, undefined, "There is no page at this address");
  const { status, expose, message, type } = error as {
    status?: number;
    expose?: boolean;
    message?: string;
    type?: string;
  };
  if (type === "entity.parse.failed") return invalidSyntax("The body is not valid JSON");
  const isOfClient = expose === true && status !== undefined && status >= 400 && status < 500;
  return isOfClient && !(error instanceof ScimError)
    ? new ScimError(status, undefined, message ?? "")
    : error;
}

/** Browsers ask for pages; clients that accept anything get JSON. */
export const wantsPage = (request: Request) =>
  !request.is("application/json") && request.accepts("application/json", "text/html") === "text/html";

/** The fields of a body that are text. */
export function inputIn(body: unknown, fields: readonly string[]): FormInput {
  const given = (body ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    fields.map((field) => {
      const value = Object.hasOwn(given, field) ? given[field] : undefined;
      return [field, typeof value === "string" ? value : undefined];
    }),
  );
}
