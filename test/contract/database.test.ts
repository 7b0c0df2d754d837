import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { DatabaseUnavailableError } from "../../src/db/database.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import type { Session } from "../../src/db/session.js";
import { constraintViolation } from "../../src/db/violations.js";
import { TooManyRequestsError } from "../../src/domain/errors.js";
import { forEachEngine } from "../support/engines.js";

const NOW = "2026-11-23T12:00:00.000Z";

/** Counts for some seconds, and does nothing else. */
const SLOW_READ = `with recursive counted(n) as (select 1 union all select n + 1 from counted where n < 4000000)
  select count(*) as n from counted`;

describe("The database", () => {
  forEachEngine((engine) => {
    let url: string;
    let database: Database;
    before(async () => {
      url = await engine.databaseUrl();
      database = await open(url);
    });
    after(() => database.close());

    it("keeps nothing of a transaction that fails, and all of the others", async () => {
      const work = (name: string) => database.transaction((session) => insert(session, name));
      const answers = await Promise.allSettled([work("a"), work("b"), work("a"), work("c"), work("a")]);
      expect(answers.filter(({ status }) => status === "fulfilled")).to.have.lengthOf(3);
      for (const answer of answers) {
        if (answer.status === "fulfilled") continue;
        expect(constraintViolation(answer.reason)).to.deep.equal({
          kind: "unique",
          constraint: "muster_organizations_display_name_key_unique",
        });
      }
      expect(await names(database)).to.deep.equal(["a", "b", "c"]);
    });

    it("reads what is committed while somebody writes", async () => {
      let finish: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (finish = resolve));
      const writing = database.transaction(async (session) => {
        await insert(session, "uncommitted");
        await held;
      });
      expect(await names(database)).to.not.include("uncommitted");
      finish();
      await writing;
      expect(await names(database)).to.include("uncommitted");
    });

    it("writes while somebody reads for long", async () => {
      let isReading = true;
      const client = new AbortController();
      const reading = database
        .listing({ group: "test", owner: "test", signal: client.signal })
        .rows(SLOW_READ)
        .catch(() => (isReading = false));
      await database.transaction((session) => insert(session, "meanwhile"));
      expect(isReading).to.equal(true);
      client.abort();
      await reading;
    });

    it("takes turns with another process on the same database", async () => {
      const other = await open(url);
      const numbers = Array.from({ length: 40 }, (_, number) => number);
      const writes = numbers.map((number) =>
        (number % 2 === 0 ? database : other).transaction(async (session) => {
          await session.first("select count(*) from muster_organizations");
          await insert(session, `turn ${number}`);
        }),
      );
      await Promise.all(writes);
      expect((await names(other)).filter((name) => name.startsWith("turn"))).to.have.lengthOf(40);
      await other.close();
    });

    it("lets owners take turns in writing, however much one of them has to write", async () => {
      const done: string[] = [];
      const write = (owner: string, number: number) =>
        database
          .transaction((session) => insert(session, `${owner} ${number}`), owner)
          .then(() => done.push(owner));
      const flood = Array.from({ length: 300 }, (_, number) => write("flood", number));
      await write("other", 0);
      expect(done.length).to.be.below(100);
      await Promise.all(flood);
    });

    it("refuses one owner of whom too much waits, and nobody else", async () => {
      let finish: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (finish = resolve));
      const write = (owner: string) => database.transaction(() => held, owner);
      const flood = Array.from({ length: 600 }, () => write("flood"));
      const other = write("other");
      const refusal: unknown = await Promise.race(flood).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(TooManyRequestsError);
      finish();
      await other;
      const outcomes = await Promise.allSettled(flood);
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).to.be.within(500, 550);
    });

    it("is migrated once when several processes start at the same moment", async () => {
      const fresh = await engine.databaseUrl();
      const opened = await Promise.all([1, 2, 3].map(() => open(fresh)));
      for (const each of opened) expect(await names(each)).to.deep.equal([]);
      await Promise.all(opened.map((each) => each.close()));
    });

    it("is refused when a newer version of Muster has made it", async () => {
      const newer = await open(await engine.databaseUrl());
      await newer
        .knex("muster_migrations")
        .insert({ name: "9999_of_tomorrow", batch: 2, migration_time: new Date() });
      const refusal: unknown = await migrate(newer).catch((error: unknown) => error);
      await newer.close();
      expect(refusal)
        .to.be.instanceOf(DatabaseUnavailableError)
        .with.property("message")
        .that.includes("newer version of Muster");
    });
  });
});

async function open(url: string): Promise<Database> {
  const database = await openDatabase(readSettings({ DATABASE_URL: url }).database);
  await migrate(database);
  return database;
}

function insert(session: Session, name: string) {
  return session.rows(
    `insert into muster_organizations (id, display_name, display_name_key, version, created_at, updated_at)
     values (?, ?, ?, 1, ?, ?)`,
    [`id of ${name} ${Math.random()}`, name, name, NOW, NOW],
  );
}

async function names({ reader }: Database): Promise<string[]> {
  const rows = await reader.rows<{ display_name: string }>(
    "select display_name from muster_organizations order by display_name",
  );
  return rows.map((row) => row.display_name);
}
