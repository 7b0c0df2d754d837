import { powerOf, requireAccess } from "../../domain/access/policy.js";
import type { Action } from "../../domain/access/policy.js";
import { seatsOf } from "../../domain/access/seats.js";
import { ForbiddenError } from "../../domain/errors.js";
import { credentialOwner, isSameRealm } from "../../domain/sessions/session.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { SessionActor, TokenActor } from "../../domain/access/actor.js";
import type { Principal } from "../../domain/access/principal.js";
import type { AccessToken } from "../../domain/tokens/access-token.js";
import type { FoundSession } from "../../repositories/sessions/sessions.js";
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

/** Why a session has no power at the moment. */
export type SessionEnd = "inactive" | "no realm";

/** What tells the power of sessions: the time, and what the provider requires. */
export type PowerRules = Pick<Dependencies, "now" | "requiresFactorOfAdministrators">;

/**
 * The principal of a session now, or why it has none. The caller has checked that its time is not over.
 *
 * A password that an organization chose gives no role's power until the person replaces it. Where the realm requires a second
 * factor of its administrators, they have the power of a plain member until they show one in the session.
 */
export function principalOfSession(
  { requiresFactorOfAdministrators }: PowerRules,
  { session, owner, isAccountActive, isPasswordAssigned, isFactorShown, requiresFactor }: FoundSession,
): Principal | SessionEnd {
  if (!isAccountActive) return "inactive";
  const { realm } = session;
  if (realm === undefined || !owner.isActive) return "no realm";
  const { accountId } = session;
  const actor = actorOfSession(session);
  const isRequired = realm.type === "provider" ? requiresFactorOfAdministrators : requiresFactor;
  const hasRole = owner.isAdministrator && !isPasswordAssigned;
  if (hasRole && isRequired && !isFactorShown) return { actor, realm, power: "member", needsFactor: true };
  const power = powerOf({ readOnly: false, accountId }, { isAdministrator: hasRole });
  const seats = power === "member" && !isPasswordAssigned ? seatsOf(owner.teamRoles, false) : [];
  return { actor, realm, power, ...(seats.length > 0 && { seats }) };
}

/** A session as an actor. */
export const actorOfSession = (
  session: Pick<PersonSession, "id" | "accountId" | "credentialOrganizationId">,
): SessionActor => ({
  ...{ type: "session", sessionId: session.id, accountId: session.accountId },
  credential: credentialOwner(session),
});

/** An access token as an actor. @param hash of the secret that was sent */
export const actorOf = (token: AccessToken, hash: string): TokenActor => ({
  type: "token",
  tokenId: token.id,
  secretHash: hash,
  ...(token.accountId !== undefined && { accountId: token.accountId }),
  ...(token.makerId !== undefined && { makerId: token.makerId }),
  ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
  ...(token.checksPasswords && { checksPasswords: true }),
  isOrphaned: token.orphanedAt !== undefined,
});

/** What tells the power that a caller has now. */
export type PowerRepositories = Pick<Repositories, "accessTokens" | "sessions" | "power">;

/**
 * Requires that the caller may still do something that gives power, and keeps it so until the transaction ends. A
 * request can begin long before its transaction, and must not use power that its credential has lost in the meantime.
 *
 * @param repositories those of the transaction
 * @throws ForbiddenError
 */
export async function requireStillAllowed(
  rules: PowerRules,
  repositories: PowerRepositories,
  principal: Principal,
  action: Action,
): Promise<void> {
  requireAccess(principal, action);
  const { actor } = principal;
  if (actor.type === "operator") return;
  if (actor.type === "link") throw new ForbiddenError(`An access token is required to ${action}`);
  const current = await currentPrincipal(rules, repositories, principal);
  if (current === undefined) {
    const credential = actor.type === "token" ? "access token" : "session";
    throw new ForbiddenError(`This ${credential} is no longer valid, so it may not ${action}`);
  }
  requireAccess(current, action);
}

/**
 * The principal of an access token or a session as it is now, which stays so until the transaction ends.
 *
 * @param repositories those of the transaction
 * @returns undefined when the credential is no longer valid, or a session acts in another realm
 */
export async function currentPrincipal(
  rules: PowerRules,
  { accessTokens, sessions, power }: PowerRepositories,
  principal: Principal,
): Promise<Principal | undefined> {
  const { type } = principal.actor;
  if (type !== "token" && type !== "session") return undefined;
  await power.hold(principal);
  return presentPrincipal(rules, { accessTokens, sessions }, principal);
}

/**
 * The principal of an access token or a session as it is now.
 *
 * @returns undefined when the credential is no longer valid, or a session acts in another realm
 */
export async function presentPrincipal(
  rules: PowerRules,
  { accessTokens, sessions }: Pick<Repositories, "accessTokens" | "sessions">,
  { actor, realm }: Principal,
): Promise<Principal | undefined> {
  if (actor.type === "session") {
    const found = await sessions.findById(actor.sessionId);
    const current = found && isSameRealm(found.session.realm, realm) && principalOfSession(rules, found);
    return typeof current === "object" ? current : undefined;
  }
  if (actor.type !== "token") return undefined;
  const found = await accessTokens.findByHash(actor.secretHash);
  const current = found && principalOf(found, rules.now());
  return typeof current === "string" ? undefined : current;
}
