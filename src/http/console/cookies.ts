import { createHmac, timingSafeEqual } from "node:crypto";
import * as cookies from "cookie";
import type { Request, Response } from "express";
import type { KeyRing } from "../../domain/server/key-ring.js";
import { realmKey } from "../../domain/sessions/session.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { Devices } from "../../services/sessions/devices.js";

/** How long a browser is remembered that has signed in, in seconds. */
const DEVICE_SECONDS = 400 * 24 * 60 * 60;

/** How long a browser remembers the way back of a person who asked for a link to a new password: as long as the link works. */
const RETURN_SECONDS = 60 * 60;

/**
 * The cookies of people who sign in: the session's secret, that of a sign-in that waits for a code, a sign of a browser
 * that has signed in to an account before, and the path to go back to after a forgotten password is replaced.
 * By https, browsers take them from this very host alone (`__Host-`).
 */
export class ConsoleCookies {
  readonly #session: string;
  readonly #device: string;
  readonly #challenge: string;
  readonly #returnPath: string;

  constructor(
    private readonly csrfKeys: () => KeyRing,
    private readonly devices: Devices,
    private readonly isSecure: boolean,
  ) {
    const prefix = isSecure ? "__Host-" : "";
    this.#session = `${prefix}muster_session`;
    this.#device = `${prefix}muster_device`;
    this.#challenge = `${prefix}muster_sign_in`;
    this.#returnPath = `${prefix}muster_return`;
  }

  /**
   * The secret of the session that a request comes with. A second cookie of that name was planted by another site of the
   * same domain, so that neither is taken.
   */
  sessionOf(request: Request): string | undefined {
    return onlySecret(valuesOf(request, this.#session));
  }

  /** Whether a request comes with such a cookie, of whatever value. */
  hasSession(request: Request): boolean {
    return valuesOf(request, this.#session).length > 0;
  }

  /** @param maxAge in seconds */
  setSession(response: Response, secret: string, maxAge: number): void {
    this.#set(response, this.#session, secret, maxAge);
  }

  clearSession(response: Response): void {
    this.#set(response, this.#session, "", 0);
  }

  /** The secret of the sign-in that waits for a code in this browser. */
  challengeOf(request: Request): string | undefined {
    return onlySecret(valuesOf(request, this.#challenge));
  }

  /** @param maxAge in seconds */
  setChallenge(response: Response, secret: string, maxAge: number): void {
    this.#set(response, this.#challenge, secret, maxAge);
  }

  clearChallenge(response: Response): void {
    this.#set(response, this.#challenge, "", 0);
  }

  /**
   * The path that this browser is to go back to. Not in the link of the mail: anybody can have a mail sent to a person, and
   * must not choose where it leads.
   *
   * @returns what the browser sent, which may be any text
   */
  returnPathOf(request: Request): string | undefined {
    const [path, ...others] = valuesOf(request, this.#returnPath);
    return others.length === 0 ? path : undefined;
  }

  /** @param path undefined: forgets an earlier one */
  setReturnPath(request: Request, response: Response, path: string | undefined): void {
    if (path !== undefined) this.#set(response, this.#returnPath, path, RETURN_SECONDS);
    else if (valuesOf(request, this.#returnPath).length > 0) this.#set(response, this.#returnPath, "", 0);
  }

  /** The id of the browser, if it has signed in to this account before. */
  deviceOf(request: Request, accountId: string): string | undefined {
    const [sign] = valuesOf(request, this.#device);
    return this.devices.idOf(sign, accountId);
  }

  /** Remembers that the browser has signed in to an account. */
  setDevice(request: Request, response: Response, accountId: string): void {
    if (this.deviceOf(request, accountId) !== undefined) return;
    this.#set(response, this.#device, this.devices.issue(accountId), DEVICE_SECONDS);
  }

  /**
   * The token that writes in a session have to send. It is for the realm that the session acts in: a page that was opened
   * in another realm must not do there what it meant to do here.
   */
  csrfOf(session: PersonSession): string {
    return csrfTokenOf(session, this.csrfKeys().current);
  }

  isCsrf(session: PersonSession, token: unknown): boolean {
    if (typeof token !== "string") return false;
    const sent = Buffer.from(token);
    return this.csrfKeys().known.some((key) => {
      const expected = Buffer.from(csrfTokenOf(session, key));
      return sent.length === expected.length && timingSafeEqual(sent, expected);
    });
  }

  #set(response: Response, name: string, value: string, maxAge: number): void {
    response.append(
      "Set-Cookie",
      cookies.serialize(name, value, {
        httpOnly: true,
        // Comes along with a click on a link in a mail, and with no form of another site.
        sameSite: "lax",
        secure: this.isSecure,
        path: "/",
        maxAge,
      }),
    );
  }
}

const csrfTokenOf = ({ id, realm }: PersonSession, key: Uint8Array) =>
  createHmac("sha256", key)
    .update(JSON.stringify(["session", id, realmKey(realm) ?? ""]))
    .digest("base64url");

const onlySecret = ([secret = "", ...others]: readonly string[]) =>
  others.length === 0 && /^[\w-]{43}$/.test(secret) ? secret : undefined;

/** All values that a request has for a cookie; the library would return the first one alone. */
function valuesOf({ headers }: Request, name: string): string[] {
  return (headers.cookie ?? "").split(";").flatMap((part) => {
    const value = cookies.parse(part)[name];
    return value === undefined ? [] : [value];
  });
}
