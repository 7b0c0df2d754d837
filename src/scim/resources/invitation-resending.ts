import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { INVITATIONS } from "./invitation-mapping.js";
import { recordAnswer } from "./records.js";

/** Sends an invitation again, and answers with it. */
export async function resent(context: ScimContext, id: string): Promise<ScimAnswer> {
  const invitation = await context.services.invitations.resend(context.principal, id);
  return recordAnswer(200, { ...context, ifNoneMatch: undefined }, INVITATIONS, invitation, {});
}
