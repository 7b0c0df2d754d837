import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { requireAccess } from "../domain/access.js";
import { requireSpecific } from "../domain/candidate.js";
import type { Candidate, CandidateSearch } from "../domain/candidate.js";
import { ForbiddenError, TooManyRequestsError } from "../domain/errors.js";
import type { Listing, Page } from "../domain/listing.js";
import type { Principal } from "../domain/principal.js";
import { kept, record } from "./audit.js";
import type { Collaborators } from "./collaborators.js";

/** How an organization can look for people whom it does not have yet. */
export interface CandidateLimits {
  readonly search: CandidateSearch;
  /** How often each access token can look in a minute, in this process. */
  readonly perMinute: number;
}

/** Finds accounts that an organization could take in. */
export class CandidateService {
  readonly #limiter: RateLimiterMemory;

  constructor(
    private readonly given: Collaborators,
    private readonly limits: CandidateLimits,
  ) {
    this.#limiter = new RateLimiterMemory({ points: limits.perMinute, duration: 60 });
  }

  /**
   * @param filter as the caller wrote it, for the audit log
   * @throws ForbiddenError when the caller may not look, or says too little of whom; TooManyRequestsError
   */
  async list(principal: Principal, listing: Listing, filter: string | undefined): Promise<Page<Candidate>> {
    requireAccess(principal, "read Candidates");
    const { realm } = principal;
    if (realm.type === "provider") {
      throw new ForbiddenError("Candidates are for organizations; the provider has all accounts at /Users");
    }
    await this.#count(principal);
    requireSpecific(listing.filter, this.limits.search);
    const page = await this.given.work.read(realm).candidates.list(realm.organizationId, listing);
    await this.given.work.write(realm, (repositories) =>
      record(this.given, repositories, principal, {
        action: "search",
        target: { type: "Candidate" },
        detail: `${page.total} found by ${kept(filter ?? "")}`,
      }),
    );
    return page;
  }

  async #count({ tokenId }: Principal): Promise<void> {
    try {
      await this.#limiter.consume(tokenId);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      throw new TooManyRequestsError(Math.ceil(error.msBeforeNext / 1000));
    }
  }
}
