import { requireAccess } from "../../domain/access/policy.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import type { Counts } from "../../domain/counts/counts.js";
import type { Criteria, Locations } from "../../domain/listing.js";
import type { Dependencies } from "../dependencies.js";

/** The counts of a realm. */
export interface CountsOfRealm extends Counts {
  readonly id: string;
  readonly realm: Realm;
}

/** How many there are of what in the caller's realm. */
export class CountService {
  constructor(private readonly deps: Pick<Dependencies, "work" | "now">) {}

  /**
   * @param criteria with a filter, the Users that match it are counted, and nothing else
   * @throws ForbiddenError, TooMuchWorkError
   */
  async get(principal: Principal, criteria: Criteria, locations: Locations): Promise<CountsOfRealm> {
    requireAccess(principal, "read Counts");
    const { realm } = principal;
    const { counts } = this.deps.work.readMany(principal);
    const found = criteria.filter
      ? await counts.matching(criteria, locations)
      : await counts.all(this.deps.now());
    return { id: realm.type === "organization" ? realm.organizationId : realm.type, realm, ...found };
  }
}
