import { ForbiddenError } from "../../domain/errors.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";

/**
 * What weakens the protection by second factors is not done with a mere password, in whatever realm. Access tokens are not
 * asked.
 *
 * @param act what the session wants to do; the words complete "can"
 * @throws ForbiddenError for a session in which no second factor was shown
 */
export async function requireShownFactor(
  { sessions }: Pick<Repositories, "sessions">,
  { actor }: Pick<Principal, "actor">,
  act: string,
): Promise<void> {
  if (actor.type !== "session" || (await sessions.findById(actor.sessionId))?.isFactorShown) return;
  throw new ForbiddenError(
    `Only a session in which a second factor was shown can ${act}; see /console/session/factor`,
  );
}
