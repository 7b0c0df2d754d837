import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import type { IssuedToken } from "../../services/tokens/access-tokens.js";
import { ACCESS_TOKENS } from "./access-token-mapping.js";
import { recordAnswer } from "./records.js";

/** Gives a token a new secret, and answers with it. @param overlap as for `AccessTokenService.rotate` */
export async function rotated(
  context: ScimContext,
  id: string,
  overlap: number | undefined,
): Promise<ScimAnswer> {
  const { principal, services } = context;
  return secretAnswer(context, await services.accessTokens.rotate(principal, id, overlap));
}

/** Keeps an orphaned token, and answers with its new secret. */
export async function kept(context: ScimContext, id: string): Promise<ScimAnswer> {
  return secretAnswer(context, await context.services.accessTokens.keep(context.principal, id));
}

const secretAnswer = (context: ScimContext, { token, secret }: IssuedToken) =>
  recordAnswer(200, { ...context, ifNoneMatch: undefined }, ACCESS_TOKENS, { ...token, secret }, {});
