import type { Realm } from "../../domain/access/principal.js";
import type { Collection } from "../listing/fields.js";

/** The second factors that a realm knows of: those of people's own passwords, or those of an organization's passwords. */
export const secondFactors = (realm: Realm): Collection => ({
  owner: "element.account_id",
  columns: {},
  order: "element.account_id",
  ...(realm.type === "provider"
    ? {
        from: `(select factors.account_id from muster_second_factors as factors
          where factors.organization_id is null) element`,
      }
    : {
        from: "muster_second_factors as element",
        within: {
          ...{ column: "element.organization_id", of: "accounts.organization_id" },
          id: realm.organizationId,
        },
      }),
});
