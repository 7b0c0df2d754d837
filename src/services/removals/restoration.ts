import type { Principal } from "../../domain/access/principal.js";
import { hasMembers } from "../../domain/changes/change.js";
import type { Change } from "../../domain/changes/change.js";
import { organizationTarget } from "../../domain/organizations/organization.js";
import type { Organization } from "../../domain/organizations/organization.js";
import type { ItemKind } from "../../domain/removals/removal.js";
import { teamTarget } from "../../domain/teams/team.js";
import type { ItemGroup, Reason, RestoredSeat } from "../../repositories/removals/restoring.js";
import type { ItemKey } from "../../repositories/removals/undoing.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { rejoin } from "../memberships/joining.js";
import { disableInvitationsInto } from "../teams/team-power.js";
import { targetOf } from "../users/account-rules.js";

const NO_ORGANIZATION = "the organization no longer exists";
const MEANWHILE = "was changed at the same time, or its name is taken";

/** Brings items of one removal back, in one transaction, and records that as what it is: people who join, and so on. */
export class Restoration {
  readonly #changes: Change[] = [];

  constructor(
    private readonly deps: Dependencies,
    private readonly repositories: Repositories,
    private readonly principal: Principal,
    private readonly removalId: string,
  ) {}

  /** @param items of one kind, in their order */
  async restore(kind: ItemKind, items: readonly ItemKey[]): Promise<void> {
    for (const group of groupsOf(this.removalId, kind, items)) await this.#group(group);
    await this.deps.changes.record(this.repositories, this.principal, ...this.#changes.splice(0));
  }

  async #group(read: ItemGroup): Promise<void> {
    const { organizations, restoring } = this.repositories;
    const { organizationId } = read;
    const organization =
      organizationId === "" ? undefined : await organizations.find(organizationId, { lock: true });
    const group = await restoring.claim(read);
    if (group.accountIds.length === 0) return;
    switch (group.kind) {
      case "organization":
        return this.#organization(group);
      case "account":
        return this.#accounts(group);
      case "team":
        return this.#team(group);
      case "invitation":
        return this.#invitation(group);
      case "record":
        await restoring.records(group);
        return this.#settle(group, group.accountIds);
      case "membership":
        return this.#memberships(group, organization);
      case "seat":
        return this.#seats(group);
      case "deactivation":
        return this.#activity(group);
    }
  }

