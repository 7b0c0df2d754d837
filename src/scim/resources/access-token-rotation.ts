import type { ScimAnswer } from "../answer.js";
import type { ScimContext } from "../context.js";
import { ACCESS_TOKENS } from "./access-token-mapping.js";
import { recordAnswer } from "./records.js";

/** Gives a token a new secret, and answers with it. @param overlap as for `AccessTokenService.rotate` */
export async function rotated(
  context: ScimContext,
  id: string,
  overlap: number | undefined,
): Promise<ScimAnswer> {
  const { principal, services } = context;
  const { token, secret } = await services.accessTokens.rotate(principal, id, overlap);
  return recordAnswer(200, { ...context, ifNoneMatch: undefined }, ACCESS_TOKENS, { ...token, secret }, {});
}
