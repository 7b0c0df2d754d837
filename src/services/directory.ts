import { requireAccess } from "../domain/access/policy.js";
import type { AccountWithOrganizations } from "../domain/users/account.js";
import type { DirectoryListing, Page } from "../domain/listing.js";
import type { Organization } from "../domain/organizations/organization.js";
import type { Principal } from "../domain/access/principal.js";
import type { Dependencies } from "./dependencies.js";

/** A resource of any kind. */
export type DirectoryEntry =
  | { readonly kind: "accounts"; readonly item: AccountWithOrganizations }
  | { readonly kind: "organizations"; readonly item: Organization };

/** Queries across Users and Groups. */
export class DirectoryService {
  constructor(private readonly deps: Pick<Dependencies, "work">) {}

  /** Accounts and organizations in one list. Resources that are deleted during the query are left out of the page. */
  async list(principal: Principal, listing: DirectoryListing): Promise<Page<DirectoryEntry>> {
    requireAccess(principal, "read Users");
    requireAccess(principal, "read Groups");
    const { directory, accounts, organizations } = this.deps.work.readMany(principal);
    const page = await directory.list(listing);
    const idsOf = (kind: DirectoryEntry["kind"]) =>
      page.items.filter((item) => item.kind === kind).map(({ id }) => id);
    const [foundAccounts, foundOrganizations] = await Promise.all([
      accounts.findAll(idsOf("accounts")),
      organizations.findAll(idsOf("organizations")),
    ]);
    const items = page.items.flatMap(({ kind, id }): DirectoryEntry[] => {
      if (kind === "accounts") {
        const item = foundAccounts.get(id);
        return item ? [{ kind, item }] : [];
      }
      const item = foundOrganizations.get(id);
      return item ? [{ kind, item }] : [];
    });
    return { ...page, items };
  }
}
