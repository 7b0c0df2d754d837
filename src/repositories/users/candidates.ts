import type { Dialect } from "../../db/dialect.js";
import type { Session } from "../../db/session.js";
import type { Candidate } from "../../domain/users/candidate.js";
import type { Listing, Locations, Page } from "../../domain/listing.js";
import { ListingCompiler } from "../listing/compile.js";
import { constant, folded, text } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import { readPage } from "../listing/page.js";
import { prefixed, sql } from "../listing/sql.js";

interface CandidateRow {
  id: string;
  user_name: string;
  display_name: string | null;
}

/** The attributes by which candidates can be searched. */
const fields = (dialect: Dialect, locations: Locations): ResourceFields => ({
  table: "accounts",
  columns: {
    id: "accounts.id",
    userName: text("accounts.user_name"),
    displayName: text("accounts.display_name"),
    meta: "accounts.id",
    "meta.resourceType": constant(dialect, "Candidate"),
    "meta.location": prefixed(locations("Candidate", ""), "accounts.id"),
  },
  collections: {
    emails: {
      from: "muster_proved_addresses as element",
      owner: "element.account_id",
      columns: { value: folded("element.value_key") },
      order: "element.value_key",
    },
  },
  documents: {},
});

/** Accounts that an organization could add as members. */
export class CandidateRepository {
  constructor(private readonly session: Session) {}

  /**
   * Active accounts that are not members of an organization: with the names that the provider or the person wrote, and the
   * addresses that the person proved.
   *
   * @throws UnsupportedFieldError for criteria on an attribute that cannot be searched
   */
  async list(organizationId: string, listing: Listing): Promise<Page<Candidate>> {
    const { dialect } = this.session;
    const nonMembers = `(select accounts.id, accounts.user_name, accounts.user_name_key,
        accounts.shared_display_name as display_name, accounts.shared_display_name_key as display_name_key
      from muster_accounts as accounts where accounts.active and not exists
        (select 1 from muster_memberships as memberships
          where memberships.organization_id = ? and memberships.account_id = accounts.id)
      ) accounts`;
    const source = {
      from: sql(nonMembers, organizationId),
      table: "accounts",
      columns: "accounts.id, accounts.user_name, accounts.display_name",
      compiler: new ListingCompiler(dialect, fields(dialect, listing.locations)),
      criteria: listing,
    };
    const page = await readPage<CandidateRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toCandidate) };
  }
}

const toCandidate = (row: CandidateRow): Candidate => ({
  id: row.id,
  userName: row.user_name,
  displayName: row.display_name ?? undefined,
});
