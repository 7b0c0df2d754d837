import { requireAccess } from "../../domain/access/policy.js";
import type { Action } from "../../domain/access/policy.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { Principal } from "../../domain/access/principal.js";
import type { FoundToken } from "../../repositories/tokens/access-tokens.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";

/** Why a secret that was a token's opens nothing any more. */
export type Ended = "expired" | "replaced" | "revoked" | "owner inactive";

/** Whom a token stands for now, and what they may do; or why it stands for nobody. */
export function standingOf({ token, hash, owner, endsAt }: FoundToken, now: string): Principal | Ended {
  const { id, realm, readOnly, accountId, makerId, orphanedAt, expiresAt } = token;
  if (token.revokedAt !== undefined) return "revoked";
  if (endsAt !== undefined && endsAt <= now) return "replaced";
  if (expiresAt !== undefined && expiresAt <= now) return "expired";
  const power = readOnly ? "reader" : "administrator";
  const common = { tokenId: id, secretHash: hash, realm, power } as const;
  const principal = { ...common, ...(expiresAt !== undefined && { expiresAt }) };
  if (accountId === undefined) {
    return { ...principal, ...(makerId !== undefined && { makerId }), isOrphaned: orphanedAt !== undefined };
  }
  if (!owner.isActive) return "owner inactive";
  return { ...principal, accountId, power: owner.isAdministrator ? power : "member" };
}

/**
 * Requires that the caller may still do something that gives power, and that nobody takes that away before the
 * transaction ends: a request can begin long before it gets here, and must not give what its token lost meanwhile.
 *
 * @param repositories those of the transaction
 * @throws ForbiddenError
 */
export async function requireStanding(
  { now }: Pick<Dependencies, "now">,
  { accessTokens, power }: Pick<Repositories, "accessTokens" | "power">,
  principal: Principal,
  action: Action,
): Promise<void> {
  requireAccess(principal, action);
  const { secretHash } = principal;
  if (secretHash === undefined) return;
  await power.hold(principal);
  const found = await accessTokens.findByHash(secretHash);
  const current = found && standingOf(found, now());
  if (current === undefined || typeof current === "string") {
    throw new ForbiddenError(`This access token has ended, and may not ${action} any more`);
  }
  requireAccess(current, action);
}
