import { requireAccess } from "../../domain/access/policy.js";
import { roleNames } from "../../domain/access/roles.js";
import { withinSeats } from "../../domain/access/seats.js";
import type { Seat } from "../../domain/access/seats.js";
import type { RoleList } from "../../domain/access/roles.js";
import { hasMembers } from "../../domain/changes/change.js";
import type { MembersChange } from "../../domain/changes/change.js";
import { ForbiddenError, InvalidValueError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { requireKeyLength } from "../../domain/limits/values.js";
import type { Listing, Page } from "../../domain/listing.js";
import type {
  Member,
  MemberEntry,
  MembershipChange,
  MemberTurns,
} from "../../domain/memberships/membership.js";
import type { Principal } from "../../domain/access/principal.js";
import { changedTeam, teamTarget } from "../../domain/teams/team.js";
import type { Team, TeamInput } from "../../domain/teams/team.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { strike, strikeAbsent } from "../removals/striking.js";
import { takingOf } from "../removals/taking.js";
import { requireStillAllowed } from "../roles/current-principal.js";
import { requireGrants } from "../roles/grants.js";
import { changeMembersInTurn, changesMembers, membersOfEnding, TeamMembers } from "./team-members.js";
import type { TeamOutcome } from "./team-members.js";
import { requireWithinSeat, requireWritingSeat, seatFor } from "./team-seats.js";
import { changingPower, disableInvitationsInto, teamRoles } from "./team-power.js";

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
  /** @param kind what teams are called in errors: in an organization's realm they are Groups, too */
  constructor(
    private readonly deps: Dependencies,
    private readonly kind: "Team" | "Group" = "Team",
  ) {}

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<Team> {
    seatFor(principal, "read Teams", this.kind, id);
    return this.#find(this.deps.work.read(principal.realm), id);
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Team>> {
    return this.deps.work.readMany(principal).teams.list(readable(principal, listing));
  }

  /** Like `list`, for criteria on the attributes of Groups. */
  async listAsGroups(principal: Principal, listing: Listing): Promise<Page<Team>> {
    return this.deps.work.readMany(principal).teams.listAsGroups(readable(principal, listing));
  }

  /** A page of the members of a team that the caller has read. @param after the last account id of the page before */
  members(principal: Principal, id: string, after: string | undefined, limit: number): Promise<Member[]> {
    return this.deps.work.readMany(principal).teams.members(id, after, limit);
  }

  /**
   * @param organizationId undefined: the caller's own
   * @throws UniquenessError when the organization has a team of that name, ForbiddenError for a role that the caller may
   *   not give, InvalidValueError for an unknown organization, what `TeamMembers.change` refuses, or a value that is too
   *   long
   */
  async create(
    principal: Principal,
    organizationId: string | undefined,
    input: TeamInput,
    entries: readonly MemberEntry[],
  ): Promise<Team> {
    requireAccess(principal, "create Teams");
    const { displayName, externalId, description, roles } = storable(input);
    const { realm } = principal;
    const within = organizationId ?? (realm.type === "organization" ? realm.organizationId : undefined);
    const at = this.deps.now();
    const id = this.deps.newId();
    return this.deps.work.write(realm, async (repositories) => {
      const organization =
        within !== undefined && isId(within)
          ? await repositories.organizations.find(within, { lock: true })
          : undefined;
      if (!organization) {
        throw new InvalidValueError("A Team needs an 'organization': send the id of a Group as its 'value'");
      }
      const team: Team = {
        ...{ id, displayName, externalId, description, roles, memberCount: 0 },
        ...{ version: 1, createdAt: at, updatedAt: at },
        organizationId: organization.id,
        organizationName: organization.displayName,
      };
      await requireGrants(this.deps, repositories, principal, [], roles);
      await repositories.teams.insert(team);
      const steps = [{ type: "add", entries }] as const;
      const outcome = await this.#changeMembers(repositories, principal, team, steps);
      const created = { ...team, memberCount: outcome.members.added.length };
      const attributes = ["displayName", ...(roles.length > 0 ? ["roles"] : [])];
      const change = { action: "create", ...teamTarget(team), attributes, ...recorded(outcome) } as const;
      await this.deps.changes.record(repositories, principal, change);
      return created;
    });
  }

  /**
   * Changes a team and its members; without a difference, its version stays.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, what `TeamMembers.change` refuses, ForbiddenError for
   *   roles that the caller may not give, or when a person would remove the last administrator, and what `change.apply`
   *   throws
   */
  async change(principal: Principal, id: string, change: TeamChange): Promise<Team> {
    const hasSeat = seatFor(principal, "change Teams", this.kind, id) !== undefined;
    return this.deps.work.write(principal.realm, async (repositories) => {
      const current = await this.#lock(repositories, id, change.expected);
      const seat = hasSeat ? await requireWritingSeat(this.deps, repositories, principal, id) : undefined;
      const withRoles = seat ? await repositories.teams.membersWithRoles(id) : [];
      const next = { ...current, ...(change.apply && storable(change.apply(current))) };
      const attributes = attributeChanges(current, next);
      await requireGrants(this.deps, repositories, principal, current.roles, next.roles);
      let outcome = NOTHING;
      let changed: Team = current;
      const warning = await changingPower(this.deps, repositories, principal, { current, next }, async () => {
        outcome = await this.#changeMembers(repositories, principal, current, change.members, { next, seat });
        if (seat) requireWithinSeat(seat, attributes, outcome, withRoles);
        if (attributes.length === 0 && !changesMembers(outcome)) return [];
        changed = changedTeam(next, outcome.members, this.deps.now());
        await repositories.teams.update(changed);
        return outcome.members.removed;
      });
      if (changed === current && outcome.passedOver.length === 0) return current;
      const disabled = attributes.includes("roles")
        ? await disableInvitationsInto(this.deps, repositories, principal, changed)
        : 0;
      await this.deps.changes.record(repositories, principal, {
        ...{ action: "change", ...teamTarget(changed), attributes, warning },
        ...recorded(outcome, disabled > 0 ? `disabled ${disabled} invitations into the team` : undefined),
      });
      return changed;
    });
  }

  /**
   * Changes the members of a team several times, with few statements for all of them.
   *
   * @returns the team after each turn
   * @throws what `change` throws for any of the turns, InvalidValueError for a member who would be passed over, and
   *   ForbiddenError when the last administrator would leave, for a machine too. Then no turn was written; the caller
   *   repeats them one by one
   */
  async changeInTurn(principal: Principal, id: string, turns: MemberTurns): Promise<Team[]> {
    requireAccess(principal, "change Teams");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const before = await this.#lock(repositories, id, undefined);
      const at = this.deps.now();
      let ofTurns: readonly MembersChange[] = [];
      const refusal = await this.#refusalOfRoles(repositories, principal, before.roles);
      const unchanged = { current: before, next: before };
      const warning = await changingPower(this.deps, repositories, principal, unchanged, async () => {
        ofTurns = await changeMembersInTurn(
          repositories.teams,
          before,
          takingOf(this.deps, principal),
          turns,
        );
        return ofTurns.flatMap(({ removed }) => removed);
      });
      if (warning !== undefined) throw new ForbiddenError(warning);
      if (refusal && ofTurns.some(hasMembers)) throw refusal;
      if (!refusal && turns.type === "remove") {
        const removed = ofTurns.flatMap((turn) => turn.removed);
        await strikeAbsent(this.deps, repositories, principal, { team: before }, turns.turns.flat(), removed);
      }
      let current = before;
      const after = ofTurns.map((members) => {
        if (hasMembers(members)) current = changedTeam(current, members, at);
        return current;
      });
      if (current !== before) await repositories.teams.update(current);
      const changes = ofTurns
        .filter(hasMembers)
        .map((members) => ({ action: "change", ...teamTarget(current), members }) as const);
      await this.deps.changes.record(repositories, principal, ...changes);
      return after;
    });
  }

  /** @throws NotFoundError, VersionMismatchError, ForbiddenError when a person would remove the last administrator */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Teams");
    const { realm } = principal;
    const isFound = await this.deps.work.write(realm, async (repositories) => {
      if (!isId(id)) return false;
      await repositories.teams.lock(id);
      const current = await repositories.teams.find(id);
      if (!current) {
        const organizationId = realm.type === "organization" ? realm.organizationId : undefined;
        const gone = { type: "team", teamId: id, organizationId } as const;
        await strike(this.deps, repositories, principal, { type: "Team", id }, gone);
        return false;
      }
      requireVersion(this.kind, current, expected);
      const members = await membersOfEnding(repositories.teams, current);
      const ending = { current, next: undefined };
      const warning = await changingPower(this.deps, repositories, principal, ending, async () => {
        await repositories.removals.keepTeam(takingOf(this.deps, principal), id);
        await repositories.teams.delete(id);
        return [];
      });
      const change = { action: "delete", ...teamTarget(current), members, warning } as const;
      await this.deps.changes.record(repositories, principal, change);
      return true;
    });
    if (!isFound) throw new NotFoundError(this.kind, id);
  }

  /** @param how `next`: the team with its new roles, if they change; `seat`: the caller's, if that is all their power */
  async #changeMembers(
    repositories: Repositories,
    principal: Principal,
    team: Team,
    steps: readonly MembershipChange[],
    { next = team, seat }: { readonly next?: Team; readonly seat?: Seat | undefined } = {},
  ): Promise<TeamOutcome> {
    const requireGrant = async () => {
      if (seat?.power === "admin") return;
      await requireStillAllowed(this.deps, repositories, principal, "grant team roles");
    };
    const refusal = await this.#refusalOfRoles(repositories, principal, [...team.roles, ...next.roles]);
    const outcome = await new TeamMembers(
      repositories.teams,
      team,
      takingOf(this.deps, principal),
      requireGrant,
    ).change(steps);
    if (refusal && hasMembers(outcome.members)) throw refusal;
    // Who may not remove those who are there strikes nobody who is not.
    if (!refusal && (!seat || seat.power === "admin")) {
      const named = steps.flatMap((step) => (step.type === "remove" ? step.accountIds : []));
      await strikeAbsent(this.deps, repositories, principal, { team }, named, outcome.members.removed);
    }
    return outcome;
  }

  /**
   * Why the caller may not change the members of a team that gives roles; undefined if they may. Asked before the change,
   * since the caller can be one of those who leave; what changes nobody is not refused.
   */
  async #refusalOfRoles(
    repositories: Repositories,
    principal: Principal,
    roles: RoleList,
  ): Promise<ForbiddenError | undefined> {
    try {
      await requireGrants(this.deps, repositories, principal, [], roles);
      return undefined;
    } catch (error) {
      if (error instanceof ForbiddenError) return error;
      throw error;
    }
  }

  async #find({ teams }: Pick<Repositories, "teams">, id: string): Promise<Team> {
    const team = isId(id) && (await teams.find(id));
    if (!team) throw new NotFoundError(this.kind, id);
    return team;
  }

  async #lock(repositories: Repositories, id: string, expected: ExpectedVersions): Promise<Team> {
    if (isId(id)) await repositories.teams.lock(id);
    const team = await this.#find(repositories, id);
    requireVersion(this.kind, team, expected);
    return team;
  }
}

