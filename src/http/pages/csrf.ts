import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import * as cookies from "cookie";
import type { Request, Response } from "express";
import type { KeyRing } from "../../domain/server/key-ring.js";

/** How long a page can be open until its form is sent, in milliseconds. */
const OPEN_MS = 12 * 60 * 60 * 1000;

/** Set in `response.locals` when the browser's cookie has done its work. */
const RETIRED = "isCsrfCookieRetired";

/**
 * Tokens that forms must send along, so that a form is sent from the page that showed it, and not by a mail scanner or
 * another site. A token is signed for the cookie that it came with, for the link and for a time, so it is worth nothing with a
 * cookie that another site below the same domain has planted, and nothing for another link.
 */
export class CsrfTokens {
  readonly #cookie: string;

  /**
   * @param isSecure whether browsers come by https, where they take this cookie from this very host alone (`__Host-`)
   */
  constructor(
    private readonly keys: () => KeyRing,
    private readonly isSecure: boolean,
    private readonly clock: () => number,
  ) {
    this.#cookie = isSecure ? "__Host-muster_csrf" : "muster_csrf";
  }

  /** The token for a form on the page of that link. */
  issue(link: string, request: Request, response: Response): string {
    const known = response.locals[RETIRED] === true ? undefined : this.#cookieOf(request);
    const session = known ?? randomBytes(32).toString("base64url");
    if (known === undefined) this.#set(request, response, session);
    return tokenOf([session, link, this.clock() + OPEN_MS], this.keys().current);
  }

  /** Whether a form has the token that was given out with it. */
  isSent(link: string, request: Request): boolean {
    const session = this.#cookieOf(request);
    const { csrf } = (request.body ?? {}) as { csrf?: unknown };
    if (session === undefined || typeof csrf !== "string") return false;
    const until = Number.parseInt(csrf.split("-", 1)[0] ?? "", 36);
    if (!(until > this.clock())) return false;
    const given = Buffer.from(csrf);
    return this.keys().known.some((key) => {
      const expected = Buffer.from(tokenOf([session, link, until], key));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  /** Ends the cookie with what it was used for, so that forms that are open elsewhere end with it. */
  retire(request: Request, response: Response): void {
    response.locals[RETIRED] = true;
    this.#set(request, response, "", 0);
  }

  #set(request: Request, response: Response, value: string, maxAge?: number): void {
    const isSecure = this.isSecure;
    response.append(
      "Set-Cookie",
      cookies.serialize(this.#cookie, value, {
        httpOnly: true,
        // Comes along with the click on a link in a web mailbox, and with no form of another site.
        sameSite: "lax",
        secure: isSecure,
        // A cookie of this very host alone has to be one for all of its paths.
        path: isSecure ? "/" : request.baseUrl,
        ...(maxAge !== undefined && { maxAge }),
      }),
    );
  }

  #cookieOf({ headers }: Request): string | undefined {
    const session = cookies.parse(headers.cookie ?? "")[this.#cookie];
    return session !== undefined && /^[\w-]{43}$/.test(session) ? session : undefined;
  }
}

/** @param signed the cookie, the link, and until when the token is valid */
const tokenOf = (signed: readonly [session: string, link: string, until: number], key: Uint8Array) =>
  `${signed[2].toString(36)}-${createHmac("sha256", key).update(JSON.stringify(signed)).digest("base64url")}`;
