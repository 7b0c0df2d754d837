import { requireAccess } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import { organizationAsGroup, teamAsGroup } from "../../domain/groups/group.js";
import type { Group, GroupInput } from "../../domain/groups/group.js";
import type { Listing, Page } from "../../domain/listing.js";
import type {
  Member,
  MemberEntry,
  MembershipChange,
  MemberTurns,
} from "../../domain/memberships/membership.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { OrganizationService } from "../organizations/organizations.js";
import { TeamService } from "../teams/teams.js";

/** A change of a group. */
export interface GroupChange {
  /** Returns the new attributes; may be called more than once, so it must have no side effects. Absent: no change. */
  readonly apply?: (current: Group) => GroupInput;
  /** Changes of its members, applied in order. */
  readonly members: readonly MembershipChange[];
  readonly expected?: ExpectedVersions;
}

/**
 * What callers can do with Groups. In the provider's realm they are the organizations. In the realm of an organization
 * they are its teams, and the organization itself by its id: it is in no list, so that no identity provider takes it for
 * a group that it pushes. Each method throws ForbiddenError when the caller may not call it, and otherwise what the
 * method of that name of `OrganizationService` and `TeamService` throws.
 */
export class GroupService {
  readonly #organizations: OrganizationService;
  readonly #teams: TeamService;

  constructor(deps: Dependencies) {
    this.#organizations = new OrganizationService(deps);
    this.#teams = new TeamService(deps, "Group");
  }

  async get(principal: Principal, id: string): Promise<Group> {
    return isTeam(principal, id)
      ? teamAsGroup(await this.#teams.get(principal, id))
      : organizationAsGroup(await this.#organizations.get(principal, id));
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Group>> {
    if (principal.realm.type === "provider") {
      const page = await this.#organizations.list(principal, listing);
      return { ...page, items: page.items.map(organizationAsGroup) };
    }
    const page = await this.#teams.listAsGroups(principal, listing);
    return { ...page, items: page.items.map(teamAsGroup) };
  }

  /** A page of the members of a group that the caller has read. @param after the last account id of the page before */
  async members(
    principal: Principal,
    { kind, id, memberCount }: Group,
    after: string | undefined,
    limit: number,
  ): Promise<Member[]> {
    if (memberCount === 0) return [];
    const service = kind === "team" ? this.#teams : this.#organizations;
    return service.members(principal, id, after, limit);
  }

  async create(principal: Principal, input: GroupInput, entries: readonly MemberEntry[]): Promise<Group> {
    requireAccess(principal, "create Groups");
    if (principal.realm.type === "organization") {
      return teamAsGroup(await this.#teams.create(principal, undefined, input, entries));
    }
    const accountIds = entries.map(({ accountId }) => accountId);
    return organizationAsGroup(await this.#organizations.create(principal, input, accountIds));
  }

  async change(principal: Principal, id: string, { apply, ...others }: GroupChange): Promise<Group> {
    return isTeam(principal, id)
      ? teamAsGroup(
          await this.#teams.change(principal, id, {
            ...others,
            ...(apply && { apply: (team) => apply(teamAsGroup(team)) }),
          }),
        )
      : organizationAsGroup(
          await this.#organizations.change(principal, id, {
            ...others,
            ...(apply && { apply: (organization) => apply(organizationAsGroup(organization)) }),
          }),
        );
  }

  async changeInTurn(principal: Principal, id: string, turns: MemberTurns): Promise<Group[]> {
    return isTeam(principal, id)
      ? (await this.#teams.changeInTurn(principal, id, turns)).map(teamAsGroup)
      : (await this.#organizations.changeInTurn(principal, id, turns)).map(organizationAsGroup);
  }

  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Groups");
    const service = isTeam(principal, id) ? this.#teams : this.#organizations;
    await service.delete(principal, id, expected);
  }
}

/** Whether the id stands for a team in the principal's realm, if for anything. */
const isTeam = ({ realm }: Principal, id: string) =>
  realm.type === "organization" && realm.organizationId !== id;
