import { expect } from "chai";
import knex from "knex";
import type { Knex } from "knex";
import { databaseOf } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { TooMuchWorkError, UnavailableError } from "../../src/domain/errors.js";
import { forEachEngine } from "../support/engines.js";
import { hostKnex } from "../support/host.js";

/** Counts for some seconds, and does nothing else. */
const SLOW = `with recursive counted(n) as (select 1 union all select n + 1 from counted where n < 9000000)
  select count(*) as n from counted`;

const LIMITS = { statement: 300, list: 600, wait: 10_000 };

const CALLER = { group: "test", owner: "test" };

describe("A host's database", () => {
  forEachEngine((engine) => {
    let host: Knex;
    let database: Database;
    let settings: unknown;
    beforeEach(async () => {
      host = hostKnex(await engine.databaseUrl(), 1);
      await host.schema.createTable("things", (table) => table.integer("number").primary());
      settings = await sessionOf(host);
      database = databaseOf(host, LIMITS);
      await database.connect();
    });
    afterEach(async () => {
      await database.close();
      expect(await sessionOf(host), "what the host's connection is set to").to.deep.equal(settings);
      await host.destroy();
    });

    const numbers = () => host("things").pluck("number").orderBy("number");

    it("with one connection does look-ups, lists, writes and what the host asks for in turn", async () => {
      const one = Array.from({ length: 20 }, (_, number) => [
        database.reader.rows("select 1 as one"),
        database.listing(CALLER).rows("select 1 as one"),
        database.transaction((session) => session.rows("insert into things (number) values (?)", [number])),
        host.select(host.raw("1 as one")),
      ]).flat();
      await Promise.all(one);
      expect(await numbers()).to.have.lengthOf(20);
    });

    it("keeps nothing of a transaction that fails, and its connection is the host's again", async () => {
      const fault: unknown = await database
        .transaction(async (session) => {
          await session.rows("insert into things (number) values (1)");
          await session.rows("insert into things (number) values (1)");
        })
        .catch((error: unknown) => error);
      expect(fault).to.be.instanceOf(Error);
      expect(await numbers()).to.deep.equal([]);
    });

    it("ends a look-up, a list and a write whose time is over", async () => {
      for (const slow of [
        () => database.reader.rows(SLOW),
        () => database.transaction((session) => session.rows(SLOW)),
      ]) {
        const fault: unknown = await slow().catch((error: unknown) => error);
        expect(fault)
          .to.be.instanceOf(UnavailableError)
          .with.property("message", "The database took too long");
      }
      const fault: unknown = await database
        .listing(CALLER)
        .rows(SLOW)
        .catch((error: unknown) => error);
      expect(fault).to.be.instanceOf(TooMuchWorkError);
      await database.check();
    });

    it("ends a list whose client has gone", async () => {
      const client = new AbortController();
      const reading = database.listing({ ...CALLER, signal: client.signal }).rows(SLOW);
      setTimeout(() => client.abort(), 50);
      expect(await reading.catch((error: unknown) => error)).to.be.instanceOf(UnavailableError);
      await database.check();
    });

    it("that has no connection to spare is waited for, and not for ever", async () => {
      const hurried = databaseOf(host, { ...LIMITS, wait: 200 });
      const held = await host.transaction();
      const fault: unknown = await hurried.reader.rows("select 1").catch((error: unknown) => error);
      await held.rollback();
      expect(fault).to.be.instanceOf(UnavailableError).with.property("retryAfter", 5);
      await hurried.check();
      await hurried.close();
    });

    it("has its connections back also when it is closed in the middle of something", async () => {
      const closing = databaseOf(host, { ...LIMITS, statement: 20_000 });
      let resume: () => void = () => undefined;
      const waiting = new Promise<void>((resolve) => (resume = resolve));
      let begin: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const written = closing.transaction(async (session) => {
        await session.rows("insert into things (number) values (1)");
        begin();
        await waiting;
      });
      await begun;
      const closed = closing.close();
      // By then, all that reads is closed.
      await new Promise((resolve) => setTimeout(resolve, 50));
      resume();
      await Promise.all([written, closed]);
      expect((host.client as { pool: { numUsed(): number } }).pool.numUsed()).to.equal(0);
      expect(await numbers()).to.deep.equal([1]);
    });
  });

  it("has to be one that Muster knows", () => {
    const other = knex({ client: "mysql2" });
    expect(() => databaseOf(other)).to.throw("with the client 'pg' or 'sqlite3'");
  });
});

/** What a connection is set to that Muster has limits or needs for. */
async function sessionOf(host: Knex): Promise<unknown> {
  if ((host.client as { driverName: string }).driverName === "pg") {
    const { rows } = await host.raw<{ rows: unknown[] }>("show statement_timeout");
    return rows;
  }
  return Promise.all(
    ["foreign_keys", "journal_mode", "query_only", "busy_timeout"].map((name) => host.raw(`pragma ${name}`)),
  );
}
