import { hasMembers, hasRoles } from "../../domain/changes/change.js";
import type { MembersChange, RoleOfAccount, RolesChange } from "../../domain/changes/change.js";
import { InvalidValueError } from "../../domain/errors.js";
import type { MemberEntry, MembershipChange } from "../../domain/memberships/membership.js";
import type { Team } from "../../domain/teams/team.js";
import { isId } from "../../domain/values/id.js";
import type { TeamRepository, TeamRole } from "../../repositories/teams/teams.js";

/** The result of a change of a team's members. */
export interface TeamOutcome {
  readonly members: MembersChange;
  readonly roles: RolesChange;
}

/** Whether members, or their roles, changed. */
export const changesMembers = ({ members, roles }: TeamOutcome) => hasMembers(members) || hasRoles(roles);

/** How many members the change of a deleted team names. */
const NAMED_MEMBERS = 1000;

/** The members of a team that is about to be deleted, however many there are. */
export async function membersOfEnding(teams: TeamRepository, id: string): Promise<MembersChange> {
  const removed = await teams.memberIds(id, NAMED_MEMBERS);
  const count = removed.length < NAMED_MEMBERS ? removed.length : await teams.countMembers(id);
  return { added: [], removed, moreRemoved: count - removed.length };
}

/** Changes the members of one team, step by step. */
export class TeamMembers {
  readonly #added: string[] = [];
  readonly #removed: string[] = [];
  readonly #granted: RoleOfAccount[] = [];
  readonly #revoked: RoleOfAccount[] = [];

  /** @param requireGrant throws ForbiddenError when the caller may not give roles in the team */
  constructor(
    private readonly teams: TeamRepository,
    private readonly team: Team,
    private readonly requireGrant: () => Promise<void>,
  ) {}

  /** @throws InvalidValueError for a User who is not a member of the organization, and what `requireGrant` throws */
  async change(steps: readonly MembershipChange[]): Promise<TeamOutcome> {
    for (const step of steps) await this.#step(step);
    return {
      members: { added: this.#added, removed: this.#removed },
      roles: { granted: this.#granted, revoked: this.#revoked },
    };
  }

  async #step(step: MembershipChange): Promise<void> {
    const { teams, team } = this;
    switch (step.type) {
      case "add":
        await this.#add(step.entries);
        break;
      case "remove":
        this.#addRemoved(await teams.remove(team.id, step.accountIds.filter(isId)));
        break;
      case "removeMatching":
        this.#addRemoved(await teams.removeMatching(team.id, step.filter));
        break;
      case "removeAll":
        this.#addRemoved(await teams.removeOthers(team.id, []));
        break;
      case "replace": {
        const ids = step.entries.map(({ accountId }) => accountId);
        this.#addRemoved(await teams.removeOthers(team.id, ids.filter(isId)));
        await this.#add(step.entries);
        const without = step.entries.filter(({ role }) => role === undefined);
        await this.#setRoles(without.map((each) => ({ ...each, role: undefined })));
        break;
      }
      case "setRole":
        if (!(await teams.isMember(team.id, step.accountId))) throw noMember(step.accountId);
        await this.#setRoles([step]);
    }
  }

  async #add(entries: readonly MemberEntry[]): Promise<void> {
    const ids = [...new Set(entries.map(({ accountId }) => accountId))];
    if (ids.length === 0) return;
    const [unknown] = ids.every(isId)
      ? await this.teams.unknownMembers(this.team, ids)
      : ids.filter((id) => !isId(id));
    if (unknown !== undefined) throw noMember(unknown);
    for (const id of await this.teams.add(this.team, ids)) this.#added.push(id);
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

const noMember = (id: string) =>
  new InvalidValueError(
    `'${id}' is not a member of the team's organization; add the User to the Group first`,
  );
