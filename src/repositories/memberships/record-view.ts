import type { Dialect } from "../../db/dialect.js";
import { INDEXED_IN_PROFILE } from "../../domain/users/account.js";
import { NOTHING_SHARED } from "../../domain/users/shared-profile.js";
import type { Realm } from "../../domain/access/principal.js";

/*
 * What an organization's record of a person says, in SQL over `memberships` and the `accounts` of the people:
 *
 * - its own, once the organization wrote of the person (`memberships.profile` is there);
 * - what the account has, as long as the account is in the organization's care;
 * - else what the provider and the person wrote in the account, as far as the organization sees that.
 */

/** Which column has an indexed attribute of the profile, folded. */
export const INDEXED: Readonly<Record<string, string>> = Object.fromEntries(
  INDEXED_IN_PROFILE.map((path) => [path.join("."), `${snakeCase(path.at(-1) ?? "")}_key`]),
);

/** `employeeNumber` as `employee_number` */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Whether the account follows the record, which then has no profile of its own. */
export const IS_IN_CARE =
  "(accounts.in_care and accounts.origin_organization_id = memberships.organization_id)";

/** Whether the record follows the account. */
export const IS_FOLLOWING = `(memberships.profile is null and not ${IS_IN_CARE})`;

const NOTHING = `'${NOTHING_SHARED.text}'`;

/** The profile, or what filters look at, of a record. */
export const profileOfRecord = ({ engine }: Dialect, column: "profile" | "search"): string =>
  `case when memberships.${column} is not null then memberships.${column}
    when ${IS_IN_CARE} then accounts.${column}
    when memberships.shows_profile then ${sharedOf(column)}
    else ${engine === "postgres" && column === "search" ? `${NOTHING}::jsonb` : NOTHING} end`;

/** What the provider and the person wrote in an account. */
export const sharedOf = (column: "profile" | "search") =>
  `case when accounts.shared_profile is null then accounts.${column} else accounts.shared_${column} end`;

/** The constraint that a user name is unique in an organization. */
export const UNIQUE_NAME = "muster_memberships_organization_id_user_name_key_unique";

/** Which record follows its account, as SQL. */
interface Following {
  readonly organizationId: string;
  /** Whether the organization sees more than names. */
  readonly showsProfile: string;
  /** Whether another person has the account's user name in the organization; absent: to be looked up. */
  readonly isTaken?: string;
  /** The user name that the record has, if the organization gave all others to other people. */
  readonly otherwise?: string;
}

/** The names and keys of a record that follows its account, by their columns. */
export function followingColumns(
  dialect: Dialect,
  { organizationId, showsProfile, otherwise, isTaken: known }: Following,
): Readonly<Record<string, string>> {
  const isTaken = (key: string) => `exists (select 1 from muster_memberships as others
    where others.organization_id = ${organizationId} and others.user_name_key = ${key}
    and others.account_id <> accounts.id)`;
  // A name in an organization is unique: if another person has it there, the id makes it so.
  const madeKey = "accounts.user_name_key || '#' || upper(substr(accounts.id, 25))";
  const named = (column: "user_name" | "user_name_key", suffix: string) =>
    `case when not ${known ?? isTaken("accounts.user_name_key")} then accounts.${column}
       ${otherwise === undefined ? "" : `when ${isTaken(madeKey)} then ${otherwise.replace("user_name", column)}`}
       else accounts.${column} || '#' || ${suffix} end`;
  const suffix = "substr(accounts.id, 25)";
  const userName = { exact: named("user_name", suffix), folded: named("user_name_key", `upper(${suffix})`) };
  return {
    user_name: userName.exact,
    user_name_key: userName.folded,
    display_name: `coalesce(accounts.shared_display_name, ${userName.exact})`,
    display_name_key: `coalesce(accounts.shared_display_name_key, ${userName.folded})`,
    ...Object.fromEntries(
      INDEXED_IN_PROFILE.map((path) => [
        INDEXED[path.join(".")] ?? "",
        `case when ${showsProfile} then ${dialect.jsonText(`(${sharedOf("search")})`, path)} end`,
      ]),
    ),
  };
}

/** The name that a realm shows of a member: in an organization's, that of its record. */
export const memberName = (realm: Realm, suffix: "" | "_key" = ""): string => {
  const table = realm.type === "provider" ? "accounts" : "memberships";
  return `coalesce(${table}.display_name${suffix}, ${table}.user_name${suffix})`;
};

/**
 * The name of a person, of the row `accounts`, who need not be a member: an organization sees its own name for a member,
 * and of others what the provider or the person wrote.
 *
 * @param organizationId SQL for the organization
 */
export const personName = (realm: Realm, organizationId: string): string =>
  realm.type === "provider"
    ? "coalesce(accounts.display_name, accounts.user_name)"
    : `coalesce((select ${memberName(realm)} from muster_memberships as memberships
        where memberships.organization_id = ${organizationId} and memberships.account_id = accounts.id),
        accounts.shared_display_name, accounts.user_name)`;
