import { requireAccess } from "../../domain/access/policy.js";
import type { Action } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import { seatIn } from "../../domain/access/seats.js";
import type { Seat } from "../../domain/access/seats.js";
import { hasRoles } from "../../domain/changes/change.js";
import { ForbiddenError, NotFoundError } from "../../domain/errors.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { currentPrincipal } from "../roles/current-principal.js";
import type { PowerRules } from "../roles/current-principal.js";
import type { TeamOutcome } from "./team-members.js";

/**
 * Requires that the caller may do something with a team: as who may do it with all, or by a role in this one.
 *
 * @param kind what teams are called in the error
 * @returns the seat, if that is where the power comes from
 * @throws NotFoundError for another team, when the caller has a seat in one; ForbiddenError for a caller without any
 */
export function seatFor(principal: Principal, action: Action, kind: string, id: string): Seat | undefined {
  if (!principal.seats?.length) {
    requireAccess(principal, action);
    return undefined;
  }
  const seat = seatIn(principal, id);
  if (!seat) throw new NotFoundError(kind, id);
  return seat;
}

/**
 * The seat that the caller has now, in the transaction of the change: it may have been lost since the request began. The
 * team is locked, so that the seat stays until the transaction ends.
 *
 * @throws ForbiddenError without a seat that changes anything
 */
export async function requireWritingSeat(
  deps: PowerRules,
  repositories: Pick<Repositories, "accessTokens" | "sessions" | "power">,
  principal: Principal,
  teamId: string,
): Promise<Seat> {
  const current = await currentPrincipal(deps, repositories, principal);
  const seat = current && seatIn(current, teamId);
  if (!seat) throw new ForbiddenError("You no longer have a role in this team that may change it");
  if (seat.power === "reader")
    throw new ForbiddenError("This access token is read-only and may not change Teams");
  return seat;
}

/**
 * Requires that a change of a team is within the power of a seat. Called after the change, whose transaction is undone
 * when this throws.
 *
 * @param attributes the names of those that changed
 * @param withRoles the members who had a role in the team before
 * @throws ForbiddenError
 */
export function requireWithinSeat(
  { power }: Seat,
  attributes: readonly string[],
  { members, roles }: TeamOutcome,
  withRoles: readonly string[],
): void {
  const other = attributes.find((name) => name !== "description");
  if (other !== undefined) {
    throw new ForbiddenError(`With a role in a team, you may not change its '${other}'`);
  }
  if (power === "admin") return;
  if (attributes.length > 0)
    throw new ForbiddenError("A team-manager may not change the description of a team");
  const touchesRoles = hasRoles(roles) || members.removed.some((id) => withRoles.includes(id));
  if (!touchesRoles) return;
  throw new ForbiddenError("A team-manager may only add and remove members without a role in the team");
}
