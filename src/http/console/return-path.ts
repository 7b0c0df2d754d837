import type { Request } from "express";
import { inputIn } from "../pages/router.js";
import { APP_ADDRESS } from "./app-addresses.js";

/** The field of forms, and the parameter of addresses, that says where a person goes after signing in. */
export const RETURN_FIELD = "return";

/**
 * The pages that people can go back to after signing in, below the address of Muster. Each asks before it does anything. No
 * other address is taken, so that a link to the sign-in page leads to no other site.
 */
const RETURN_PATHS = [
  APP_ADDRESS,
  /^\/invitations\/[\w-]{1,2000}\.[\w-]{43}$/,
  /^\/console\/session\/addresses\/proofs\/[\w-]{1,500}\.[\w-]{43}$/,
];

/** The path that a form or an address names. @returns undefined unless people can go back to it */
export function returnPathOf({ body, query }: Request): string | undefined {
  const { [RETURN_FIELD]: sent } = inputIn({ ...query, ...(body as object | undefined) }, [RETURN_FIELD]);
  return asReturnPath(sent);
}

/** @returns undefined unless people can go back to the path */
export const asReturnPath = (path: string | undefined) =>
  path !== undefined && RETURN_PATHS.some((each) => each.test(path)) ? path : undefined;

/** An address that leads a person back later. @param returnPath what `returnPathOf` returns */
export const withReturn = (address: string, returnPath: string | undefined) =>
  returnPath === undefined ? address : `${address}?${RETURN_FIELD}=${encodeURIComponent(returnPath)}`;

/** Where a person who has signed in goes: back, or to the page of the session. */
export const afterSignIn = (request: Request) => {
  const returnPath = returnPathOf(request);
  const console = request.baseUrl;
  return returnPath === undefined ? `${console}/session` : `${console.replace(/\/[^/]*$/, "")}${returnPath}`;
};
