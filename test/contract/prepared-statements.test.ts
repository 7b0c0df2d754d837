import { expect } from "chai";
import type { Knex } from "knex";
import { openDatabase, databaseOf } from "../../src/db/open.js";
import { DEFAULT_LIMITS } from "../../src/db/lanes/limits.js";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import type { Session } from "../../src/db/session.js";
import { forEachEngine } from "../support/engines.js";
import { hostKnex } from "../support/host.js";

const ALL = "select name, statement from pg_prepared_statements order by prepare_time";

describe("Prepared statements", () => {
  forEachEngine(
    (engine) => {
      let url: string;
      let database: Database;
      before(async () => {
        url = await engine.databaseUrl();
        database = await open();
        await database.knex.raw("create table things (id integer primary key, value varchar(20))");
        await database.knex.raw(
          "insert into things select n, 'thing ' || n from generate_series(1, 50) as n",
        );
      });
      after(() => database.close());

      const open = (isPreparing = true) =>
        openDatabase(readSettings({ DATABASE_URL: url }).database, DEFAULT_LIMITS, isPreparing);

      /** Runs it in a transaction, which has one connection. */
      const inSession = <T>(work: (session: Session) => Promise<T>, of = database) => of.transaction(work);

      it("are what a connection runs a second time", async () => {
        const statement = "select value from things where id = ? and value <> ?";
        const prepared = await inSession(async (session) => {
          const before = await session.rows(ALL);
          for (const id of [1, 2, 3]) {
            expect(await session.rows(statement, [id, "?"])).to.deep.equal([{ value: `thing ${id}` }]);
          }
          return { before, after: await session.rows<{ name: string; statement: string }>(ALL) };
        });
        expect(prepared.before).to.deep.equal([]);
        expect(prepared.after).to.have.lengthOf(1);
        expect(prepared.after[0]?.statement).to.equal(
          "select value from things where id = $1 and value <> $2",
        );
        expect(prepared.after[0]?.name).to.match(/^muster_[\w-]{43}$/);
      });

      it("are few, whatever clients filter by", async () => {
        const count = await inSession(async (session) => {
          for (let time = 0; time < 2; time += 1) {
            for (let n = 0; n < 300; n += 1) {
              await session.rows(`select value from things where id = ? and value <> 'filter ${n}'`, [1]);
            }
          }
          return (await session.rows(ALL)).length;
        });
        expect(count).to.equal(128);
      });

      it("make room for others after a failure, too", async () => {
        const repeat = async (session: Session, sql: string, bindings: readonly (string | number)[]) => {
          await session.rows(sql, bindings);
          await session.rows(sql, bindings);
        };
        const failing = inSession((session) => repeat(session, "select 1 / cast(? as integer)", [0]));
        expect(await failing.catch((error: unknown) => error)).to.have.property("code", "22012");
        const count = await inSession(async (session) => {
          for (let n = 0; n < 200; n += 1) {
            await session.rows("savepoint part");
            const wrong = repeat(session, `select 'room ${n}' as room where 1 / cast(? as integer) = 1`, [
              n % 2,
            ]);
            const error: unknown = await wrong.catch((reason: unknown) => reason);
            if (n % 2 === 0) expect(error).to.have.property("code", "22012");
            await session.rows("rollback to savepoint part");
          }
          return (await session.rows(ALL)).length;
        });
        expect(count).to.equal(128);
      });

      it("are never of a filter that occurs once, nor of a very long one", async () => {
        const fresh = await open();
        try {
          const names = await inSession(async (session) => {
            for (let n = 0; n < 20; n += 1) {
              await session.rows(`select value from things where id = ? and value <> 'once ${n}'`, [1]);
              await session.rows(
                `select value from things where id = ? and value <> '${"x".repeat(20_000)}'`,
                [1],
              );
            }
            return session.rows(ALL);
          }, fresh);
          expect(names).to.deep.equal([]);
        } finally {
          await fresh.close();
        }
      });

      it("are none where a pooler does not pass them through", async () => {
        const plain = await open(false);
        try {
          const names = await inSession(async (session) => {
            for (const id of [1, 2, 3]) {
              const rows = await session.rows("select value from things where id = ?", [id]);
              expect(rows).to.deep.equal([{ value: `thing ${id}` }]);
            }
            return session.rows(ALL);
          }, plain);
          expect(names).to.deep.equal([]);
        } finally {
          await plain.close();
        }
      });

      describe("on connections that stay open while a table changes", () => {
        const changes = [
          "alter table things alter column value type text",
          "alter table things alter column value type varchar(30)",
        ];
        const readAll = (session: Pick<Session, "rows">) =>
          session.rows<{ value: string }>("select value from things where id < ? order by id", [3]);
        const EXPECTED = [{ value: "thing 1" }, { value: "thing 2" }];

        it("are prepared anew by what only reads", async () => {
          for (const change of ["select 1", ...changes]) {
            await database.knex.raw(change);
            for (let time = 0; time < 5; time += 1) {
              // All connections of the lane at once.
              const read = await Promise.all([1, 2, 3, 4].map(() => readAll(database.reader)));
              for (const rows of read) expect(rows).to.deep.equal(EXPECTED);
            }
          }
        });

        it("are prepared anew by transactions, which run again", async () => {
          const attempts: number[] = [];
          for (const change of ["select 1", ...changes]) {
            await database.knex.raw(change);
            for (let time = 0; time < 5; time += 1) {
              let attempt = 0;
              const work = async (session: Session) => {
                attempt += 1;
                await session.rows("update things set value = value where id = ?", [1]);
                return readAll(session);
              };
              expect(await database.transaction(work)).to.deep.equal(EXPECTED);
              attempts.push(attempt);
            }
          }
          expect(Math.max(...attempts)).to.equal(2);
        });

        it("are prepared anew after the host has dropped them", async () => {
          const host: Knex = hostKnex(url, 1);
          const borrowing = databaseOf(host);
          try {
            for (let time = 0; time < 3; time += 1) {
              for (let again = 0; again < 3; again += 1) {
                expect(await readAll(borrowing.reader)).to.deep.equal(EXPECTED);
                expect(await borrowing.transaction(readAll)).to.deep.equal(EXPECTED);
              }
              const { rows } = await host.raw<{ rows: object[] }>(ALL);
              expect(rows).to.have.lengthOf(1);
              await host.raw("deallocate all");
            }
          } finally {
            await borrowing.close();
            await host.destroy();
          }
        });
      });
    },
    ["PostgreSQL"],
  );
});