/** The criteria for the teams that the caller may read: all, or those in which they have a role. @throws ForbiddenError */
function readable(principal: Principal, listing: Listing): Listing {
  if (principal.seats?.length) return withinSeats(principal, listing);
  requireAccess(principal, "read Teams");
  return listing;
}

const NOTHING: TeamOutcome = {
  members: { added: [], removed: [] },
  roles: { granted: [], revoked: [] },
  passedOver: [],
};

/** @throws InvalidValueError */
function storable(input: TeamInput): Required<TeamInput> {
  const { displayName, externalId, description, roles = [] } = input;
  requireKeyLength({ displayName, externalId });
  return { displayName, externalId, description, roles: teamRoles(roles) };
}

/** The names of the attributes that differ. */
function attributeChanges(current: Team, next: Team): string[] {
  const texts = (["displayName", "externalId", "description"] as const).filter(
    (name) => current[name] !== next[name],
  );
  const [before, after] = [current, next].map(({ roles }) => roleNames(roles).sort().join());
  return [...texts, ...(before === after ? [] : ["roles"])];
}

/** How many ids the audit log names. */
const NAMED = 20;

/** What the audit log has of a change of members. */
function recorded({ members, roles, passedOver }: TeamOutcome, more?: string) {
  const named = passedOver.slice(0, NAMED).join(", ");
  const rest = passedOver.length > NAMED ? ` and ${passedOver.length - NAMED} more` : "";
  const details = [
    ...(more === undefined ? [] : [more]),
    ...(passedOver.length > 0
      ? [`passed over as members, since they left the organization or are groups: ${named}${rest}`]
      : []),
  ];
  return {
    ...{ members, roles },
    ...(passedOver.length > 0 && { ignored: ["members"] }),
    ...(details.length > 0 && { detail: details.join("; ") }),
  };
}
