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

/** How many documents a realm can have, as the migration says. */
const MOST = 4294967296;

/** The numbers of a realm's documents follow each other; the last few are not in the index yet. */
function inSqlite(text: string, organizationId: string | undefined): Sql {
  const match = trigramsOf(text)
    .map((each) => `"${each.replaceAll('"', '""')}"`)
    .join(" AND ");
  const realm = organizationId === undefined ? "organization_id is null" : "organization_id = ?";
  const own = organizationId === undefined ? [] : [organizationId];
  const from = (expression: string) => `(select ${expression} from muster_search_realms where ${realm})`;
  const first = from(`number * ${MOST}`);
  const end = from(`(number + 1) * ${MOST}`);
  return sql(
    `select documents.account_id as id
     from muster_search cross join muster_search_documents as documents on documents.number = muster_search.rowid
     where muster_search match ? and muster_search.rowid > ${first} and muster_search.rowid < ${end}
     union all
     select account_id as id from muster_search_documents
     where number > ${from("indexed")} and number < ${end} and instr(text, ?) > 0`,
    ...[match, ...own, ...own, ...own, ...own, text],
  );
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

const NAMES = ["user_name_key", "display_name_key", "family_name_key", "given_name_key"]
  .map((column) => `coalesce(${column}, '')`)
  .join(" || chr(10) || ");

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
