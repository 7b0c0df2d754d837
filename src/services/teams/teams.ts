import { requireAccess } from "../../domain/access/policy.js";
import { InvalidValueError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { requireKeyLength } from "../../domain/limits/values.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Member, MemberEntry, MembershipChange } from "../../domain/memberships/membership.js";
import type { Principal } from "../../domain/access/principal.js";
import { teamTarget } from "../../domain/teams/team.js";
import type { Team, TeamInput } from "../../domain/teams/team.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { requireStillAllowed } from "../roles/current-principal.js";
import { changesMembers, membersOfEnding, TeamMembers } from "./team-members.js";
import type { TeamOutcome } from "./team-members.js";

/** A change of a team. */
export interface TeamChange {
  /** Returns the new attributes; may be called more than once, so it must have no side effects. Absent: no change. */
  readonly apply?: (current: Team) => TeamInput;
  /** Changes of its members, applied in order. */
  readonly members: readonly MembershipChange[];
  readonly expected?: ExpectedVersions;
}

/** What callers can do with teams. Each method throws ForbiddenError when the caller may not call it. */
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

  /** A page of the members of a team that the caller has read. @param after the last account id of the page before */
  members(principal: Principal, id: string, after: string | undefined, limit: number): Promise<Member[]> {
    return this.deps.work.readMany(principal).teams.members(id, after, limit);
  }

  /**
   * @param organizationId undefined: the caller's own
   * @throws UniquenessError when the organization has a team of that name, InvalidValueError for an unknown
   *   organization, a User who is not a member of it, or a value that is too long
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
        throw new InvalidValueError("A Team needs an 'organization': send the id of a Group as its 'value'");
      }
      const { displayName, externalId, description } = input;
      const team: Team = {
        ...{ id, displayName, externalId, description, version: 1, createdAt: at, updatedAt: at },
        organizationId: organization.id,
        organizationName: organization.displayName,
      };
      await repositories.teams.insert(team);
      const outcome = await this.#changeMembers(repositories, principal, team, [{ type: "add", entries }]);
      const change = {
        action: "create",
        ...teamTarget(team),
        attributes: ["displayName"],
        ...outcome,
      } as const;
      await this.deps.changes.record(repositories, principal, change);
      return team;
    });
  }

  /**
   * Changes a team and its members; without a difference, its version stays.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError for a User who is not a member of
   *   the organization, and what `change.apply` throws
   */
  async change(principal: Principal, id: string, change: TeamChange): Promise<Team> {
    requireAccess(principal, "change Teams");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const current = await lock(repositories, id, change.expected);
      const input = change.apply?.(current) ?? current;
      requireStorable(input);
      const { displayName, externalId, description } = input;
      const attributes = (["displayName", "externalId", "description"] as const).filter(
        (name) => current[name] !== input[name],
      );
      const outcome = await this.#changeMembers(repositories, principal, current, change.members);
      if (attributes.length === 0 && !changesMembers(outcome)) return current;
      const changed = {
        ...current,
        ...{ displayName, externalId, description },
        version: current.version + 1,
        updatedAt: this.deps.now(),
      };
      await repositories.teams.update(changed);
      const recorded = { action: "change", ...teamTarget(changed), attributes, ...outcome } as const;
      await this.deps.changes.record(repositories, principal, recorded);
      return changed;
    });
  }

  /** @throws NotFoundError, VersionMismatchError */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Teams");
    await this.deps.work.write(principal.realm, async (repositories) => {
      const current = await lock(repositories, id, expected);
      const members = await membersOfEnding(repositories.teams, id);
      await repositories.teams.delete(id);
      const change = { action: "delete", ...teamTarget(current), members } as const;
      await this.deps.changes.record(repositories, principal, change);
    });
  }

  #changeMembers(
    repositories: Repositories,
    principal: Principal,
    team: Team,
    steps: readonly MembershipChange[],
  ): Promise<TeamOutcome> {
    const requireGrant = () => requireStillAllowed(this.deps, repositories, principal, "grant team roles");
    return new TeamMembers(repositories.teams, team, requireGrant).change(steps);
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

function requireStorable({ displayName, externalId }: TeamInput): void {
  requireKeyLength({ displayName, externalId });
}
