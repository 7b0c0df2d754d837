import type { Session } from "../db/session.js";
import type { Criteria, DirectoryListing, Locations, Page } from "../domain/listing.js";
import type { Realm } from "../domain/access/principal.js";
import { accountSource } from "./users/account-fields.js";
import { readPage } from "./listing/page.js";
import type { Source } from "./listing/source.js";
import { organizationSource } from "./organizations/organization-fields.js";
import { teamFieldsAsGroups, teamSource } from "./teams/team-fields.js";

/** Identifies a resource in a listing over several kinds. */
export interface DirectoryKey {
  readonly kind: "accounts" | "groups";
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
  list({ locations, accounts, groups, ...range }: DirectoryListing): Promise<Page<DirectoryKey>> {
    const { dialect } = this.session;
    const sources = [
      ...(accounts
        ? [{ kind: "accounts", source: accountSource(dialect, this.realm, locations, accounts) }]
        : []),
      ...(groups ? [{ kind: "groups", source: this.#groups(locations, groups) }] : []),
    ];
    return readPage<DirectoryKey>(
      this.session,
      sources.map(({ kind, source }) => ({ ...source, columns: `'${kind}' as kind, ${source.columns}` })),
      range,
    );
  }
  /** Organizations; in the realm of one, its teams. */
  #groups(locations: Locations, criteria: Criteria): Source {
    const { dialect } = this.session;
    return this.realm.type === "provider"
      ? organizationSource(dialect, this.realm, locations, criteria)
      : teamSource(dialect, this.realm, locations, criteria, teamFieldsAsGroups);
  }
}
