import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { migrate, MIGRATIONS } from "../../src/db/migrate.js";
import { openDatabase } from "../../src/db/open.js";
import type { Session } from "../../src/db/session.js";
import { OPERATOR } from "../../src/domain/access/actor.js";
import { takingBy } from "../../src/domain/removals/removal.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { MembershipRepository } from "../../src/repositories/memberships/memberships.js";
import { accountSource } from "../../src/repositories/users/account-fields.js";
import { accountSearch } from "../../src/repositories/users/account-search.js";
import { SearchIndexRepository } from "../../src/repositories/users/search-index.js";
import { Transactions } from "../../src/repositories/transactions.js";
import { SearchIndexing } from "../../src/services/users/search-indexing.js";
import { readPage } from "../../src/repositories/listing/page.js";
import { searched } from "../../src/repositories/listing/search.js";
import { selectFrom } from "../../src/repositories/listing/source.js";
import { sql } from "../../src/repositories/listing/sql.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { forEachEngine } from "../support/engines.js";
import { planOf, SCAN } from "../support/plans.js";

const MANY = 3000;
const FEW = 5;
const AT = "2026-01-01T00:00:00.000Z";
const REALMS = {
  "the provider's realm": PROVIDER_REALM,
  "a large organization": { type: "organization", organizationId: "large" },
  "a small organization": { type: "organization", organizationId: "small" },
} as const;

/** Every person has an address at the same domain; `small` has the first few of them, `large` has all. */
async function fill(session: Session): Promise<void> {
  await session.rows(
    `insert into muster_accounts (id, user_name, user_name_key, display_name, display_name_key, active, profile, search,
       version, created_at, updated_at)
     with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${MANY})
     select 'p' || n, 'user' || n, 'USER' || n, 'Name' || n, 'NAME' || n, true, '{}',
       '{"name":{"givenName":"GIVEN","familyName":"FAMILY"}}', 1, '${AT}', '${AT}' from counted`,
  );
  await session.rows(
    `insert into muster_account_emails (account_id, position, value_key)
     select id, 0, user_name_key || '@EXAMPLE.COM' from muster_accounts`,
  );
  for (const [id, count] of Object.entries({ large: MANY, small: FEW })) {
    await session.rows(
      `insert into muster_organizations (id, display_name, display_name_key, version, created_at, updated_at)
       values (?, ?, ?, 1, ?, ?)`,
      [id, id, id.toUpperCase(), AT, AT],
    );
    const people = Array.from({ length: count }, (_, number) => `p${number + 1}`);
    await new MembershipRepository(session, PROVIDER_REALM).add(id, people, {
      origin: { source: "scim", isProviders: true },
      showsProfile: true,
      at: AT,
    });
  }
}

