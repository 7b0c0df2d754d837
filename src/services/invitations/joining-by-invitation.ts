import type { Author } from "../../domain/access/principal.js";
import { hasMembers, rolesChange } from "../../domain/changes/change.js";
import type { Change } from "../../domain/changes/change.js";
import { ClosedError, ConflictError } from "../../domain/errors.js";
import { addressOf, invitationTarget } from "../../domain/invitations/invitation.js";
import type { Invitation } from "../../domain/invitations/invitation.js";
import { originByInvitation } from "../../domain/memberships/membership.js";
import type { Organization } from "../../domain/organizations/organization.js";
import { teamTarget } from "../../domain/teams/team.js";
import { mailboxKey } from "../../domain/values/email.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { join } from "../memberships/joining.js";
import { withIssuer } from "./open-invitations.js";

/** The result of accepting an invitation. */
export interface Accepted {
  readonly accountId: string;
  readonly userName: string;
  readonly organizationId: string;
  readonly organizationName: string;
}

/** An accepted invitation, and the account that accepted it. */
export interface AcceptedInvitation {
  readonly organization: Organization;
  readonly invitation: Invitation;
  /** The address that the person showed to be theirs. */
  readonly address: string;
  readonly account: { readonly id: string; readonly userName: string };
}

/**
 * Makes an account a member by an invitation, with its roles and teams. The organization, the invitation and the account are
 * locked.
 *
 * @throws ConflictError when the account was a member before, ClosedError when another account has used the address of a
 *   domain that is invited
 */
export async function joinByInvitation(
  deps: Dependencies,
  repositories: Repositories,
  { organization, invitation, address, account }: AcceptedInvitation,
  author: Author,
): Promise<Accepted> {
  const { memberships, invitations } = repositories;
  const { id, inviter } = invitation;
  const at = deps.now();
  const named = addressOf(invitation, address);
  const isOfDomain = invitation.emails.length > 0 && named === undefined;
  if (isOfDomain) await claim(repositories, { invitation, address, account });
  const addition = { origin: originByInvitation(id, inviter.tokenId), showsProfile: true };
  const members = await join(deps, repositories, organization, account.id, addition);
  if (!hasMembers(members)) throw changedMeanwhile();
  const roles = invitation.roles.map((value) => ({ value }));
  await memberships.update(organization.id, account.id, { externalId: undefined, active: true, roles }, at);
  const teams = await joinTeams(repositories, invitation.teamIds, account.id, at);
  await repositories.activity.touch([{ accountId: account.id, organizationId: organization.id, at }]);
  await invitations.accept(id, named, account.id, at);
  const place = { organizationId: organization.id };
  const accepted: Change = {
    ...{ action: "change", ...invitationTarget(invitation), attributes: ["acceptedBy"], members },
    ...(isOfDomain && { detail: `accepted with the address ${address}` }),
    roles: rolesChange(account.id, [], invitation.roles, place),
  };
  await deps.changes.record(repositories, author, accepted, ...teams);
  return {
    ...{ accountId: account.id, userName: account.userName },
    ...{ organizationId: organization.id, organizationName: organization.displayName },
  };
}

/** A link with a proved address works for an hour, and could be passed on: it admits one account. @throws ClosedError */
async function claim(
  repositories: Repositories,
  { invitation, address, account }: Omit<AcceptedInvitation, "organization">,
): Promise<void> {
  await withIssuer(repositories, invitation, async () => {
    if (await repositories.invitations.claim(invitation.id, mailboxKey(address), account.id)) return;
    throw new ClosedError(
      "claimed",
      "Another account has accepted this invitation with your address; sign in with that account",
    );
  });
}

/** Adds a member to teams, skipping deleted ones. @returns the changes of the teams */
async function joinTeams(
  { teams }: Repositories,
  teamIds: readonly string[],
  accountId: string,
  at: string,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const teamId of teamIds.toSorted()) {
    await teams.lock(teamId);
    const team = await teams.find(teamId);
    const added = team ? await teams.add(team, [accountId]) : [];
    if (!team || added.length === 0) continue;
    await teams.update({ ...team, version: team.version + 1, updatedAt: at });
    changes.push({ action: "change", ...teamTarget(team), members: { added, removed: [] } });
  }
  return changes;
}

export const changedMeanwhile = () =>
  new ConflictError("The account was created or changed at the same time; try again");
