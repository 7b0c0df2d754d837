import type { Session } from "../../src/db/session.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { Realm } from "../../src/domain/access/principal.js";
import { sectionsAfter } from "../../src/repositories/listing/keyset.js";
import { selectFrom } from "../../src/repositories/listing/source.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { accountSource } from "../../src/repositories/users/account-fields.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { compileSort } from "../../src/scim/filter/sort.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";

/** What a plan says that reads all accounts. */
export const SCAN = /SCAN accounts\b(?! USING)|Seq Scan on muster_accounts/;

/** Rows that have more bytes do not come with their long columns. */
const LONGEST = 4096;

const NOWHERE = () => "";

/** How the engine goes about a filter on Users. */
export function planOfFilter(session: Session, filter: string): Promise<string> {
  const { compiler } = accountSource(session.dialect, PROVIDER_REALM, NOWHERE, {});
  const { text, bindings } = compiler.condition(compileFilter(userSchema, filter));
  return planOf(
    session,
    sql(`select accounts.user_name from muster_accounts as accounts where ${text}`, ...bindings),
  );
}

/** How the engine goes about a filter on the Users of an organization. */
export function planInOrganization(
  session: Session,
  filter: string,
  organizationId: string,
): Promise<string> {
  const realm = { type: "organization", organizationId } as const;
  const source = accountSource(session.dialect, realm, NOWHERE, {
    filter: compileFilter(userSchema, filter),
  });
  const { text, bindings } = selectFrom(session.dialect, [source], LONGEST);
  return planOf(session, sql(`${text} order by page_id limit 100`, ...bindings));
}

/** How the engine goes about a page that begins somewhere in a sorted list of Users. */
export function planOfPage(
  session: Session,
  name: string,
  descending: boolean,
  realm: Realm = PROVIDER_REALM,
): Promise<string> {
  const sort = compileSort(userSchema, name, descending ? "descending" : "ascending");
  const id = "01a20a8f-e6b2-71f7-81e8-401545d35924";
  const section = sectionsAfter(sort, { value: "m", id })[0];
  if (!sort || !section) throw new Error("There is nothing to sort by");
  const source = accountSource(session.dialect, realm, NOWHERE, { sort });
  const { text, bindings } = selectFrom(session.dialect, [source], LONGEST, section.condition);
  return planOf(session, sql(`${text} order by ${section.order} limit 100`, ...bindings));
}

/** What the engine says of a query. PostgreSQL is told to expect a large table, until the transaction ends. */
export async function planOf(session: Session, { text, bindings }: Sql): Promise<string> {
  const isSqlite = session.dialect.engine === "sqlite";
  if (!isSqlite) await session.rows("set local enable_seqscan = off");
  const rows = await session.rows<object>(`explain ${isSqlite ? "query plan " : ""}${text}`, bindings);
  return rows.map((row) => Object.values(row).join(" ")).join("\n");
}
