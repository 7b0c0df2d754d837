import { expect } from "chai";
import { openDatabase } from "../../src/db/database.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { readSettings } from "../../src/config/settings.js";
import { accountSource } from "../../src/repositories/account-fields.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { userSchema } from "../../src/scim/schema/compile.js";
import { forEachEngine } from "../support/engines.js";

const ID = "01a20a8f-e6b2-71f7-81e8-401545d35924";

const NOWHERE = { accounts: "", organizations: "" };

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
];

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
        expect(plan).to.not.match(/SCAN accounts\b(?! USING)|Seq Scan on accounts/);
      });
    }

    it("by an attribute without an index reads them all, so that this test can tell", async () => {
      expect(await explain(database, 'nickName eq "d"')).to.match(/SCAN accounts|Seq Scan on accounts/);
    });
  });
});

/** How the engine goes about a filter, as it says itself. PostgreSQL is told to expect a large table. */
async function explain(database: Database, filter: string): Promise<string> {
  const { text, bindings } = accountSource(database.dialect, NOWHERE, {}).compiler.condition(
    compileFilter(userSchema, filter),
  );
  const isSqlite = database.dialect.engine === "sqlite";
  const rows = await database.transaction(async (session) => {
    if (!isSqlite) await session.rows("set local enable_seqscan = off");
    return session.rows<object>(
      `explain ${isSqlite ? "query plan " : ""}select accounts.user_name from accounts where ${text}`,
      bindings,
    );
  });
  return rows.map((row) => Object.values(row).join(" ")).join("\n");
}
