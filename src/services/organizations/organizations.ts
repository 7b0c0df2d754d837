import { tokenIdOf } from "../../domain/access/actor.js";
import { requireAccess } from "../../domain/access/policy.js";
import { ForbiddenError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { requireKeyLength } from "../../domain/limits/values.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Member, MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import type { Organization, OrganizationInput } from "../../domain/organizations/organization.js";
import type { Principal } from "../../domain/access/principal.js";
import type { OrganizationRepository } from "../../repositories/organizations/organizations.js";
import { keepingAdministrators } from "../roles/administrators.js";
import { record } from "../audit/audit.js";
import { settleLostPower } from "../roles/lost-power.js";
import { changeMembers, changeMembersInTurn, NOTHING_CHANGED } from "../memberships/membership-changes.js";
import type { MembersChanged } from "../memberships/membership-changes.js";
import type { MembershipNotices } from "../memberships/membership-notices.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";

/** A change of an organization. */
export interface OrganizationChange {
  /** Says what the organization shall be; may be called more than once, so it must have no effects. Absent: what it is. */
  readonly apply?: (current: Organization) => OrganizationInput;
  /** What happens to its members, in order. */
  readonly members: readonly MembershipChange[];
  readonly expected?: ExpectedVersions;
}

/** What a caller can do with organizations and their members. */
export class OrganizationService {
  constructor(
    private readonly deps: Dependencies,
    private readonly notices: MembershipNotices,
  ) {}

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
    const now = this.deps.now();
    const id = this.deps.newId();
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { organizations, memberships } = repositories;
      await organizations.insert({ ...input, id, memberCount: 0, version: 1, updatedAt: now });
      const addition = { source: "scim", addedBy: tokenIdOf(principal.actor), at: now } as const;
      const joined = await changeMembers(addition, memberships, id, [
        { type: "add", entries: accountIds.map((accountId) => ({ accountId })) },
      ]);
      await this.notices.write(repositories, principal, id, joined);
      if (joined.difference > 0) {
        await organizations.update({
          ...input,
          id,
          memberCount: joined.difference,
          version: 1,
          updatedAt: now,
        });
      }
      const { displayName, externalId, description } = input;
      const memberCount = joined.difference;
      await record(this.deps, repositories, principal, {
        action: "create",
        ...about({ id, displayName }),
        changes: [...attributeChanges(undefined, input), ...joined.changes],
        detail: joined.detail,
      });
      return {
        id,
        displayName,
        externalId,
        description,
        memberCount,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
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
   * Some members of an organization that the caller has got, in the order of their account ids.
   *
   * @param after the account id that the page begins behind
   */
  members(principal: Principal, id: string, after: string | undefined, limit: number): Promise<Member[]> {
    return this.deps.work.readMany(principal).memberships.members(id, after, limit);
  }

  /**
   * Changes an organization and its members; what changes nothing leaves the version as it is.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError for an unknown member,
   *   and what `change.apply` throws
   */
  async change(principal: Principal, id: string, change: OrganizationChange): Promise<Organization> {
    requireAccess(principal, "change Groups");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { organizations, memberships } = repositories;
      const current = await this.#lock(organizations, id, change.expected);
      const input = change.apply?.(current) ?? current;
      requireStorable(input);
      const { displayName, externalId, description } = input;
      if (displayName !== current.displayName) requireAccess(principal, "rename Groups");
      const addition = { source: "scim", addedBy: tokenIdOf(principal.actor), at: this.deps.now() } as const;
      let members: MembersChanged = NOTHING_CHANGED;
      const write = async () => {
        members = await changeMembers(addition, memberships, id, change.members);
      };
      const onlyAdds = change.members.every(({ type }) => type === "add");
      const administered = { organizationIds: [id], isProvider: false };
      const warning = onlyAdds
        ? undefined
        : await keepingAdministrators(principal, repositories, administered, write);
      if (onlyAdds) await write();
      const next = { ...current, displayName, externalId, description };
      const changes = [...attributeChanges(current, next), ...members.changes];
      if (changes.length === 0) return current;
      const changed = {
        ...next,
        memberCount: current.memberCount + members.difference,
        version: current.version + 1,
        updatedAt: this.deps.now(),
      };
      await organizations.update(changed);
      const loss = { accountIds: members.removed, organizationId: id };
      await settleLostPower(this.deps, repositories, principal, loss);
      await repositories.accountSetups.end(id, members.removed);
      await this.notices.write(repositories, principal, id, members);
      const entry = { action: "change", ...about(changed), changes, detail: members.detail } as const;
      await record(this.deps, repositories, principal, { ...entry, ...warning });
      return changed;
    });
  }

  /**
   * Changes the members of an organization several times, at the cost of once.
   *
   * @returns the organization after each turn
   * @throws what `change` throws for any of the turns, and ForbiddenError, whoever the caller is, when the last
   *   administrator would go: then none of them was done, and which one is at fault shows when they are done one
   *   by one
   */
  async changeInTurn(principal: Principal, id: string, changes: MemberTurns): Promise<Organization[]> {
    requireAccess(principal, "change Groups");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const { organizations, memberships } = repositories;
      let current = await this.#lock(organizations, id, undefined);
      const before = current.version;
      const at = this.deps.now();
      const addition = { source: "scim", addedBy: tokenIdOf(principal.actor), at } as const;
      let turns: readonly MembersChanged[] = [];
      const write = async () => {
        turns = await changeMembersInTurn(addition, memberships, id, changes);
      };
      if (changes.type === "add") await write();
      else {
        const administered = { organizationIds: [id], isProvider: false };
        const warning = await keepingAdministrators(principal, repositories, administered, write);
        if (warning) throw new ForbiddenError(warning.detail);
      }
      const removed = turns.flatMap((turn) => turn.removed);
      await settleLostPower(this.deps, repositories, principal, { accountIds: removed, organizationId: id });
      await repositories.accountSetups.end(id, removed);
      const after: Organization[] = [];
      for (const turn of turns) {
        const { difference, changes, detail } = turn;
        await this.notices.write(repositories, principal, id, turn);
        if (changes.length > 0) {
          const memberCount = current.memberCount + difference;
          current = { ...current, memberCount, version: current.version + 1, updatedAt: at };
          const entry = { action: "change", ...about(current), changes, detail } as const;
          await record(this.deps, repositories, principal, entry);
        }
        after.push(current);
      }
      if (current.version !== before) await organizations.update(current);
      return after;
    });
  }

  /**
   * Deletes an organization and its memberships; the accounts stay.
   *
   * @throws NotFoundError, VersionMismatchError
   */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Groups");
    await this.deps.work.write(principal.realm, async (repositories) => {
      const current = await this.#lock(repositories.organizations, id, expected);
      await repositories.organizations.delete(id);
      await record(this.deps, repositories, principal, { action: "delete", ...about(current) });
    });
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

/** A Group, as the audit log names it: it happens to the organization. */
const about = ({ id, displayName }: Pick<Organization, "id" | "displayName">) => ({
  target: { type: "Group", id, display: displayName },
  organizationId: id,
});

/** The attributes that differ. */
function attributeChanges(current: OrganizationInput | undefined, next: OrganizationInput): string[] {
  return (["displayName", "externalId", "description"] as const).filter(
    (name) => current?.[name] !== next[name],
  );
}