  async #organization(group: ItemGroup): Promise<void> {
    const { restoring, organizations } = this.repositories;
    if (!(await restoring.organization(group, this.deps.now()))) {
      return this.#fail(group, group.accountIds, "another Group has the displayName");
    }
    await this.#settle(group, group.accountIds);
    const organization = await organizations.find(group.organizationId, { lock: true });
    if (organization) this.#record({ action: "create", ...organizationTarget(organization) });
  }

  async #accounts(group: ItemGroup): Promise<void> {
    const { restoring, accounts } = this.repositories;
    const restored = await restoring.accounts(group, this.deps.now());
    await this.#settle(group, restored);
    await this.#fail(group, without(group.accountIds, restored), "another User has the userName");
    for (const account of (await accounts.findAll(restored)).values()) {
      this.#record({ action: "create", target: targetOf(account) });
    }
  }

  async #team(group: ItemGroup): Promise<void> {
    const { restoring, teams } = this.repositories;
    const outcome = await restoring.team(group, this.deps.now());
    if (!outcome) return this.#fail(group, group.accountIds, NO_ORGANIZATION);
    const { takenBy, hadRoles } = outcome;
    if (takenBy !== undefined) await teams.lock(takenBy);
    const team = await teams.find(takenBy ?? group.resourceId);
    if (takenBy === undefined || !team) {
      await this.#settle(group, group.accountIds);
      if (team) this.#record({ action: "create", ...teamTarget(team) });
      return;
    }
    await restoring.redirect(group, takenBy);
    const lacksRoles = hadRoles && team.roles.length === 0;
    // The actor who put members into a team without roles may not have been allowed to give them roles.
    const givesRoles = lacksRoles && team.memberCount === 0;
    if (givesRoles) {
      await restoring.giveRoles(group, takenBy, this.deps.now());
      await disableInvitationsInto(this.deps, this.repositories, this.principal, team);
      this.#record({ action: "change", ...teamTarget(team), attributes: ["roles"] });
    }
    const given = givesRoles ? "members and roles" : "members";
    const notGiven =
      lacksRoles && !givesRoles ? "; its roles were not given: the team has members of its own" : "";
    const detail = `the team '${takenBy}' has its displayName now, and got its ${given}${notGiven}`;
    await this.#settle(group, group.accountIds, detail);
  }

  async #invitation(group: ItemGroup): Promise<void> {
    const isBack = await this.repositories.restoring.invitation(group, this.deps.now());
    await (isBack
      ? this.#settle(group, group.accountIds)
      : this.#fail(group, group.accountIds, NO_ORGANIZATION));
  }

  async #memberships(group: ItemGroup, organization: Organization | undefined): Promise<void> {
    const { restoring } = this.repositories;
    if (!organization) return this.#fail(group, group.accountIds, NO_ORGANIZATION);
    const possible = await this.#possible(group, await restoring.obstaclesOfMemberships(group));
    if (possible.accountIds.length === 0) return;
    const members = await rejoin(this.deps, this.repositories, organization, possible);
    const restored = { ...group, accountIds: members.added };
    const seats = await restoring.seatsOfMemberships(restored, this.deps.now());
    await restoring.separateSeats(restored);
    await this.#settle(group, members.added);
    await this.#fail(group, without(possible.accountIds, members.added), MEANWHILE);
    if (hasMembers(members)) this.#record({ action: "change", ...organizationTarget(organization), members });
    await this.#recordSeats(seats);
  }

  async #seats(group: ItemGroup): Promise<void> {
    const { restoring } = this.repositories;
    const possible = await this.#possible(group, await restoring.obstaclesOfSeats(group));
    if (possible.accountIds.length === 0) return;
    const seats = await restoring.seats(possible, this.deps.now());
    const restored = seats.map(({ accountId }) => accountId);
    await this.#settle(group, restored);
    await this.#fail(group, without(possible.accountIds, restored), MEANWHILE);
    await this.#recordSeats(seats);
  }

  async #activity(group: ItemGroup): Promise<void> {
    const { restoring, accounts } = this.repositories;
    const possible = await this.#possible(group, await restoring.obstaclesOfActivity(group));
    const restored = await restoring.activity(possible, this.deps.now());
    await this.#settle(group, restored);
    await this.#fail(group, without(possible.accountIds, restored), MEANWHILE);
    for (const account of (await accounts.findAll(restored)).values()) {
      this.#record({ action: "change", target: targetOf(account), attributes: ["active"] });
    }
  }

  /** Notes why some cannot come back. @returns the others */
  async #possible(group: ItemGroup, reasons: readonly Reason[]): Promise<ItemGroup> {
    const byReason = groupedBy(reasons, ({ reason }) => reason);
    for (const [reason, those] of byReason) {
      if (reason !== null) await this.#fail(group, idsOf(those), reason);
    }
    return { ...group, accountIds: idsOf(byReason.get(null) ?? []) };
  }

  async #recordSeats(seats: readonly RestoredSeat[]): Promise<void> {
    const byTeam = groupedBy(seats, ({ teamId }) => teamId);
    for (const team of (await this.repositories.teams.findAll([...byTeam.keys()])).values()) {
      const members = { added: idsOf(byTeam.get(team.id) ?? []), removed: [] };
      this.#record({ action: "change", ...teamTarget(team), members });
    }
  }

  #record(change: Change): void {
    this.#changes.push({ ...change, detail: `by the undo of the Removal '${this.removalId}'` });
  }

  #settle(group: ItemGroup, accountIds: readonly string[], detail?: string): Promise<void> {
    return this.repositories.undoing.settle(group, accountIds, "restored", detail);
  }

  #fail(group: ItemGroup, accountIds: readonly string[], detail: string): Promise<void> {
    return this.repositories.undoing.settle(group, accountIds, "failed", detail);
  }
}

function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const idsOf = (items: readonly { readonly accountId: string }[]) => items.map(({ accountId }) => accountId);

const without = (ids: readonly string[], others: readonly string[]) => {
  const known = new Set(others);
  return ids.filter((id) => !known.has(id));
};

/** Items in their order, those of one organization and one team together. */
function groupsOf(removalId: string, kind: ItemKind, items: readonly ItemKey[]): ItemGroup[] {
  const groups = groupedBy(items, ({ organizationId, resourceId }) => `${organizationId} ${resourceId}`);
  return [...groups.values()].flatMap((those) => {
    const [first] = those;
    if (!first) return [];
    const { organizationId, resourceId } = first;
    return [{ removalId, kind, organizationId, resourceId, accountIds: idsOf(those) }];
  });
}
