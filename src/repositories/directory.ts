import type { Session } from "../db/session.js";
import type { DirectoryListing, Page } from "../domain/listing.js";
import type { Realm } from "../domain/access/principal.js";
import { accountSource } from "./users/account-fields.js";
import { readPage } from "./listing/page.js";
import { organizationSource } from "./organizations/organization-fields.js";

/** Identifies a resource in a listing over several kinds. */
export interface DirectoryKey {
  readonly kind: "accounts" | "organizations";
  readonly id: string;
}

/** Listings over several kinds of resources. */
export class DirectoryRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /**
   * The ids of the resources on a page, in order; their attributes are read from their own repositories.
   *
   * @throws UnsupportedFieldError for criteria on an attribute that cannot be searched
   */
  list({ locations, accounts, organizations, ...range }: DirectoryListing): Promise<Page<DirectoryKey>> {
    const { dialect } = this.session;
    const sources = [
      ...(accounts
        ? [{ kind: "accounts", source: accountSource(dialect, this.realm, locations, accounts) }]
        : []),
      ...(organizations
        ? [
            {
              kind: "organizations",
              source: organizationSource(dialect, this.realm, locations, organizations),
            },
          ]
        : []),
    ];
    return readPage<DirectoryKey>(
      this.session,
      sources.map(({ kind, source }) => ({ ...source, columns: `'${kind}' as kind, ${source.columns}` })),
      range,
    );
  }
}
