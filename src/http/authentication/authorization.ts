import type { Request } from "express";

/** What an `Authorization` header says: a bearer token, or why it has none. */
export type Authorization =
  | { readonly token: string }
  /** `isBearer`: the client means to send a bearer token, and does it wrong. */
  | { readonly isBearer: boolean; readonly problem: string };

const SEND = "send 'Authorization: Bearer <token>'";

/** RFC 6750 section 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Reads the header. Clients put more spaces than one after the word Bearer, and write it in any case. */
export function readAuthorization({ headers, rawHeaders }: Request): Authorization {
  const { authorization = "" } = headers;
  const [scheme = "", token, ...others] = authorization.split(/[ \t]+/, 4).filter((part) => part !== "");
  if (scheme === "") return notBearer(`An access token is required; ${SEND}`);
  if (timesSent(rawHeaders) > 1) return wrong("Send exactly one Authorization header");
  if (scheme.toLowerCase() !== "bearer") {
    return notBearer(`The Authorization header must begin with the word Bearer: ${SEND}`);
  }
  if (token === undefined)
    return wrong(`The Authorization header has no token after the word Bearer; ${SEND}`);
  if (token.toLowerCase() === "bearer") {
    return wrong(`The Authorization header must contain the word Bearer once and then the token: ${SEND}`);
  }
  if (others.length > 0 || !TOKEN.test(token)) {
    return wrong(
      `After the word Bearer, the Authorization header must contain the token alone, without spaces or quotes: ${SEND}`,
    );
  }
  return { token };
}

const notBearer = (problem: string): Authorization => ({ isBearer: false, problem });

const wrong = (problem: string): Authorization => ({ isBearer: true, problem });

/** Of several headers of this name, Node.js takes the first, and a proxy perhaps another one. */
function timesSent(rawHeaders: readonly string[]): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === "authorization".length && name.toLowerCase() === "authorization") times += 1;
  }
  return times;
}
