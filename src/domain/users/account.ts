import { isEmailAddress } from "../values/email.js";
import { isJsonObject } from "../values/json.js";
import { ENTERPRISE_USER } from "../values/schemas.js";
import type { JsonDocument } from "../values/json.js";
import type { RoleList } from "../access/roles.js";
import type { OrganizationReference } from "../organizations/organization.js";

/**
 * The paths of the attributes in a profile that are looked up often. Each has a column with an index, so its length is
 * limited, and it is compared without case.
 */
export const INDEXED_IN_PROFILE: readonly (readonly string[])[] = [
  ["name", "familyName"],
  ["name", "givenName"],
  [ENTERPRISE_USER, "department"],
  [ENTERPRISE_USER, "employeeNumber"],
];

/**
 * One person's account as a realm shows it: in an organization's, `externalId`, `active` and `roles` are the
 * membership's. Times are ISO 8601 in UTC.
 */
export interface Account {
  readonly id: string;
  /** As it was sent; unique in the provider without regard to case. */
  readonly userName: string;
  readonly externalId: string | undefined;
  readonly displayName: string | undefined;
  /** Undefined when the attribute was removed: the account is inactive then. */
  readonly active: boolean | undefined;
  readonly roles: RoleList;
  /** The roles that the person has by teams of the organization; undefined in the provider's realm. */
  readonly teamRoles?: readonly string[];
  /** Whether the person is to choose a password by a link in a mail, and has not yet. */
  readonly isInvited: boolean;
  /** All other attributes of the person, by their SCIM names; extensions stand under their URNs. */
  readonly profile: JsonDocument;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An account with the organizations that it is a member of. */
export interface AccountWithOrganizations extends Account {
  /** In an organization's realm, the person's teams. */
  readonly organizations: readonly OrganizationReference[];
  /** What each organization says of the person; only where the person themselves sees it. */
  readonly records?: readonly OwnRecord[];
}

/** What an organization says of a person, as the person sees it. */
export interface OwnRecord {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly userName: string;
  readonly displayName: string | undefined;
  readonly active: boolean;
  readonly externalId: string | undefined;
  /** The names of the roles, the person's own and those by teams. */
  readonly roles: readonly string[];
  /** The names of the teams. */
  readonly teams: readonly string[];
}

/** An account as a caller writes it; what is left out is unassigned. */
export interface AccountInput {
  readonly userName: string;
  readonly externalId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly active: boolean | undefined;
  readonly roles: RoleList;
  readonly profile: JsonDocument;
  /**
   * The profile with those strings folded that compare without case; what filters and sorting look at.
   */
  readonly search: JsonDocument;
}

type Reachable = Pick<Account, "userName" | "profile">;

/**
 * The address for mail to a person: the primary e-mail address, else the first one, else a user name that is an
 * address.
 */
export const mailAddress = (account: Reachable): string | undefined => addressesOf(account)[0];

/** The addresses of a person, the best for mail first. */
export function addressesOf({ userName, profile }: Reachable): string[] {
  const { emails } = profile.value;
  const addresses = (Array.isArray(emails) ? emails : []).filter(isJsonObject);
  const inOrder = [...addresses.filter(({ primary }) => primary === true), ...addresses];
  return [...inOrder.map(({ value }) => value), userName].filter(
    (each): each is string => typeof each === "string" && isEmailAddress(each),
  );
}
