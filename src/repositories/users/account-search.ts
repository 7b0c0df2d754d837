import type { Dialect } from "../../db/dialect.js";
import type { Realm } from "../../domain/access/principal.js";
import { MIN_LENGTH } from "../listing/search.js";
import type { SearchIndex } from "../listing/fields.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

/** What people are searched for by a part of. */
const FIELDS = new Set([...["userName", "displayName", "name.familyName", "name.givenName", "emails.value"]]);

/** The index for a part of a name or an address of a realm's people. What it finds is theirs alone, and so is its cost. */
export function accountSearch({ engine }: Dialect, realm: Realm): SearchIndex {
  const organizationId = realm.type === "organization" ? realm.organizationId : undefined;
  const find = engine === "sqlite" ? inSqlite : inPostgres;
  return { fields: FIELDS, find: (text) => find(text, organizationId) };
}

/** How many people a realm can have, as the migration says. */
export const MOST_IN_REALM = 4294967296;

/** The numbers of a realm's people follow each other. Those in the queue may not be in the index as they are now. */
function inSqlite(text: string, organizationId = ""): Sql {
  const match = trigramsOf(text)
    .map((each) => `"${each.replaceAll('"', '""')}"`)
    .join(" AND ");
  const number = "(select number from muster_search_realms where organization_id = ?)";
  return sql(
    `select documents.account_id as id
     from muster_search cross join muster_search_documents as documents on documents.number = muster_search.rowid
     where muster_search match ? and muster_search.rowid > ${number} * ${MOST_IN_REALM}
     and muster_search.rowid < (${number} + 1) * ${MOST_IN_REALM}
     union all
     select queue.account_id as id from muster_search_queue as queue
     where queue.organization_id = ? and instr(${textInSqlite("queue")}, ?) > 0`,
    ...[match, organizationId, organizationId, organizationId, text],
  );
}

/**
 * SQL for all that the index has of a person in a realm; null when the realm has no such person.
 *
 * @param key a table with `organization_id`, which is empty for the provider's realm, and `account_id`
 */
export function textInSqlite(key: string): string {
  const text = (emails: string, more: string) =>
    `${namesWith("char(10)")} || coalesce((select group_concat(char(10) || value_key, '') from muster_${emails} as emails
       where emails.account_id = ${key}.account_id${more}), '')`;
  const own = `organization_id = ${key}.organization_id`;
  return `case when ${key}.organization_id = ''
    then (select ${text("account_emails", "")} from muster_accounts where id = ${key}.account_id)
    else (select ${text("member_emails", ` and emails.${own}`)} from muster_memberships as memberships
      where memberships.${own} and memberships.account_id = ${key}.account_id) end`;
}

/** More trigrams than this, spread over a long text, find no fewer rows. */
const MOST_TRIGRAMS = 24;

function trigramsOf(text: string): string[] {
  const characters = Array.from(text);
  const last = characters.length - MIN_LENGTH;
  const count = Math.min(last + 1, MOST_TRIGRAMS);
  const places = Array.from({ length: count }, (_, at) => Math.floor((at * last) / Math.max(1, count - 1)));
  return [...new Set(places.map((place) => characters.slice(place, place + MIN_LENGTH).join("")))];
}

const namesWith = (newLine: string) =>
  ["user_name_key", "display_name_key", "family_name_key", "given_name_key"]
    .map((column) => `coalesce(${column}, '')`)
    .join(` || ${newLine} || `);

const NAMES = namesWith("chr(10)");

const ADDRESS = "coalesce(value_key, '')";

/** The expressions are those of the indexes, word by word. */
function inPostgres(text: string, organizationId: string | undefined): Sql {
  if (organizationId === undefined) {
    const find = (table: string, id: string, value: string) =>
      `select ${id} as id from muster_${table} where muster_trigrams('', ${value}) @> muster_trigrams('', ?)`;
    return sql(
      `${find("accounts", "id", NAMES)} union all ${find("account_emails", "account_id", ADDRESS)}`,
      ...[text, text],
    );
  }
  const find = (table: string, value: string) =>
    `select account_id as id from muster_${table} where organization_id = ?
     and muster_trigrams(organization_id, ${value}) @> muster_trigrams(?, ?)`;
  const bindings = [organizationId, organizationId, text];
  return sql(
    `${find("memberships", NAMES)} union all ${find("member_emails", ADDRESS)}`,
    ...bindings,
    ...bindings,
  );
}
