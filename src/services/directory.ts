import { requireAccess } from "../domain/access/policy.js";
import type { AccountWithOrganizations } from "../domain/users/account.js";
import type { DirectoryListing, Page } from "../domain/listing.js";
import { organizationAsGroup, teamAsGroup } from "../domain/groups/group.js";
import type { Group } from "../domain/groups/group.js";
import type { Repositories } from "../repositories/unit-of-work.js";
import type { Principal } from "../domain/access/principal.js";
import type { Dependencies } from "./dependencies.js";

/** A resource of any kind. */
export type DirectoryEntry =
  | { readonly kind: "accounts"; readonly item: AccountWithOrganizations }
  | { readonly kind: "groups"; readonly item: Group };

/** Queries across Users and Groups. */
export class DirectoryService {
  constructor(private readonly deps: Pick<Dependencies, "work">) {}

  /** Accounts and groups in one list. Resources that are deleted during the query are left out of the page. */
  async list(principal: Principal, listing: DirectoryListing): Promise<Page<DirectoryEntry>> {
    requireAccess(principal, "read Users");
    requireAccess(principal, "read Groups");
    const repositories = this.deps.work.readMany(principal);
    const page = await repositories.directory.list(listing);
    const idsOf = (kind: DirectoryEntry["kind"]) =>
      page.items.filter((item) => item.kind === kind).map(({ id }) => id);
    const [accounts, groups] = await Promise.all([
      repositories.accounts.findAll(idsOf("accounts")),
      findGroups(principal, repositories, idsOf("groups")),
    ]);
    const items = page.items.flatMap(({ kind, id }): DirectoryEntry[] => {
      if (kind === "accounts") {
        const item = accounts.get(id);
        return item ? [{ kind, item }] : [];
      }
      const item = groups.get(id);
      return item ? [{ kind, item }] : [];
    });
    return { ...page, items };
  }
}

/** Organizations; in the realm of one, its teams. */
async function findGroups(
  { realm }: Principal,
  { organizations, teams }: Repositories,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Group>> {
  const found =
    realm.type === "provider"
      ? [...(await organizations.findAll(ids)).values()].map(organizationAsGroup)
      : [...(await teams.findAll(ids)).values()].map(teamAsGroup);
  return new Map(found.map((group) => [group.id, group]));
}
