import type { MembersChange } from "../../domain/changes/change.js";
import { InvalidValueError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import type { Taking } from "../../domain/removals/removal.js";
import type { MemberEntry, MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import type { Addition } from "../../repositories/memberships/adding.js";
import type { MembershipRepository } from "../../repositories/memberships/memberships.js";

/** How people join, and how those who leave are kept for an undo. */
export interface MembersWrite {
  readonly addition: Addition;
  readonly taking: Taking;
}

/**
 * Writes the members of an organization, step by step. Only `joining.ts` calls it, since that also handles the
 * consequences.
 *
 * @returns who joined and left
 * @throws InvalidValueError for an unknown User
 */
export async function writeMembers(
  { addition, taking }: MembersWrite,
  memberships: MembershipRepository,
  organizationId: string,
  changes: readonly MembershipChange[],
): Promise<MembersChange> {
  const added: string[] = [];
  const removed: string[] = [];
  const add = async (accountIds: readonly string[]) => {
    append(added, await addMembers(addition, memberships, organizationId, accountIds));
  };
  for (const change of changes) {
    switch (change.type) {
      case "add":
        await add(idsOf(change.entries));
        break;
      case "remove":
        append(removed, await memberships.remove(organizationId, change.accountIds.filter(isId), taking));
        break;
      case "removeMatching":
        append(removed, await memberships.removeMatching(organizationId, change.filter, taking));
        break;
      case "removeAll":
        append(removed, await memberships.removeOthers(organizationId, [], taking));
        break;
      case "replace":
        requireIds(idsOf(change.entries));
        append(removed, await memberships.removeOthers(organizationId, idsOf(change.entries), taking));
        await add(idsOf(change.entries));
        break;
      case "setRole":
        throw new TypeError("Members of organizations have their roles as Users");
    }
  }
  return { added, removed };
}

/**
 * Has the result of one `writeMembers` per turn, with few statements for all of them.
 *
 * @returns who joined and left in each turn
 * @throws InvalidValueError for an unknown User in any turn
 */
export async function writeMembersInTurn(
  { addition, taking }: MembersWrite,
  memberships: MembershipRepository,
  organizationId: string,
  { type, turns }: MemberTurns,
): Promise<MembersChange[]> {
  const changed = new Set(
    type === "add"
      ? await addMembers(addition, memberships, organizationId, turns.flat())
      : await memberships.remove(organizationId, turns.flat().filter(isId), taking),
  );
  return turns.map((accountIds) => {
    // A member who is named in several turns joins, or leaves, in the first of them.
    const here = accountIds.filter((accountId) => changed.delete(accountId));
    return type === "add" ? { added: here, removed: [] } : { added: [], removed: here };
  });
}

/** @returns the ids of the new members */
async function addMembers(
  addition: Addition,
  memberships: MembershipRepository,
  organizationId: string,
  accountIds: readonly string[],
): Promise<readonly string[]> {
  const unique = [...new Set(accountIds)];
  if (unique.length === 0) return [];
  requireIds(unique);
  const joined = await memberships.add(organizationId, unique, addition);
  if (joined.length < unique.length) await requireAccounts(memberships, unique);
  return joined;
}

const idsOf = (entries: readonly MemberEntry[]) => entries.map(({ accountId }) => accountId);

/** Without spread syntax, since there can be more items than a call can have arguments. */
function append(list: string[], more: readonly string[]): void {
  for (const each of more) list.push(each);
}

function requireIds(accountIds: readonly string[]): void {
  const malformed = accountIds.find((id) => !isId(id));
  if (malformed !== undefined) throw unknownMember(malformed);
}

async function requireAccounts(
  memberships: MembershipRepository,
  accountIds: readonly string[],
): Promise<void> {
  const unknown = new Set(await memberships.unknownAccounts(accountIds));
  // The first as it was sent: the database answers in any order.
  const first = accountIds.find((id) => unknown.has(id));
  if (first !== undefined) throw unknownMember(first);
}

const unknownMember = (id: string) =>
  new InvalidValueError(`There is no User '${id}'; the 'value' of a member must be the id of a User`);