describe("The index for a part of a name or an address", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
      await database.transaction(fill);
      if (!database.dialect.hasOneWriter) await database.knex.raw("vacuum analyze");
    });
    after(() => database.close());

    const find = async (realm: keyof typeof REALMS, text: string) => {
      const { text: ids, bindings } = accountSearch(database.dialect, REALMS[realm]).find(text);
      const rows = await database.reader.rows<{ id: string }>(ids, bindings);
      return [...new Set(rows.map(({ id }) => id))].sort();
    };

    const rename = (id: string, name: string) =>
      database.transaction((session) =>
        session.rows("update muster_accounts set user_name = ?, user_name_key = ? where id = ?", [
          ...[name, name.toUpperCase(), id],
        ]),
      );

    const isBehind = () => new SearchIndexRepository(database.reader).isBehind();

    /** Until nobody is in the queue. */
    const catchUp = () => new SearchIndexing({ work: new Transactions(database) }).run();

    const expectAll = async () => {
      expect(await find("the provider's realm", "@EXAMPLE.C")).to.have.lengthOf(MANY);
      expect(await find("a large organization", "GIVEN")).to.have.lengthOf(MANY);
      expect(await find("a small organization", "@EXAMPLE.C")).to.have.lengthOf(FEW);
      expect(await find("a small organization", "FAMILY")).to.have.lengthOf(FEW);
      expect(await find("a large organization", "USER2999@")).to.deep.equal(["p2999"]);
      expect(await find("a small organization", "USER2999@")).to.deep.equal([]);
    };

    it("has all that is written, and finds what is in the realm", async () => {
      await expectAll();
      await catchUp();
      expect(await isBehind()).to.equal(false);
      await expectAll();
    });

    it("is filled with the people who were there before it", async () => {
      await database.knex.migrate.down({ ...MIGRATIONS, name: "0019_search_queue" });
      await rename("p8", "before");
      expect(await migrate(database)).to.deep.equal(["0019_search_queue"]);
      expect(await isBehind()).to.equal(false);
      await expectAll();
      expect(await find("the provider's realm", "EFORE")).to.deep.equal(["p8"]);
      await rename("p7", "changed");
      expect(await find("the provider's realm", "HANGED")).to.deep.equal(["p7"]);
    });

    it("loses those who leave, however many", async () => {
      const stays = Array.from({ length: 500 }, (_, number) => `p${number + 1}`);
      await database.transaction(async (session) => {
        const memberships = new MembershipRepository(session, PROVIDER_REALM);
        const removed = await memberships.removeOthers(
          "large",
          stays,
          takingBy(OPERATOR, undefined, { id: "removal", at: AT, days: 30 }),
        );
        expect(new Set(removed)).to.have.lengthOf(MANY - stays.length);
      });
      await catchUp();
      expect(await find("a large organization", "FAMILY")).to.deep.equal(stays.sort());
      expect(await find("a large organization", "@EXAMPLE.C")).to.deep.equal(stays);
      expect(await find("a small organization", "FAMILY")).to.have.lengthOf(FEW);
    });

    it("counts without the index those who are most of all people", async () => {
      const more = 20_500;
      await database.transaction((session) =>
        session.rows(
          `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
           with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${more})
           select 'q' || n, 'many' || n, 'MANY' || n, true, '{}', '{}', 1, '${AT}', '${AT}' from counted`,
        ),
      );
      const filter = compileFilter(userSchema, 'userName co "many"');
      const source = accountSource(database.dialect, PROVIDER_REALM, () => "", { filter });
      expect(await searched(database.reader, source)).to.include({ areMany: true, areMost: true });
      const range = { start: { type: "offset", offset: 0 }, limit: 3, maxBytes: 4096 } as const;
      const page = await readPage<object>(database.reader, [source], range);
      expect([page.items.length, page.total]).to.deep.equal([3, more]);
    });

    for (const realm of Object.keys(REALMS) as (keyof typeof REALMS)[]) {
      it(`serves what an administrator's search field sends, in ${realm}`, async () => {
        const names = ["userName", "displayName", "name.familyName", "name.givenName", "emails.value"];
        const filter = compileFilter(userSchema, names.map((name) => `${name} co "ser2999"`).join(" or "));
        const source = accountSource(database.dialect, REALMS[realm], () => "", { filter });
        const found = await searched(database.reader, source);
        if (!found) throw new Error("The index does not serve the filter");
        expect(found.areMany).to.equal(false);
        const { text, bindings } = selectFrom(database.dialect, [{ ...source, within: found.ids }], 4096);
        const page = sql(`${text} order by page_id limit 100`, ...bindings);
        // SQLite does not end a transaction in which a statement that returns rows was explained.
        const plan = await (database.dialect.hasOneWriter
          ? planOf(database.reader, page)
          : database.transaction((session) => planOf(session, page)));
        expect(plan).to.not.match(SCAN);
        // All of a few people may as well be read.
        if (realm === "a small organization") return;
        expect(plan).to.match(/muster_search VIRTUAL TABLE INDEX|trigrams_index/);
        expect(plan).to.not.match(
          /SCAN memberships|(memberships|accounts|element)\b[^\n]*\(organization_id=\?\)|SCAN element|Seq Scan on muster_memb/,
        );
      });
    }

    it("leaves to other ways what it does not help with", async () => {
      for (const text of [
        'userName co "ab"',
        'not (userName co "abc")',
        'title co "abc"',
        'userName co "abc" or title co "abc"',
        'userName eq "abc"',
        'userName ne "abc" and active eq true',
      ]) {
        const filter = compileFilter(userSchema, text);
        const source = accountSource(database.dialect, PROVIDER_REALM, () => "", { filter });
        expect(await searched(database.reader, source), text).to.equal(undefined);
      }
    });
  });
});
