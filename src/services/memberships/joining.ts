import { tokenIdOf } from "../../domain/access/actor.js";
import type { Author } from "../../domain/access/principal.js";
import { NOBODY } from "../../domain/changes/change.js";
import type { Change, MembersChange } from "../../domain/changes/change.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { MembershipChange, MembershipSource, MemberTurns } from "../../domain/memberships/membership.js";
import { changedMembers, organizationTarget } from "../../domain/organizations/organization.js";
import type { Organization } from "../../domain/organizations/organization.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { keepingAdministrators } from "../roles/administrators.js";
import { settleLostPower } from "../roles/lost-power.js";
import { writeMembers, writeMembersInTurn } from "./membership-changes.js";

/*
 * People join and leave organizations here, whoever causes it: a provider, an organization's identity provider, an
 * administrator, an invitation, the end of an account or of an organization. Each way has the same consequences:
 *
 * - the organization counts its members and is in another version;
 * - a person who leaves loses the power that the membership gave, what that power made is settled, and links that the
 *   organization had sent to set up the account are void;
 * - nobody takes away an organization's last administrator by the way;
 * - who joined and left is in the change that the caller records, from which audit events and notices by mail derive.
 *
 * The caller has locked the organization: it goes before its members, wherever something is locked.
 */

/** What came of a change of members. */
export interface MembersOutcome {
  readonly members: MembersChange;
  /** What the audit log is to say when nobody is left to administer the organization. */
  readonly warning: string | undefined;
}

type Deps = Pick<Dependencies, "now" | "newId" | "changes">;

/**
 * Changes the members of an organization, step by step; the cost is that of the members that the steps name. The caller
 * writes the organization, with what else changes of it.
 *
 * @throws InvalidValueError for an id of no User, ForbiddenError when a person removes the last administrator
 */
export async function changeMembers(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  organizationId: string,
  steps: readonly MembershipChange[],
): Promise<MembersOutcome> {
  const addition = additionBy(deps, author, "scim");
  let members = NOBODY;
  const write = async () => {
    members = await writeMembers(addition, repositories.memberships, organizationId, steps);
  };
  let warning: string | undefined;
  if (steps.every(({ type }) => type === "add")) await write();
  else warning = await keepingAdministrators(author, repositories, only(organizationId), write);
  await settleLeaving(deps, repositories, author, organizationId, members.removed);
  return { members, warning };
}

/**
 * Does what `changeMembers` would do turn by turn, at once.
 *
 * @returns who joined and left in each turn
 * @throws what `changeMembers` throws for any turn, and ForbiddenError when the last administrator would go, for a
 *   machine too: which turn is at fault shows when they are done one by one
 */
export async function changeMembersInTurn(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  organizationId: string,
  turns: MemberTurns,
): Promise<readonly MembersChange[]> {
  const addition = additionBy(deps, author, "scim");
  let changed: readonly MembersChange[] = [];
  const write = async () => {
    changed = await writeMembersInTurn(addition, repositories.memberships, organizationId, turns);
  };
  if (turns.type === "add") await write();
  else {
    const warning = await keepingAdministrators(author, repositories, only(organizationId), write);
    if (warning !== undefined) throw new ForbiddenError(warning);
  }
  const removed = changed.flatMap((turn) => turn.removed);
  await settleLeaving(deps, repositories, author, organizationId, removed);
  return changed;
}

/**
 * Makes an account a member, and writes the organization.
 *
 * @param addedBy the access token that the membership comes from
 * @returns nobody, if the account was a member before
 */
export async function join(
  deps: Deps,
  repositories: Repositories,
  organization: Organization,
  accountId: string,
  { source, addedBy }: { readonly source: MembershipSource; readonly addedBy: string | undefined },
): Promise<MembersChange> {
  const at = deps.now();
  const { memberships, organizations } = repositories;
  const added = await memberships.add(organization.id, [accountId], { source, addedBy, at });
  const members = { added, removed: [] };
  if (added.length > 0) await organizations.updateMembers(changedMembers(organization, members, at));
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
 * Ends all memberships of an account, and the account.
 *
 * @param account with its organizations, which the caller has locked
 * @returns a change of each of the organizations, and a warning for the account's
 * @throws ForbiddenError when a person deletes the last administrator
 */
export async function leaveWithAccount(
  deps: Deps,
  repositories: Repositories,
  author: Author,
  { id, organizations }: AccountWithOrganizations,
): Promise<{ changes: Change[]; warning: string | undefined }> {
  const administered = { organizationIds: organizations.map((each) => each.id), isProvider: true };
  const warning = await keepingAdministrators(author, repositories, administered, async () => {
    await settleLostPower(deps, repositories, author, { accountIds: [id], isDeletion: true });
    await repositories.memberships.leaveAll(id, deps.now());
    // Its memberships, and links to set it up, end with it.
    await repositories.accounts.delete(id);
  });
  const members = { added: [], removed: [id] };
  const changes = organizations.map(
    (each) => ({ action: "change", ...organizationTarget(each), members }) as const,
  );
  return { changes, warning };
}

/** So many members of an organization that ends are named in the change. */
const NAMED_MEMBERS = 1000;

/**
 * The members whose memberships are about to end with their organization: set by set in the database, however many
 * there are. Links to set up accounts, and the tokens and invitations that gave power there, end with it too.
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

const additionBy = ({ now }: Deps, { actor }: Author, source: MembershipSource) => ({
  ...{ source, addedBy: tokenIdOf(actor), at: now() },
});

/** Only an organization's own administrators can become fewer, not the provider's. */
const only = (organizationId: string) => ({ organizationIds: [organizationId], isProvider: false });
