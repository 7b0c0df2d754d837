import { hasMembers, hasRoles } from "../../domain/changes/change.js";
import type { MembersChange, RoleOfAccount, RolesChange } from "../../domain/changes/change.js";
import { InvalidValueError } from "../../domain/errors.js";
import type { MemberEntry, MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import type { Taking } from "../../domain/removals/removal.js";
import type { Team } from "../../domain/teams/team.js";
import { isId } from "../../domain/values/id.js";
import type { TeamRepository, TeamRole } from "../../repositories/teams/teams.js";

/** The result of a change of a team's members. */
export interface TeamOutcome {
  readonly members: MembersChange;
  readonly roles: RolesChange;
  /** The ids of members that were passed over: people who left the organization, and its teams. */
  readonly passedOver: readonly string[];
}

/** Whether members, or their roles, changed. */
export const changesMembers = ({ members, roles }: Pick<TeamOutcome, "members" | "roles">) =>
  hasMembers(members) || hasRoles(roles);

/** How many members the change of a deleted team names. */
const NAMED_MEMBERS = 1000;

/** The members of a team that is about to be deleted, however many there are. */
export async function membersOfEnding(
  teams: TeamRepository,
  { id, memberCount }: Team,
): Promise<MembersChange> {
  const removed = await teams.memberIds(id, NAMED_MEMBERS);
  return { added: [], removed, moreRemoved: Math.max(0, memberCount - removed.length) };
}

/** Changes the members of one team, step by step. */
export class TeamMembers {
  readonly #added: string[] = [];
  readonly #removed: string[] = [];
  readonly #granted: RoleOfAccount[] = [];
  readonly #revoked: RoleOfAccount[] = [];
  readonly #passedOver = new Set<string>();
  /** Whether a step named a person who can be a member. */
  #namesMember = false;

  /** @param requireGrant throws ForbiddenError when the caller may not give roles in the team */
  constructor(
    private readonly teams: TeamRepository,
    private readonly team: Team,
    private readonly taking: Taking,
    private readonly requireGrant: () => Promise<void>,
  ) {}

  /**
   * @throws InvalidValueError for an id that the organization never had, or when all the members that the steps name are
   *   passed over, and what `requireGrant` throws
   */
  async change(steps: readonly MembershipChange[]): Promise<TeamOutcome> {
    for (const step of steps) await this.#step(step);
    if (this.#passedOver.size > 0 && !this.#namesMember) throw allPassedOver(this.#passedOver);
    return {
      members: { added: this.#added, removed: this.#removed },
      roles: { granted: this.#granted, revoked: this.#revoked },
      passedOver: [...this.#passedOver],
    };
  }

  async #step(step: MembershipChange): Promise<void> {
    const { teams, team, taking } = this;
    switch (step.type) {
      case "add":
        await this.#add(await this.#members(step.entries));
        break;
      case "remove":
        this.#addRemoved(await teams.remove(team.id, step.accountIds.filter(isId), taking));
        break;
      case "removeMatching":
        this.#addRemoved(await teams.removeMatching(team.id, step.filter, taking));
        break;
      case "removeAll":
        this.#addRemoved(await teams.removeOthers(team.id, [], taking));
        break;
      case "replace": {
        const entries = await this.#members(step.entries);
        // A list of nobody but leavers is no wish to empty the team.
        if (entries.length === 0 && step.entries.length > 0) throw allPassedOver(this.#passedOver);
        this.#addRemoved(await teams.removeOthers(team.id, idsOf(entries), taking));
        await this.#add(entries);
        break;
      }
      case "setRole":
        if (!(await teams.isMember(team.id, step.accountId))) throw noMember(step.accountId);
        await this.#setRoles([step]);
    }
  }

  /** Those of the entries who can be members of the team. */
  async #members(entries: readonly MemberEntry[]): Promise<readonly MemberEntry[]> {
    const strangers = await strangersTo(this.teams, this.team, idsOf(entries));
    for (const id of strangers) this.#passedOver.add(id);
    const members = strangers.size === 0 ? entries : entries.filter((each) => !strangers.has(each.accountId));
    if (members.length > 0) this.#namesMember = true;
    return members;
  }

  async #add(entries: readonly MemberEntry[]): Promise<void> {
    if (entries.length === 0) return;
    for (const id of await this.teams.add(this.team, [...new Set(idsOf(entries))])) this.#added.push(id);
    await this.#setRoles(
      entries.flatMap(({ accountId, role }) => (role === undefined ? [] : [{ accountId, role }])),
    );
  }

  #addRemoved(accountIds: readonly string[]): void {
    for (const id of accountIds) this.#removed.push(id);
  }

  async #setRoles(roles: readonly TeamRole[]): Promise<void> {
    const before = await this.teams.setRoles(this.team.id, roles);
    if (before.length === 0) return;
    const next = new Map(roles.map(({ accountId, role }) => [accountId, role]));
    const place = { teamId: this.team.id };
    for (const { accountId, role: old } of before) {
      const role = next.get(accountId);
      if (old !== undefined) this.#revoked.push({ accountId, role: old, ...place });
      if (role !== undefined) this.#granted.push({ accountId, role, ...place });
    }
    if (roles.some(({ role }) => role !== undefined)) await this.requireGrant();
  }
}

/**
 * Has the result of one change of the members per turn, with few statements for all of them.
 *
 * @throws InvalidValueError for an id in any turn that is not of a member of the organization
 */
export async function changeMembersInTurn(
  teams: TeamRepository,
  team: Team,
  taking: Taking,
  { type, turns }: MemberTurns,
): Promise<MembersChange[]> {
  const named = [...new Set(turns.flat())];
  if (type === "add") {
    const [stranger] = await strangersTo(teams, team, named);
    if (stranger !== undefined) throw noMember(stranger);
  }
  const changed = new Set(
    type === "add" ? await teams.add(team, named) : await teams.remove(team.id, named.filter(isId), taking),
  );
  return turns.map((accountIds) => {
    // A member who is named in several turns comes, or goes, in the first of them.
    const here = accountIds.filter((accountId) => changed.delete(accountId));
    return type === "add" ? { added: here, removed: [] } : { added: [], removed: here };
  });
}

/**
 * Those of the ids that are not of members of the team's organization, but can be passed over.
 *
 * @throws InvalidValueError for an id that the organization never had
 */
async function strangersTo(
  teams: TeamRepository,
  team: Team,
  accountIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (accountIds.length === 0) return new Set();
  const malformed = accountIds.find((id) => !isId(id));
  if (malformed !== undefined) throw noMember(malformed);
  const unknown = await teams.unknownMembers(team, accountIds);
  const known = new Set(unknown.length === 0 ? [] : await teams.leaversAndTeams(team, unknown));
  const never = unknown.find((id) => !known.has(id));
  if (never !== undefined) throw noMember(never);
  return known;
}

const idsOf = (entries: readonly MemberEntry[]) => entries.map(({ accountId }) => accountId);

const noMember = (id: string) =>
  new InvalidValueError(
    `'${id}' is not a member of the team's organization; add the User to the organization first`,
  );

const allPassedOver = (ids: Iterable<string>) => {
  const [first] = ids;
  return new InvalidValueError(
    `Nobody of those named is a member of the team's organization: '${first}' left it, or is a group`,
  );
};
