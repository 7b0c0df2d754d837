import { requireAccess } from "../../domain/access/policy.js";
import { NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { requireKeyLength } from "../../domain/limits/values.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Member, MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import { hasMembers } from "../../domain/changes/change.js";
import { changedMembers, organizationTarget } from "../../domain/organizations/organization.js";
import type { Organization, OrganizationInput } from "../../domain/organizations/organization.js";
import type { Principal } from "../../domain/access/principal.js";
import type { OrganizationRepository } from "../../repositories/organizations/organizations.js";
import { changeMembers, changeMembersInTurn, membersOfEnding } from "../memberships/joining.js";
import { strike } from "../removals/striking.js";
import { takingOf } from "../removals/taking.js";
import { requireShownFactor } from "../second-factors/shown-factor.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";

/** A change of an organization. */
export interface OrganizationChange {
  /** Returns the new attributes; may be called more than once, so it must have no side effects. Absent: no change. */
  readonly apply?: (current: Organization) => OrganizationInput;
  /** Changes of its members, applied in order. */
  readonly members: readonly MembershipChange[];
  readonly expected?: ExpectedVersions;
}

/** What callers can do with organizations and their members. Each method throws ForbiddenError when the caller may not. */
export class OrganizationService {
  constructor(private readonly deps: Dependencies) {}

  /**
   * @param accountIds the first members
   * @throws UniquenessError when the name is taken, InvalidValueError for an unknown member or a
   *   value that is too long
   */
  async create(
    principal: Principal,
    input: OrganizationInput,
    accountIds: readonly string[],
  ): Promise<Organization> {
    requireAccess(principal, "create Groups");
    requireStorable(input);
    const at = this.deps.now();
    const id = this.deps.newId();
    const { displayName, externalId, description, requiresSecondFactor = false } = input;
    const empty = {
      ...{ id, displayName, externalId, description, requiresSecondFactor },
      memberCount: 0,
      createdAt: at,
      updatedAt: at,
    };
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { organizations } = repositories;
      await organizations.insert({ ...empty, version: 1 });
      const entries = accountIds.map((accountId) => ({ accountId }));
      const steps = [{ type: "add", entries }] as const;
      const { members } = await changeMembers(this.deps, repositories, principal, id, steps);
      // Adding the first members raises the version to 1.
      const organization = changedMembers({ ...empty, version: 0 }, members, at);
      if (members.added.length > 0) await organizations.updateMembers(organization);
      const attributes = attributeChanges(undefined, input);
      const change = { action: "create", ...organizationTarget(organization), attributes, members } as const;
      await this.deps.changes.record(repositories, principal, change);
      return organization;
    });
  }

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<Organization> {
    requireAccess(principal, "read Groups");
    const { organizations } = this.deps.work.read(principal.realm);
    const organization = isId(id) && (await organizations.find(id, { lock: false }));
    if (!organization) throw new NotFoundError("Group", id);
    return organization;
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Organization>> {
    requireAccess(principal, "read Groups");
    return this.deps.work.readMany(principal).organizations.list(listing);
  }

  /**
   * A page of the members of an organization that the caller has read, in the order of their account ids.
   *
   * @param after the last account id of the page before
   */
  members(principal: Principal, id: string, after: string | undefined, limit: number): Promise<Member[]> {
    return this.deps.work.readMany(principal).memberships.members(id, after, limit);
  }

  /**
   * Changes an organization and its members; without a difference, its version stays.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError for an unknown member,
   *   and what `change.apply` throws
   */
  async change(principal: Principal, id: string, change: OrganizationChange): Promise<Organization> {
    requireAccess(principal, "change Groups");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { organizations } = repositories;
      const current = await this.#lock(organizations, id, change.expected);
      const input = change.apply?.(current) ?? current;
      requireStorable(input);
      const { displayName, externalId, description, requiresSecondFactor = false } = input;
      if (current.requiresSecondFactor && !requiresSecondFactor) {
        await requireShownFactor(repositories, principal, "turn this requirement off");
      }
      if (displayName !== current.displayName) requireAccess(principal, "rename organizations");
      const { members, warning } = await changeMembers(
        this.deps,
        repositories,
        principal,
        id,
        change.members,
      );
      const next = { ...current, displayName, externalId, description, requiresSecondFactor };
      const attributes = attributeChanges(current, next);
      if (attributes.length === 0 && !hasMembers(members)) return current;
      const changed = changedMembers(next, members, this.deps.now());
      await (attributes.length > 0 ? organizations.update(changed) : organizations.updateMembers(changed));
      const recorded = {
        action: "change",
        ...organizationTarget(changed),
        attributes,
        members,
        warning,
      } as const;
      await this.deps.changes.record(repositories, principal, recorded);
      return changed;
    });
  }

  /**
   * Changes the members of an organization several times, with few statements for all of them.
   *
   * @returns the organization after each turn
   * @throws what `change` throws for any of the turns, and ForbiddenError when the last administrator would leave, for a
   *   machine too. Then no turn was written; the caller repeats them one by one to find the failing one
   */
  async changeInTurn(principal: Principal, id: string, turns: MemberTurns): Promise<Organization[]> {
    requireAccess(principal, "change Groups");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { organizations } = repositories;
      const before = await this.#lock(organizations, id, undefined);
      const at = this.deps.now();
      const turnsOfMembers = await changeMembersInTurn(this.deps, repositories, principal, id, turns);
      let current = before;
      const after = turnsOfMembers.map((members) => {
        if (hasMembers(members)) current = changedMembers(current, members, at);
        return current;
      });
      if (current.version !== before.version) await organizations.updateMembers(current);
      const changes = turnsOfMembers
        .filter(hasMembers)
        .map((members) => ({ action: "change", ...organizationTarget(current), members }) as const);
      await this.deps.changes.record(repositories, principal, ...changes);
      return after;
    });
  }

  /**
   * Deletes an organization and its memberships; the accounts stay.
   *
   * @throws NotFoundError, VersionMismatchError
   */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete organizations");
    const isFound = await this.deps.work.write(principal.realm, async (repositories) => {
      if (!isId(id)) return false;
      if (!(await repositories.organizations.find(id, { lock: true }))) {
        const gone = { type: "organization", organizationId: id } as const;
        await strike(this.deps, repositories, principal, { type: "Group", id }, gone);
        return false;
      }
      const current = await this.#lock(repositories.organizations, id, expected);
      const members = await membersOfEnding(repositories, current);
      const change = { action: "delete", ...organizationTarget(current), members } as const;
      await this.deps.changes.record(repositories, principal, change);
      await repositories.removals.keepOrganization(takingOf(this.deps, principal), id);
      await repositories.organizations.delete(id);
      return true;
    });
    if (!isFound) throw new NotFoundError("Group", id);
  }

  async #lock(
    organizations: OrganizationRepository,
    id: string,
    expected: ExpectedVersions,
  ): Promise<Organization> {
    const current = isId(id) && (await organizations.find(id, { lock: true }));
    if (!current) throw new NotFoundError("Group", id);
    requireVersion("Group", current, expected);
    return current;
  }
}

function requireStorable({ displayName, externalId }: OrganizationInput): void {
  requireKeyLength({ displayName, externalId });
}

/** The names of the attributes that differ. */
function attributeChanges(current: OrganizationInput | undefined, next: OrganizationInput): string[] {
  const isRequired = next.requiresSecondFactor === true;
  return [
    ...(["displayName", "externalId", "description"] as const).filter(
      (name) => current?.[name] !== next[name],
    ),
    ...((current?.requiresSecondFactor ?? false) === isRequired ? [] : ["requiresSecondFactor"]),
  ];
}
