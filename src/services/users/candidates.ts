import { requireAccess } from "../../domain/access/policy.js";
import { requireSpecific } from "../../domain/users/candidate.js";
import type { Candidate, CandidateSearch } from "../../domain/users/candidate.js";
import { ForbiddenError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Principal } from "../../domain/access/principal.js";
import { recordEvent, storable } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { countWithin } from "../limits/rate-limits.js";

/** Limits on how an organization can search for people who are not its members yet. */
export interface CandidateLimits {
  readonly search: CandidateSearch;
  /** How many searches each organization can make in a minute, with all its tokens together. */
  readonly perMinute: number;
}

/** Finds accounts that an organization could add as members. */
export class CandidateService {
  constructor(
    private readonly deps: Dependencies,
    private readonly limits: CandidateLimits,
  ) {}

  /**
   * @param filter as the caller wrote it, for the audit log
   * @throws ForbiddenError when the caller may not search, or the filter is not specific enough; TooManyRequestsError
   */
  async list(principal: Principal, listing: Listing, filter: string | undefined): Promise<Page<Candidate>> {
    requireAccess(principal, "read Candidates");
    const { realm } = principal;
    if (realm.type === "provider") {
      throw new ForbiddenError(
        "Only an access token of an organization can search for candidates; with a token of the provider, use /Users",
      );
    }
    const { organizationId } = realm;
    // Counted before the check, so that refused searches count, too.
    await this.deps.work.write(realm, (repositories) =>
      countWithin(this.deps, repositories, `candidates of ${organizationId}`, {
        points: this.limits.perMinute,
        seconds: 60,
      }),
    );
    requireSpecific(listing, this.limits.search);
    const page = await this.deps.work.readMany(principal).candidates.list(organizationId, listing);
    await this.deps.work.write(realm, (repositories) =>
      recordEvent(this.deps, repositories, principal, {
        action: "search",
        target: { type: "Candidate" },
        detail: `${page.total ?? "many"} found by ${storable(filter ?? "")}`,
      }),
    );
    return page;
  }
}
