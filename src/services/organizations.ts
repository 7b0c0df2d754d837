import { requireAccess } from "../domain/access.js";
import { InvalidValueError, NotFoundError } from "../domain/errors.js";
import { isId } from "../domain/id.js";
import { requireKeyLength } from "../domain/limits.js";
import type { Listing, Page } from "../domain/listing.js";
import type { Member, MembershipChange } from "../domain/membership.js";
import type { Organization, OrganizationInput } from "../domain/organization.js";
import type { Principal } from "../domain/principal.js";
import type { MembershipRepository } from "../repositories/memberships.js";
import type { OrganizationRepository } from "../repositories/organizations.js";
import { keepingAdministrators } from "./administrators.js";
import { requireVersion } from "./collaborators.js";
import type { Collaborators, ExpectedVersions } from "./collaborators.js";

/** A change of an organization. */
export interface OrganizationChange {
  /** Says what the organization shall be; may be called more than once, so it must have no effects. */
  readonly apply: (current: Organization) => OrganizationInput;
  /** What happens to its members, in order. */
  readonly members: readonly MembershipChange[];
  readonly expected?: ExpectedVersions;
}

/** What a caller can do with organizations and their members. */
export class OrganizationService {
  constructor(private readonly given: Collaborators) {}

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
    const now = this.given.now();
    const id = this.given.newId();
    return this.given.work.write(principal.realm, async ({ organizations, memberships }) => {
      await organizations.insert({ ...input, id, memberCount: 0, version: 1, updatedAt: now });
      const joined = await this.#changeMembers(principal, memberships, id, [{ type: "add", accountIds }]);
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
    const { organizations } = this.given.work.read(principal.realm);
    const organization = isId(id) && (await organizations.find(id, { lock: false }));
    if (!organization) throw new NotFoundError("Group", id);
    return organization;
  }

  async list(principal: Principal, listing: Listing): Promise<Page<Organization>> {
    requireAccess(principal, "read Groups");
    return this.given.work.read(principal.realm).organizations.list(listing);
  }

  /**
   * Some members of an organization that the caller has got, in the order of their account ids.
   *
   * @param after the account id that the page begins behind
   */
  members(principal: Principal, id: string, after: string | undefined, limit: number): Promise<Member[]> {
    return this.given.work.read(principal.realm).memberships.members(id, after, limit);
  }

  /**
   * Changes an organization and its members; what changes nothing leaves the version as it is.
   *
   * @throws NotFoundError, VersionMismatchError, UniquenessError, InvalidValueError for an unknown member,
   *   and what `change.apply` throws
   */
  async change(principal: Principal, id: string, change: OrganizationChange): Promise<Organization> {
    requireAccess(principal, "change Groups");
    return this.given.work.write(principal.realm, async (repositories) => {
      const { organizations, memberships } = repositories;
      const current = await this.#lock(organizations, id, change.expected);
      const input = change.apply(current);
      requireStorable(input);
      const { displayName, externalId, description } = input;
      if (displayName !== current.displayName) requireAccess(principal, "rename Groups");
      const members = await keepingAdministrators(principal, repositories, [id], () =>
        this.#changeMembers(principal, memberships, id, change.members),
      );
      const next = { ...current, displayName, externalId, description };
      if (!members.changed && isSame(current, next)) return current;
      const changed = {
        ...next,
        memberCount: current.memberCount + members.difference,
        version: current.version + 1,
        updatedAt: this.given.now(),
      };
      await organizations.update(changed);
      return changed;
    });
  }

  /**
   * Deletes an organization and its memberships; the accounts stay.
   *
   * @throws NotFoundError, VersionMismatchError
   */
  async delete(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete Groups");
    await this.given.work.write(principal.realm, async ({ organizations }) => {
      await this.#lock(organizations, id, expected);
      await organizations.delete(id);
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

  async #changeMembers(
    principal: Principal,
    memberships: MembershipRepository,
    organizationId: string,
    changes: readonly MembershipChange[],
  ): Promise<{ changed: boolean; difference: number }> {
    let added = 0;
    let removed = 0;
    const add = async (accountIds: readonly string[]) => {
      const unique = [...new Set(accountIds)];
      if (unique.length === 0) return;
      requireIds(unique);
      const addition = { source: "scim", addedBy: principal.tokenId, at: this.given.now() } as const;
      const joined = await memberships.add(organizationId, unique, addition);
      if (joined < unique.length) await requireAccounts(memberships, unique);
      added += joined;
    };
    for (const change of changes) {
      switch (change.type) {
        case "add":
          await add(change.accountIds);
          break;
        case "remove":
          removed += await memberships.remove(organizationId, change.accountIds.filter(isId));
          break;
        case "removeMatching":
          removed += await memberships.removeMatching(organizationId, change.filter);
          break;
        case "removeAll":
          removed += await memberships.removeOthers(organizationId, []);
          break;
        case "replace":
          requireIds(change.accountIds);
          removed += await memberships.removeOthers(organizationId, change.accountIds);
          await add(change.accountIds);
      }
    }
    return { changed: added + removed > 0, difference: added - removed };
  }
}

function requireIds(accountIds: readonly string[]): void {
  const malformed = accountIds.find((id) => !isId(id));
  if (malformed !== undefined) throw unknownMember(malformed);
}

async function requireAccounts(
  memberships: MembershipRepository,
  accountIds: readonly string[],
): Promise<void> {
  const [unknown] = await memberships.unknownAccounts(accountIds);
  if (unknown !== undefined) throw unknownMember(unknown);
}

const unknownMember = (id: string) =>
  new InvalidValueError(
    `There is no User '${id}' that could become a member; members are named by the id of a User`,
  );

function requireStorable({ displayName, externalId }: OrganizationInput): void {
  requireKeyLength({ displayName, externalId });
}

function isSame(current: Organization, next: OrganizationInput): boolean {
  return (
    current.displayName === next.displayName &&
    current.externalId === next.externalId &&
    current.description === next.description
  );
}
