import { randomBytes, timingSafeEqual } from "node:crypto";
import * as cookies from "cookie";
import type { Request, Response } from "express";

const COOKIE = "muster_csrf";
const BYTES = 32;

/**
 * The token that a form must send along, the same as in a cookie that no other site can set or read: so a form is
 * sent by whoever has got it, and not by a mail scanner or another site.
 */
export function csrfToken(request: Request, response: Response): string {
  const known = cookieOf(request);
  if (known !== undefined) return known;
  const token = randomBytes(BYTES).toString("base64url");
  response.append(
    "Set-Cookie",
    cookies.serialize(COOKIE, token, {
      httpOnly: true,
      // Comes along with the click on a link in a web mailbox, and with no form of another site.
      sameSite: "lax",
      secure: request.app.get("muster secure") === true,
      path: request.baseUrl,
    }),
  );
  return token;
}

/** Whether a form has the token that was given out with it. */
export function hasCsrfToken(request: Request): boolean {
  const known = cookieOf(request);
  const { csrf } = (request.body ?? {}) as { csrf?: unknown };
  if (known === undefined || typeof csrf !== "string") return false;
  const [a, b] = [Buffer.from(known), Buffer.from(csrf)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const cookieOf = ({ headers }: Request) => {
  const token = cookies.parse(headers.cookie ?? "")[COOKIE];
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
};
