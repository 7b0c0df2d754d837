import type { ListFilter } from "../lists/filter-chip.tsx";
import { listQuery } from "../lists/list-query.ts";
import type { ListState } from "../lists/list-state.ts";
import { organizationFilter } from "../lists/lookups.ts";
import { isProvider } from "../frame/realm.ts";
import { all, compare, search } from "../scim/filter.ts";
import type { Invitation, Realm } from "../scim/resources.ts";
import { STATUSES } from "./invitation-names.ts";

const SEARCHED = ["name", "emails.value", "givenName", "familyName"];

/** Without the people who accepted, of whom there may be many. */
const ATTRIBUTES = [
  ...["name", "organization", "emails.value", "emails.mailStatus", "givenName", "familyName", "roles"],
  ...["teams", "expiresAt", "enabled", "status", "meta"],
].join();

const STATUS: ListFilter = {
  name: "status",
  label: "Status",
  values: Object.entries(STATUSES).map(([value, label]) => ({ value, label })),
};

export const INVITATION_FILTER_NAMES = ["status", "organization"];

/** The filters that there are in a realm. */
export const invitationFilters = (realm: Realm): readonly ListFilter[] =>
  isProvider(realm) ? [STATUS, organizationFilter] : [STATUS];

/** The query for the invitations that a list shows; the newest first. */
export function invitationQuery(realmId: string, { search: text, filters, sorting }: ListState) {
  const { status, organization } = filters;
  return listQuery<Invitation>(realmId, "Invitations", {
    filter: all(
      search(text, SEARCHED),
      status === undefined ? undefined : compare("status", "eq", status),
      organization === undefined ? undefined : compare("organization.value", "eq", organization),
    ),
    sortBy: sorting?.by ?? "meta.created",
    sortOrder: (sorting?.isDescending ?? true) ? "descending" : "ascending",
    attributes: ATTRIBUTES,
  });
}
