import { requireAccess } from "../../domain/access/policy.js";
import { InvalidValueError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { requireKeyLength } from "../../domain/limits/values.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Member, MemberEntry, MembershipChange } from "../../domain/memberships/membership.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Team, TeamInput } from "../../domain/teams/team.js";
import type { TeamRepository, TeamRole } from "../../repositories/teams/teams.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { record } from "../audit/audit.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { requireStanding } from "../roles/standing.js";

/** A change of a team. */
export interface TeamChange {
  /** Says what the team shall be; may be called more than once, so it must have no effects. Absent: what it is. */
  readonly apply?: (current: Team) => TeamInput;
  /** What happens to its members, in order. */
  readonly members: readonly MembershipChange[];
  readonly expected?: ExpectedVersions;
}

/** What a caller can do with teams. Each method throws ForbiddenError for who may not. */
export class TeamService {
  constructor(private readonly deps: Dependencies) {}

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<Team> {
    requireAccess(principal, "read Teams");
    return find(this.deps.work.read(principal.realm), id);
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Team>> {
    requireAccess(principal, "read Teams");
    return this.deps.work.readMany(principal).teams.list(listing);
  }

  /** Some members of a team that the caller has got. @param after where the page begins behind */
  members(principal: Principal, id: string, after: string | undefined, limit: number): Promise<Member[]> {
    return this.deps.work.readMany(principal).teams.members(id, after, limit);
  }

  /**
   * @param organizationId undefined: the caller's own
   * @throws UniquenessError when the organization has a team of that name, InvalidValueError for an unknown
   *   organization, somebody who is no member of it, or a value that is too long
   */
  async create(
    principal: Principal,
    organizationId: string | undefined,
    input: TeamInput,
    entries: readonly MemberEntry[],
  ): Promise<Team> {
    requireAccess(principal, "create Teams");
    requireStorable(input);
    const { realm } = principal;
    const within = organizationId ?? (realm.type === "organization" ? realm.organizationId : undefined);
    const at = this.deps.now();
    const id = this.deps.newId();
    return this.deps.work.write(realm, async (repositories) => {
      const organization =
        within !== undefined && isId(within)
          ? await repositories.organizations.find(within, { lock: false })
          : undefined;
      if (!organization) {
        throw new InvalidValueError(
          "A team needs the 'organization' that it is in, with the 'value' of a Group",
        );
      }
      const { displayName, externalId, description } = input;
      const team: Team = {
        ...{ id, displayName, externalId, description, version: 1, createdAt: at, updatedAt: at },
        organizationId: organization.id,
        organizationName: organization.displayName,
      };
      await repositories.teams.insert(team);
      await this.#changeMembers(repositories, principal, team, [{ type: "add", entries }]);
      const changes = entries.length > 0 ? ["displayName", "members"] : ["displayName"];
      await record(this.deps, repositories, principal, { action: "create", ...about(team), changes });
      return team;
    });
  }

  /**
   * Changes a team and its members; what changes nothing leaves the version as it is.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError for somebody who is no member
   *   of the organization, and what `change.apply` throws
   */
  async change(principal: Principal, id: string, change: TeamChange): Promise<Team> {
    requireAccess(principal, "change Teams");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const current = await lock(repositories, id, change.expected);
      const input = change.apply?.(current) ?? current;
      requireStorable(input);
      const { displayName, externalId, description } = input;
      const changes = [
        ...(["displayName", "externalId", "description"] as const).filter(
          (name) => current[name] !== input[name],
        ),
        ...((await this.#changeMembers(repositories, principal, current, change.members)) ? ["members"] : []),
      ];
      if (changes.length === 0) return current;
      const changed = {
        ...current,
        ...{ displayName, externalId, description },
        version: current.version + 1,
        updatedAt: this.deps.now(),
      };
      await repositories.teams.update(changed);
      await record(this.deps, repositories, principal, { action: "change", ...about(changed), changes });
      return changed;
    });
  }

  /** @throws NotFoundError, VersionMismatchError */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Teams");
    await this.deps.work.write(principal.realm, async (repositories) => {
      const current = await lock(repositories, id, expected);
      await repositories.teams.delete(id);
      await record(this.deps, repositories, principal, { action: "delete", ...about(current) });
    });
  }

  #changeMembers(
    repositories: Repositories,
    principal: Principal,
    team: Team,
    changes: readonly MembershipChange[],
  ): Promise<boolean> {
    const mayGive = () => requireStanding(this.deps, repositories, principal, "grant team roles");
    return changeMembers(repositories.teams, team, changes, mayGive);
  }
}

async function find({ teams }: Pick<Repositories, "teams">, id: string): Promise<Team> {
  const team = isId(id) && (await teams.find(id));
  if (!team) throw new NotFoundError("Team", id);
  return team;
}

async function lock(repositories: Repositories, id: string, expected: ExpectedVersions): Promise<Team> {
  if (isId(id)) await repositories.teams.lock(id);
  const team = await find(repositories, id);
  requireVersion("Team", team, expected);
  return team;
}

/**
 * @param mayGive throws when the caller may not give roles in a team
 * @returns whether anything changed
 * @throws InvalidValueError for somebody who is no member of the organization, and what `mayGive` throws
 */
async function changeMembers(
  teams: TeamRepository,
  team: Team,
  changes: readonly MembershipChange[],
  mayGive: () => Promise<void>,
): Promise<boolean> {
  let count = 0;
  const give = async (roles: readonly TeamRole[]) => {
    const changed = await teams.setRoles(team.id, roles);
    const isGiven = changed.length > 0 && roles.some(({ role }) => role !== undefined);
    if (isGiven) await mayGive();
    return changed.length;
  };
  const add = async (entries: readonly MemberEntry[]) => {
    const ids = [...new Set(entries.map(({ accountId }) => accountId))];
    if (ids.length === 0) return;
    const [stranger] = ids.every(isId) ? await teams.strangers(team, ids) : ids.filter((id) => !isId(id));
    if (stranger !== undefined) throw noMember(stranger);
    count += (await teams.add(team, ids)).length;
    const withRoles = entries.flatMap(({ accountId, role }) =>
      role === undefined ? [] : [{ accountId, role }],
    );
    count += await give(withRoles);
  };
  for (const change of changes) {
    switch (change.type) {
      case "add":
        await add(change.entries);
        break;
      case "remove":
        count += (await teams.remove(team.id, change.accountIds.filter(isId))).length;
        break;
      case "removeMatching":
        count += (await teams.removeMatching(team.id, change.filter)).length;
        break;
      case "removeAll":
        count += (await teams.removeOthers(team.id, [])).length;
        break;
      case "replace": {
        const ids = change.entries.map(({ accountId }) => accountId);
        count += (await teams.removeOthers(team.id, ids.filter(isId))).length;
        await add(change.entries);
        const without = change.entries.filter(({ role }) => role === undefined);
        count += (
          await teams.setRoles(
            team.id,
            without.map((each) => ({ ...each, role: undefined })),
          )
        ).length;
        break;
      }
      case "setRole":
        if (!(await teams.isMember(team.id, change.accountId))) throw noMember(change.accountId);
        count += await give([change]);
    }
  }
  return count > 0;
}

const noMember = (id: string) =>
  new InvalidValueError(`'${id}' is no member of the organization that the team is in`);

function requireStorable({ displayName, externalId }: TeamInput): void {
  requireKeyLength({ displayName, externalId });
}

/** A team, as the audit log names it: it happens to the organization. */
const about = ({ id, displayName, organizationId }: Team) => ({
  target: { type: "Team", id, display: displayName },
  organizationId,
});
