import type { Dialect } from "../../db/dialect.js";
import type { AdderType } from "../../domain/memberships/membership-details.js";
import type { Realm } from "../../domain/access/principal.js";
import { personName } from "./record-view.js";

/**
 * SQL for what added a member, as a realm sees it. An organization does not see who did it in the provider's realm, nor
 * people who are not its members, as in the audit log.
 *
 * @param table the memberships
 */
export function adderOf({ plainText }: Dialect, realm: Realm, table: string): { type: string; id: string } {
  const has = (column: string) => `${table}.added_by${column} is not null`;
  const types: readonly (readonly [condition: string, type: AdderType])[] = [
    [`${table}.source = 'invitation'`, "invitation"],
    ...(realm.type === "organization" ? ([[`${table}.added_by_provider`, "provider"]] as const) : []),
    [has("_account_id"), "user"],
    [has(""), "token"],
  ];
  const type = types.map(([condition, name]) => `when ${condition} then '${name}'`).join(" ");
  const isVisible =
    realm.type === "provider"
      ? ""
      : `when ${table}.added_by_provider then null
         when ${has("_account_id")} and not exists (select 1 from muster_memberships as adders
           where adders.organization_id = ${table}.organization_id
           and adders.account_id = ${table}.added_by_account_id) then null`;
  return {
    type: plainText(`case ${type} else '${realm.type === "provider" ? "operator" : "provider"}' end`),
    id: plainText(`case when ${table}.source = 'invitation' then ${table}.added_by_invitation_id ${isVisible}
      else coalesce(${table}.added_by_account_id, ${table}.added_by) end`),
  };
}

/** SQL for the name of what added a member, of a row `joinings` with `adder_type` and `adder_id`. */
export const adderName = (realm: Realm): string => `case joinings.adder_type
  when 'user' then (select ${personName(realm, "joinings.organization_id")} from muster_accounts as accounts
    where accounts.id = joinings.adder_id)
  when 'token' then (select name from muster_access_tokens as tokens where tokens.id = joinings.adder_id)
  when 'invitation' then (select name from muster_invitations as invitations
    where invitations.id = joinings.adder_id) end`;
