import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import type { Locations } from "../../domain/listing.js";
import { constant } from "../listing/fields.js";
import type { ResourceFields } from "../listing/fields.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { personName } from "../memberships/record-view.js";

/** What is counted of a removal's items, as SQL; the removal has the numbers itself once its items are gone. */
const COUNTED = {
  users:
    "count(distinct case when items.account_id <> '' and items.kind <> 'record' then items.account_id end)",
  teams: "count(case when items.kind = 'team' then 1 end)",
  roles: "coalesce(sum(items.roles), 0)",
  accounts: "count(case when items.kind = 'account' then 1 end)",
  organizations: "count(case when items.kind = 'organization' then 1 end)",
};

export const NUMBERS = Object.keys(COUNTED) as (keyof typeof COUNTED)[];

/** SQL for a number of what a removal's items are. */
export const counted = (name: keyof typeof COUNTED, removalId: string) =>
  `(select ${COUNTED[name]} from muster_removal_items as items where items.removal_id = ${removalId})`;

/** SQL that limits removals to those that belong to a realm: no other sees them, the provider's included. */
export const belongsTo = (realm: Realm): Sql =>
  realm.type === "provider"
    ? sql("removals.organization_id is null")
    : sql("removals.organization_id = ?", realm.organizationId);

/** The removals of a realm, as a relation named `removals`. @param now for their status */
export function removalView(realm: Realm, now: string): Sql {
  const own = belongsTo(realm);
  const numbers = NUMBERS.map(
    (name) => `coalesce(removals.${name}, ${counted(name, "removals.id")}) as ${name}`,
  );
  return sql(
    `(select removals.id, removals.created_at, removals.expires_at, removals.undone_at,
        case when removals.undone_at is not null then 'undone' when removals.expires_at <= ? then 'expired'
          else 'undoable' end as status,
        coalesce(removals.undone_at, (select max(items.taken_at) from muster_removal_items as items
          where items.removal_id = removals.id), removals.created_at) as updated_at,
        case when removals.account_id is not null then 'user' when removals.token_id is not null then 'token'
          else 'operator' end as actor_type,
        coalesce(removals.account_id, removals.token_id) as actor_id,
        case when removals.account_id is not null
          then (select ${personName(realm, "removals.organization_id")} from muster_accounts as accounts
            where accounts.id = removals.account_id)
          else (select name from muster_access_tokens as tokens where tokens.id = removals.token_id) end as actor_name,
        ${numbers.join(", ")}
      from muster_removals as removals where ${own.text}) removals`,
    now,
    ...own.bindings,
  );
}

/** The relation's columns. */
export const COLUMNS = [
  ...["id", "created_at", "expires_at", "undone_at", "status", "updated_at"],
  ...["actor_type", "actor_id", "actor_name", ...NUMBERS],
];

export const removalFields = (dialect: Dialect, locations: Locations): ResourceFields => ({
  table: "removals",
  columns: {
    id: "removals.id",
    timestamp: "removals.created_at",
    expiresAt: "removals.expires_at",
    status: dialect.plainText("removals.status"),
    actor: dialect.plainText("removals.actor_type"),
    "actor.type": dialect.plainText("removals.actor_type"),
    "actor.value": dialect.plainText("removals.actor_id"),
    "actor.$ref": dialect.plainText(`case removals.actor_type
      when 'user' then ${prefixed(locations("User", ""), "removals.actor_id")}
      when 'token' then ${prefixed(locations("AccessToken", ""), "removals.actor_id")} end`),
    "actor.display": dialect.plainText("removals.actor_name"),
    ...Object.fromEntries(NUMBERS.map((name) => [name, `removals.${name}`])),
    meta: "removals.id",
    "meta.resourceType": constant(dialect, "Removal"),
    "meta.location": prefixed(locations("Removal", ""), "removals.id"),
    "meta.created": "removals.created_at",
    "meta.lastModified": "removals.updated_at",
  },
  collections: {},
  documents: {},
});
