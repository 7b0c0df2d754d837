import type { AuditEvent } from "./audit-event.ts";
import type { NamedEvent } from "./actors.ts";

/** What the server calls actions, for people: what was done, and what was to be done. */
const ACTIONS: Readonly<Record<string, readonly [done: string, name: string]>> = {
  create: ["Created", "Create"],
  replace: ["Replaced", "Replace"],
  change: ["Changed", "Change"],
  delete: ["Deleted", "Delete"],
  read: ["Read", "Read"],
  search: ["Searched", "Search"],
  export: ["Exported", "Export"],
  "dry-run": ["Dry run of", "Dry run"],
  authenticate: ["Checked", "Sign-in or token check"],
};

/** The actions that there are, each with its name. */
export const ACTION_NAMES = Object.entries(ACTIONS).map(([value, [, label]]) => ({ value, label }));

const TYPES: Readonly<Record<string, string>> = {
  User: "User",
  Group: "Group",
  Team: "Team",
  Invitation: "Invitation",
  AccessToken: "Access token",
  Session: "Session",
  AuditEvent: "Activity",
  Candidate: "Candidates",
};

/** The types of what something is done to, each with its name. */
export const TYPE_NAMES = Object.entries(TYPES).map(([value, label]) => ({ value, label }));

export const nameOfType = (type: string) => TYPES[type] ?? type;

/** What it happened to: a type. Groups are organizations, and where it was done in an organization's realm teams, too. */
export function typeOfTarget({ target, organization, realm }: AuditEvent): string {
  if (target.type !== "Group") return target.type;
  const isOrganization = realm === "provider" || target.value === organization?.value;
  return isOrganization ? "Organization" : "Team";
}

/** What kind of thing it happened to, for people. */
export const nameOfKind = (event: AuditEvent) => nameOfType(typeOfTarget(event));

/** What happened, as the beginning of a sentence that ends with what it happened to. */
export function nameOfDeed(event: AuditEvent & Pick<NamedEvent, "way">): string {
  const { action, result, target, way } = event;
  const [done, name] = ACTIONS[action] ?? [action, action];
  const kind = nameOfKind(event).toLowerCase();
  if (action === "authenticate") return result === "refused" ? "Sign-in refused" : "Password checked";
  if (way !== undefined && action !== "delete") return `${way === "added" ? "Joined" : "Left"} ${kind}`;
  if (target.type === "Session" && action === "create") return "Signed in";
  return result === "refused" ? `${name} ${kind} refused` : `${done} ${kind}`;
}

/** What the target was called; empty where it has no name. */
export const nameOfTarget = ({ target }: AuditEvent) => target.display ?? "";
