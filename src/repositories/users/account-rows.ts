import type { Binding } from "../../db/session.js";
import { hasRole, PROVIDER_ADMIN, roleNames } from "../../domain/access/roles.js";
import type { OrganizationReference } from "../../domain/organizations/organization.js";
import type { AccountInput, AccountWithOrganizations } from "../../domain/users/account.js";
import { NOTHING_SHARED } from "../../domain/users/shared-profile.js";
import type { SharedProfile } from "../../domain/users/shared-profile.js";
import { JsonDocument } from "../../domain/values/json.js";
import { foldCase } from "../../domain/values/text.js";
import type { Realm } from "../../domain/access/principal.js";
import { roleBindings, toRoles } from "../memberships/roles.js";

export interface AccountRow {
  id: string;
  user_name: string;
  external_id: string | null;
  display_name: string | null;
  active: boolean | number;
  is_active_assigned: boolean | number;
  roles: string;
  profile: string;
  version: number;
  created_at: string;
  updated_at: string;
  is_invited: boolean | number;
  organizations: string | null;
}

/** The columns of a row that come from the table, not from other tables. */
export const COLUMNS = [
  "user_name",
  "external_id",
  "display_name",
  "active",
  "is_active_assigned",
  "roles",
  "profile",
  "version",
  "created_at",
  "updated_at",
];

/** An account to be written: the caller's input, and what the service adds. */
export interface AccountWrite extends AccountInput {
  readonly id: string;
  /** Undefined for no change. */
  readonly passwordHash: string | undefined;
  readonly version: number;
  readonly updatedAt: string;
  /** What the provider and the person wrote of the profile; undefined: all of it. */
  readonly shared?: SharedProfile | undefined;
}

export const withKey = (value: string | undefined) =>
  value === undefined ? [null, null] : [value, foldCase(value)];

export function attributeBindings(account: AccountWrite) {
  return [
    account.userName,
    foldCase(account.userName),
    account.externalId ?? null,
    ...withKey(account.displayName),
    account.active ?? false,
    account.active !== undefined,
    ...roleBindings(account.roles),
    hasRole(account.roles, PROVIDER_ADMIN),
    account.passwordHash ?? null,
    account.profile.text,
    account.search.text,
  ];
}

/** The columns that `sharedBindings` are for. */
export const SHARED = ["shared_profile", "shared_search", "shared_display_name", "shared_display_name_key"];

/** What is shared of a profile. @param shared what the provider and the person wrote; undefined: all */
export const sharedBindings = (
  account: Pick<AccountWrite, "displayName">,
  shared: SharedProfile | undefined,
): Binding[] => [
  shared?.profile.text ?? null,
  shared?.search.text ?? null,
  ...withKey((shared ?? account).displayName),
];

/** What is shared of a profile that an organization wrote. */
export const NOTHING = { profile: NOTHING_SHARED, search: NOTHING_SHARED };

export function toAccount(row: AccountRow, realm: Realm): AccountWithOrganizations {
  const organizations = row.organizations ? (JSON.parse(row.organizations) as OrganizationReference[]) : [];
  return {
    id: row.id,
    userName: row.user_name,
    externalId: row.external_id ?? undefined,
    displayName: row.display_name ?? undefined,
    active: row.is_active_assigned ? Boolean(row.active) : undefined,
    roles: toRoles(row.roles),
    isInvited: Boolean(row.is_invited),
    profile: JsonDocument.ofText(row.profile),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    organizations,
    ...(realm.type === "organization" && { teamRoles: teamRolesOf(organizations) }),
  };
}

/** The names of the roles that teams give, each once. */
const teamRolesOf = (teams: readonly OrganizationReference[]) => [
  ...new Set(teams.flatMap(({ roles = "[]" }) => roleNames(toRoles(roles)))),
];
