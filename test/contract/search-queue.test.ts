import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { openDatabase } from "../../src/db/open.js";
import { Session } from "../../src/db/session.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { accountSearch } from "../../src/repositories/users/account-search.js";
import { SearchIndexRepository } from "../../src/repositories/users/search-index.js";
import { Transactions } from "../../src/repositories/transactions.js";
import type { UnitOfWork } from "../../src/repositories/unit-of-work.js";
import { SearchIndexing } from "../../src/services/users/search-indexing.js";
import { forEachEngine } from "../support/engines.js";
import { planOf } from "../support/plans.js";

const AT = "2026-01-01T00:00:00.000Z";
const MANY = 1800;

/** What one portion has at most, so that others do not wait. */
const MOST_AT_ONCE = 500;

describe("The queue of the index for a part of a name", () => {
  // PostgreSQL's index has its own.
  forEachEngine(
    (engine) => {
      let database: Database;
      beforeEach(async () => {
        database = await openDatabase(
          readSettings({ DATABASE_URL: await engine.migratedDatabaseUrl() }).database,
        );
        await database.transaction((session) =>
          session.rows(
            `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
             with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${MANY})
             select 'p' || n, 'user' || n, 'USER' || n, true, '{}', '{}', 1, '${AT}', '${AT}' from counted`,
          ),
        );
      });
      afterEach(() => database.close());

      const count = async (table: string) =>
        (await database.reader.first<{ count: number }>(`select count(*) as count from ${table}`))?.count;

      it("is emptied in portions, between which others write", async () => {
        const transactions = new Transactions(database);
        const left: unknown[] = [];
        const others: Promise<unknown>[] = [];
        let written = 0;
        const writtenBefore: number[] = [];
        const writeOther = async (session: Session) => {
          await session.rows("insert into muster_keys (name, value) values (?, 'x')", [`other${written}`]);
          written += 1;
        };
        const work = {
          read: transactions.read.bind(transactions),
          write: async (...asked: Parameters<UnitOfWork["write"]>) => {
            writtenBefore.push(written);
            const portion = transactions.write(...asked);
            others.push(database.transaction(writeOther, "other"));
            await portion;
            left.push(await count("muster_search_queue"));
          },
        } as unknown as UnitOfWork;
        await new SearchIndexing({ work }).run();
        await Promise.all(others);
        const portions = Math.ceil(MANY / MOST_AT_ONCE);
        expect(left).to.deep.equal(
          Array.from({ length: portions }, (_, at) => Math.max(0, MANY - (at + 1) * MOST_AT_ONCE)),
        );
        // What others asked for while a portion was being written waited for one more portion at most.
        expect(Math.max(...writtenBefore.map((before, at) => at - before))).to.be.at.most(1);
        expect(await count("muster_search_documents")).to.equal(MANY);
      });

      it("stops between two portions, and goes on the next time", async () => {
        const transactions = new Transactions(database);
        const indexing = new SearchIndexing({
          work: {
            read: transactions.read.bind(transactions),
            write: async (...asked: Parameters<UnitOfWork["write"]>) => {
              indexing.stop();
              await transactions.write(...asked);
            },
          } as unknown as UnitOfWork,
        });
        await indexing.run();
        expect(await count("muster_search_queue")).to.equal(MANY - MOST_AT_ONCE);
        await new SearchIndexing({ work: transactions }).run();
        expect(await count("muster_search_queue")).to.equal(0);
      });

      it("has each person once, and takes nothing out of the index that is not replaced", async () => {
        const rename = (name: string) =>
          database.transaction((session) =>
            session.rows("update muster_accounts set user_name_key = ? where id = 'p1'", [name]),
          );
        for (const name of ["ONCE", "TWICE", "THRICE"]) await rename(name);
        expect(await count("muster_search_queue")).to.equal(MANY);
        await new SearchIndexing({ work: new Transactions(database) }).run();
        for (const name of ["FOURTH", "FIFTH"]) await rename(name);
        expect(await count("muster_search_queue")).to.equal(1);
        await new SearchIndexing({ work: new Transactions(database) }).run();
        expect(await count("muster_search_documents")).to.equal(MANY);
        await database.transaction((session) => session.rows("delete from muster_accounts"));
        expect(await count("muster_search_queue")).to.equal(MANY);
        await new SearchIndexing({ work: new Transactions(database) }).run();
        expect([await count("muster_search_documents"), await count("muster_search_docsize")]).to.deep.equal([
          0, 0,
        ]);
      });

      it("is read by a search for its own realm alone, and emptied without reading the index", async () => {
        const one = accountSearch(database.dialect, { type: "organization", organizationId: "one" });
        expect(await planOf(database.reader, one.find("SER"))).to.match(
          /SEARCH queue USING PRIMARY KEY \(organization_id=\?\)/,
        );
        const ran: Sql[] = [];
        await database.transaction(async (session) => {
          const recording = new Session(session.dialect, (text, bindings) => {
            ran.push(sql(text, ...bindings));
            return session.rows(text, bindings);
          });
          await new SearchIndexRepository(recording).catchUp(10);
        });
        expect(ran.length).to.be.at.least(5);
        const plans = await Promise.all(ran.map((statement) => planOf(database.reader, statement)));
        // The queue from its beginning on, and realms, which are few, once for a portion.
        expect(plans.join("\n")).to.not.match(
          /SCAN (?!muster_search_queue|queue|queued|realms|muster_search_realms|\()/,
        );
      });
    },
    ["SQLite"],
  );

  it("is none on PostgreSQL", () =>
    new SearchIndexRepository(
      new Session({ engine: "postgres" } as Session["dialect"], () => {
        throw new Error("Nothing is asked");
      }),
    )
      .isBehind()
      .then((isBehind) => {
        expect(isBehind).to.equal(false);
      }));
});
