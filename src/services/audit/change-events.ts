import { MOST_AFFECTED } from "../../domain/audit/audit-event.js";
import type { AffectedHow, AuditEvent } from "../../domain/audit/audit-event.js";
import { hasMembers, hasRoles } from "../../domain/changes/change.js";
import type { Change, MembersChange } from "../../domain/changes/change.js";
import type { ChangeListener } from "../changes/changes.js";
import type { Dependencies } from "../dependencies.js";
import { eventOf } from "./audit.js";

/** Writes an audit event for each change. */
export const auditChanges =
  (deps: Pick<Dependencies, "now" | "newId">): ChangeListener =>
  ({ auditEvents }, author, changes) =>
    auditEvents.insert(changes.map((change) => eventOf(deps, author, entryOf(change))));

function entryOf(change: Change) {
  const { action, target, organizationId, attributes = [], ignored = [], members, detail, warning } = change;
  const details = [detail, members && describe(members), warning].filter(Boolean);
  return {
    ...{ action, target, ignored },
    ...(organizationId !== undefined && { organizationId }),
    result: (warning === undefined ? "success" : "warning") satisfies AuditEvent["result"],
    changes: changesMembers(change) ? [...attributes, "members"] : attributes,
    people: peopleOf(change),
    ...(details.length > 0 && { detail: details.join("; ") }),
  } as const;
}

/** Whom a change happened to, beside its target, as far as they are found by its event. */
function peopleOf({ target, members, roles }: Change): ReadonlyMap<string, AffectedHow> {
  const people = new Map<string, AffectedHow>();
  const put = (ids: readonly string[], how: AffectedHow) => {
    for (const id of ids) {
      if (people.size === MOST_AFFECTED) return;
      if (id !== target.id && !people.has(id)) people.set(id, how);
    }
  };
  put(members?.added ?? [], "added");
  put(members?.removed ?? [], "removed");
  for (const changed of [roles?.granted ?? [], roles?.revoked ?? []])
    put(
      changed.map(({ accountId }) => accountId),
      "roles",
    );
  return people;
}

/** Whether the attribute `members` changed. A deletion names no attributes; a team has its roles in `members`. */
function changesMembers({ action, target, members, roles }: Change): boolean {
  if (action === "delete" || !["Group", "Team"].includes(target.type)) return false;
  if (target.type === "Team" && roles !== undefined && hasRoles(roles)) return true;
  return members !== undefined && hasMembers(members);
}

/** How many ids the detail of an audit event lists; more would be too long to read. */
const LISTED_IDS = 20;

function describe({ added, removed, moreRemoved = 0 }: MembersChange): string {
  return [list("added", added, 0), list("removed", removed, moreRemoved)]
    .filter((each) => each !== "")
    .join("; ");
}

function list(what: string, ids: readonly string[], more: number): string {
  if (ids.length === 0) return "";
  const rest = ids.length + more - LISTED_IDS;
  return `${what} ${ids.slice(0, LISTED_IDS).join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`;
}
