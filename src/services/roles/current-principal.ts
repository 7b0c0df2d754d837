import { powerOf, requireAccess } from "../../domain/access/policy.js";
import type { Action } from "../../domain/access/policy.js";
import { seatsOf } from "../../domain/access/seats.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { TokenActor } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import type { AccessToken } from "../../domain/tokens/access-token.js";
import type { FoundToken } from "../../repositories/tokens/access-tokens.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";

/** Why a token's secret is no longer valid. */
export type TokenEnd = "expired" | "replaced" | "revoked" | "owner inactive";

/** The principal that a token authenticates now, or why it is no longer valid. */
export function principalOf({ token, hash, owner, endsAt }: FoundToken, now: string): Principal | TokenEnd {
  const { realm, expiresAt } = token;
  if (token.revokedAt !== undefined) return "revoked";
  if (endsAt !== undefined && endsAt <= now) return "replaced";
  if (expiresAt !== undefined && expiresAt <= now) return "expired";
  const actor = actorOf(token, hash);
  if (token.accountId !== undefined && !owner.isActive) return "owner inactive";
  const power = powerOf(token, owner);
  const seats = power === "member" ? seatsOf(owner.teamRoles, token.readOnly) : [];
  return { actor, realm, power, ...(seats.length > 0 && { seats }) };
}

/** An access token as an actor. @param hash of the secret that was sent */
export const actorOf = (token: AccessToken, hash: string): TokenActor => ({
  type: "token",
  tokenId: token.id,
  secretHash: hash,
  ...(token.accountId !== undefined && { accountId: token.accountId }),
  ...(token.makerId !== undefined && { makerId: token.makerId }),
  ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
  isOrphaned: token.orphanedAt !== undefined,
});

/**
 * Requires that the caller may still do something that gives power, and keeps it so until the transaction ends. A
 * request can begin long before its transaction, and must not use power that its token has lost in the meantime.
 *
 * @param repositories those of the transaction
 * @throws ForbiddenError
 */
export async function requireStillAllowed(
  { now }: Pick<Dependencies, "now">,
  { accessTokens, power }: Pick<Repositories, "accessTokens" | "power">,
  principal: Principal,
  action: Action,
): Promise<void> {
  requireAccess(principal, action);
  const { actor } = principal;
  if (actor.type === "operator") return;
  if (actor.type !== "token") throw new ForbiddenError(`An access token is required to ${action}`);
  const current = await currentPrincipal({ now }, { accessTokens, power }, principal);
  if (current === undefined) {
    throw new ForbiddenError(`This access token is no longer valid, so it may not ${action}`);
  }
  requireAccess(current, action);
}

/**
 * The principal of an access token as it is now, which stays so until the transaction ends.
 *
 * @param repositories those of the transaction
 * @returns undefined when the token is no longer valid
 */
export async function currentPrincipal(
  { now }: Pick<Dependencies, "now">,
  { accessTokens, power }: Pick<Repositories, "accessTokens" | "power">,
  principal: Principal,
): Promise<Principal | undefined> {
  if (principal.actor.type !== "token") return undefined;
  await power.hold(principal);
  return presentPrincipal({ now }, { accessTokens }, principal);
}

/** The principal of an access token as it is now. @returns undefined when the token is no longer valid */
export async function presentPrincipal(
  { now }: Pick<Dependencies, "now">,
  { accessTokens }: Pick<Repositories, "accessTokens">,
  { actor }: Principal,
): Promise<Principal | undefined> {
  if (actor.type !== "token") return undefined;
  const found = await accessTokens.findByHash(actor.secretHash);
  const current = found && principalOf(found, now());
  return typeof current === "string" ? undefined : current;
}
