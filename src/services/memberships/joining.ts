import type { Author } from "../../domain/access/principal.js";
import { hasMembers, NO_MEMBERS } from "../../domain/changes/change.js";
import type { Change, MembersChange } from "../../domain/changes/change.js";
import { ForbiddenError } from "../../domain/errors.js";
import { originBy } from "../../domain/memberships/membership.js";
import type { MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import { changedMembers, organizationTarget } from "../../domain/organizations/organization.js";
import type { Organization } from "../../domain/organizations/organization.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { Addition } from "../../repositories/memberships/adding.js";
import type { ItemGroup } from "../../repositories/removals/restoring.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { keepingAdministrators } from "../roles/administrators.js";
import { strikeAbsent } from "../removals/striking.js";
import { takingOf } from "../removals/taking.js";
import { settleLostPower } from "../roles/lost-power.js";
import { writeMembers, writeMembersInTurn } from "./membership-changes.js";

/*
 * People join and leave organizations here only, whether the cause is a provider, an organization's identity provider, an
 * administrator, an invitation, an undo, or the deletion of an account or of an organization. Each has the same consequences:
 *
 * - the organization gets a new member count and version;
 * - a person who leaves loses the power that the membership gave, tokens and invitations made with that power are ended
 *   (`lost-power.ts`), and links that the organization sent to set up the account become invalid;
 * - the organization's record of a person who leaves is kept for a while, and an account that another organization had in
 *   its care is on its own when the person joins;
 * - an organization's last administrator is protected (`administrators.ts`);
 * - the change that the caller records names who joined and left; audit events and mail notices derive from it.
 *
 * The caller has locked the organization: an organization is always locked before its members.
 */

/** The result of a change of members. */
export interface MembersOutcome {
  readonly members: MembersChange;
  /** The audit log's warning when the organization has no administrator left. */
  readonly warning: string | undefined;
}

type Deps = Pick<Dependencies, "now" | "newId" | "changes" | "removalsRetentionDays">;

/**
 * Changes the members of an organization, step by step. The cost depends on the members that the steps name, not on the
 * size of the organization. The caller writes the organization itself, with its other changes.
 *
 * @throws InvalidValueError for an unknown User, ForbiddenError when a person removes the last administrator
 */
export async function changeMembers(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  organizationId: string,
  steps: readonly MembershipChange[],
): Promise<MembersOutcome> {
  const how = { addition: additionBy(deps, author), taking: takingOf(deps, author) };
  let members = NO_MEMBERS;
  const write = async () => {
    members = await writeMembers(how, repositories.memberships, organizationId, steps);
  };
  let warning: string | undefined;
  if (steps.every(({ type }) => type === "add")) await write();
  else warning = await keepingAdministrators(author, repositories, only(organizationId), write);
  await settleLeaving(deps, repositories, author, organizationId, members.removed);
  const named = steps.flatMap((step) => (step.type === "remove" ? step.accountIds : []));
  await strikeAbsent(deps, repositories, author, { organizationId }, named, members.removed);
  return { members, warning };
}

/**
 * Has the result of one `changeMembers` per turn, with few statements for all of them.
 *
 * @returns who joined and left in each turn
 * @throws what `changeMembers` throws for any turn, and ForbiddenError when the last administrator would leave, for a
 *   machine too: the caller then repeats the turns one by one to find the failing one
 */
export async function changeMembersInTurn(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  organizationId: string,
  turns: MemberTurns,
): Promise<readonly MembersChange[]> {
  const how = { addition: additionBy(deps, author), taking: takingOf(deps, author) };
  let changed: readonly MembersChange[] = [];
  const write = async () => {
    changed = await writeMembersInTurn(how, repositories.memberships, organizationId, turns);
  };
  if (turns.type === "add") await write();
  else {
    const warning = await keepingAdministrators(author, repositories, only(organizationId), write);
    if (warning !== undefined) throw new ForbiddenError(warning);
  }
  const removed = changed.flatMap((turn) => turn.removed);
  await settleLeaving(deps, repositories, author, organizationId, removed);
  if (turns.type === "remove") {
    await strikeAbsent(deps, repositories, author, { organizationId }, turns.turns.flat(), removed);
  }
  return changed;
}

/**
 * Makes an account a member, and writes the organization.
 *
 * @returns no members, if the account was a member before
 */
export async function join(
  deps: Deps,
  repositories: Repositories,
  organization: Organization,
  accountId: string,
  addition: Omit<Addition, "at">,
): Promise<MembersChange> {
  const at = deps.now();
  const { memberships, organizations } = repositories;
  const added = await memberships.add(organization.id, [accountId], { ...addition, at });
  const members = { added, removed: [] };
  if (added.length > 0) await organizations.updateMembers(changedMembers(organization, members, at));
  return members;
}

/**
 * Brings memberships back that an undo is about, and writes the organization.
 *
 * @param group memberships that can come back
 */
export async function rejoin(
  deps: Deps,
  { restoring, organizations }: Repositories,
  organization: Organization,
  group: ItemGroup,
): Promise<MembersChange> {
  const at = deps.now();
  const members = { added: await restoring.memberships(group, at), removed: [] };
  if (hasMembers(members)) await organizations.updateMembers(changedMembers(organization, members, at));
  return members;
}

/**
 * Ends the membership of an account, and writes the organization.
 *
 * @throws ForbiddenError when a person removes the last administrator
 */
export async function leave(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  organization: Organization,
  accountId: string,
): Promise<MembersOutcome> {
  const remove = { type: "remove", accountIds: [accountId] } as const;
  const outcome = await changeMembers(deps, repositories, author, organization.id, [remove]);
  await repositories.organizations.updateMembers(changedMembers(organization, outcome.members, deps.now()));
  return outcome;
}

/**
 * Ends all memberships of an account, and deletes the account.
 *
 * @param account with its organizations, which the caller has locked
 * @returns one change for each organization, and a warning for the change of the account
 * @throws ForbiddenError when a person deletes the last administrator
 */
export async function leaveWithAccount(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  { id, organizations }: AccountWithOrganizations,
): Promise<{ changes: Change[]; warning: string | undefined }> {
  const organizationIds = organizations.map((each) => each.id);
  const administered = { organizationIds, isProvider: true };
  const warning = await keepingAdministrators(author, repositories, administered, async () => {
    await settleLostPower(deps, repositories, author, { accountIds: [id], isDeletion: true });
    await repositories.memberships.leaveAll(id, organizationIds, deps.now());
    await repositories.removals.keepAccount(takingOf(deps, author), id);
    // The database deletes its memberships and setup links with it.
    await repositories.accounts.delete(id);
  });
  const members = { added: [], removed: [id] };
  const changes = organizations.map(
    (each) => ({ action: "change", ...organizationTarget(each), members }) as const,
  );
  return { changes, warning };
}

/** How many members the change of a deleted organization names. */
const NAMED_MEMBERS = 1000;

/**
 * The members of an organization that is about to be deleted. The database deletes their memberships with it, however
 * many there are, and also its links to set up accounts, tokens and invitations.
 */
export async function membersOfEnding(
  { memberships }: Repositories,
  { id, memberCount }: Organization,
): Promise<MembersChange> {
  const removed = await memberships.memberIds(id, NAMED_MEMBERS);
  return { added: [], removed, moreRemoved: Math.max(0, memberCount - removed.length) };
}

async function settleLeaving(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  organizationId: string,
  accountIds: readonly string[],
): Promise<void> {
  await settleLostPower(deps, repositories, author, { accountIds, organizationId });
  await repositories.accountSetups.end(organizationId, accountIds);
}

const additionBy = ({ now }: Deps, author: Author): Addition => ({
  ...{ origin: originBy(author), showsProfile: author.realm.type === "provider", at: now() },
});

/** In one organization's members, only its own administrators can become fewer, not the provider's. */
const only = (organizationId: string) => ({ organizationIds: [organizationId], isProvider: false });
