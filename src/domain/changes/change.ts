import type { Author } from "../access/principal.js";
import type { AuditTarget } from "../audit/audit-event.js";

/**
 * One thing that happened to one resource, as data. It is recorded in the transaction that makes it; the audit log and
 * mail derive from it.
 */
export interface Change {
  readonly action: "create" | "change" | "delete";
  readonly target: AuditTarget;
  /** The organization that it happened to; absent: that of the author's realm, if it is one. */
  readonly organizationId?: string | undefined;
  /** The names of the attributes that changed. */
  readonly attributes?: readonly string[];
  /** The names of the attributes that the author may not change, and which were left as they are. */
  readonly ignored?: readonly string[];
  /** Who joined and left the organization, or the team if the target is one. */
  readonly members?: MembersChange;
  readonly roles?: RolesChange;
  /** More that a reader of the audit log wants to know. */
  readonly detail?: string;
  /** What an administrator should look at. */
  readonly warning?: string | undefined;
}

/** People who joined and left, by their account ids. */
export interface MembersChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** How many more left than are named: an organization that ends can have had any number. */
  readonly moreRemoved?: number;
}

export const NO_MEMBERS: MembersChange = { added: [], removed: [] };

/** Roles that people got and lost. */
export interface RolesChange {
  readonly granted: readonly RoleOfAccount[];
  readonly revoked: readonly RoleOfAccount[];
}

/** A role of a person: in the provider, or in the organization or the team that is named. */
export interface RoleOfAccount {
  readonly accountId: string;
  readonly role: string;
  readonly organizationId?: string;
  readonly teamId?: string;
}

/**
 * The roles that a person got and lost.
 *
 * @param place the organization or the team that the roles are in; nothing: the provider
 */
export function rolesChange(
  accountId: string,
  before: readonly string[],
  after: readonly string[],
  place: Pick<RoleOfAccount, "organizationId" | "teamId"> = {},
): RolesChange {
  const without = (roles: readonly string[], others: readonly string[]) =>
    roles.filter((role) => !others.includes(role)).map((role) => ({ accountId, role, ...place }));
  return { granted: without(after, before), revoked: without(before, after) };
}

/** Whether anybody joined or left. */
export const hasMembers = ({ added, removed, moreRemoved = 0 }: MembersChange) =>
  added.length + removed.length + moreRemoved > 0;

/** Whether anybody got or lost a role. */
export const hasRoles = ({ granted, revoked }: RolesChange) => granted.length + revoked.length > 0;

/** The organization that a change happened to; undefined: it is the provider's alone. */
export const organizationOf = ({ realm }: Author, { organizationId }: Change): string | undefined =>
  organizationId ?? (realm.type === "organization" ? realm.organizationId : undefined);
