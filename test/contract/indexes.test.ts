import { expect } from "chai";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { readSettings } from "../../src/config/settings.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { accountSource } from "../../src/repositories/users/account-fields.js";
import { stretchesAfter } from "../../src/repositories/listing/keyset.js";
import { selectFrom } from "../../src/repositories/listing/source.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { compileSort } from "../../src/scim/filter/sort.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { forEachEngine } from "../support/engines.js";

const ID = "01a20a8f-e6b2-71f7-81e8-401545d35924";

const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Rows that have more bytes do not come with their long columns. */
const LONGEST = 4096;

const NOWHERE = () => "";

/** What identity providers look people up by, all day long. */
const LOOKUPS = [
  `id eq "${ID}"`,
  'userName eq "dana"',
  'externalId eq "00u1"',
  'displayName eq "Dana"',
  'emails.value eq "dana@example.com"',
  'emails eq "dana@example.com"',
  'emails[type eq "work"].value eq "dana@example.com"',
  `groups.value eq "${ID}"`,
  'meta.lastModified eq "2026-11-23T12:00:00Z"',
  'meta.lastModified gt "2026-11-23T12:00:00Z"',
  'userName sw "dana"',
  'userName eq "dana" and active eq true',
  'name.familyName sw "ros"',
  `${ENTERPRISE_USER}:department eq "Sales" and active eq true`,
  `${ENTERPRISE_USER}:employeeNumber eq "701984"`,
];

/** What lists are sorted by. */
const ORDERS = ["userName", "displayName", "name.familyName", "externalId", "meta.lastModified"];

describe("Looking users up", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
    });
    after(() => database.close());

    for (const filter of LOOKUPS) {
      it(`by ${filter} is served by an index`, async () => {
        const plan = await explain(database, filter);
        expect(plan).to.match(/index/i);
        expect(plan).to.not.match(/SCAN accounts\b(?! USING)|Seq Scan on muster_accounts/);
      });
    }

    for (const filter of [...LOOKUPS.slice(1, 5), `id eq "${ID}"`, "id pr"]) {
      it(`by ${filter} among the members of an organization is served by an index`, async () => {
        const realm = { type: "organization", organizationId: ID } as const;
        const source = accountSource(database.dialect, realm, NOWHERE, {
          filter: compileFilter(userSchema, filter),
        });
        const { text, bindings } = selectFrom([source], LONGEST);
        const explained = await plan(database, sql(`${text} order by page_id limit 100`, ...bindings));
        expect(explained).to.match(/index/i);
        expect(explained).to.not.match(
          /SCAN (accounts|memberships)\b(?! USING)|Seq Scan on muster_(acc|memb)/,
        );
      });
    }

    for (const name of ORDERS) {
      for (const descending of [false, true]) {
        it(`on, in the order of ${name}, ${descending ? "from the end" : "from the start"}, is served by an index`, async () => {
          const plan = await explainPage(database, name, descending);
          expect(plan).to.match(/index/i);
          expect(plan).to.not.match(/SCAN accounts\b(?! USING)|Seq Scan on muster_accounts|FOR ORDER BY/);
        });
      }
    }

    it("by an attribute without an index reads them all, so that this test can tell", async () => {
      expect(await explain(database, 'nickName eq "d"')).to.match(
        /SCAN accounts|Seq Scan on muster_accounts/,
      );
    });
  });
});

/** How the engine goes about a filter. */
function explain(database: Database, filter: string): Promise<string> {
  const { compiler } = accountSource(database.dialect, PROVIDER_REALM, NOWHERE, {});
  const { text, bindings } = compiler.condition(compileFilter(userSchema, filter));
  return plan(
    database,
    sql(`select accounts.user_name from muster_accounts as accounts where ${text}`, ...bindings),
  );
}

/** How the engine goes about a page that begins somewhere in a sorted list. */
function explainPage(database: Database, name: string, descending: boolean): Promise<string> {
  const sort = compileSort(userSchema, name, descending ? "descending" : "ascending");
  const stretch = stretchesAfter(sort, { value: "m", id: ID })[0];
  if (!sort || !stretch) throw new Error("There is nothing to sort by");
  const source = accountSource(database.dialect, PROVIDER_REALM, NOWHERE, { sort });
  const { text, bindings } = selectFrom([source], LONGEST, stretch.condition);
  return plan(database, sql(`${text} order by ${stretch.order} limit 100`, ...bindings));
}

/** What the engine says of a query. PostgreSQL is told to expect a large table. */
async function plan(database: Database, { text, bindings }: Sql): Promise<string> {
  const isSqlite = database.dialect.engine === "sqlite";
  const rows = await database.transaction(async (session) => {
    if (!isSqlite) await session.rows("set local enable_seqscan = off");
    return session.rows<object>(`explain ${isSqlite ? "query plan " : ""}${text}`, bindings);
  });
  return rows.map((row) => Object.values(row).join(" ")).join("\n");
}
