import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { openDatabase } from "../../src/db/open.js";
import { UnavailableError } from "../../src/domain/errors.js";
import { forEachEngine } from "../support/engines.js";

describe("An SQLite database that", () => {
  forEachEngine(
    (engine) => {
      let database: Database;
      before(async () => {
        database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
        await migrate(database);
      });
      after(() => database.close());

      const write = (bytes: number) =>
        database.transaction((session) =>
          session.rows("insert into muster_keys (name, value) values (?, ?)", [
            `key ${Math.random()}`,
            "x".repeat(bytes),
          ]),
        );

      it("is full says so, keeps nothing of the transaction, and recovers by itself", async () => {
        await database.knex.raw("pragma max_page_count = 1");
        const fault: unknown = await database
          .transaction(async (session) => {
            await session.rows("insert into muster_keys (name, value) values ('small', 'x')");
            await session
              .rows("insert into muster_keys (name, value) values ('large', ?)", ["x".repeat(1_000_000)])
              .catch(() => undefined);
            // SQLite has rolled back by now: this would be kept by itself.
            await session.rows("insert into muster_keys (name, value) values ('later', 'x')");
          })
          .catch((error: unknown) => error);
        expectFault(fault, /no space/);
        // A small write still fits, and does not make it ready.
        await write(1);
        expectFault(await rejection(database.check()), /no space/);
        await database.knex.raw("pragma max_page_count = 1000000");
        await write(1_000_000);
        await database.check();
        const kept = await database.reader.rows(
          "select name from muster_keys where name in ('small', 'large', 'later')",
        );
        expect(kept).to.deep.equal([]);
      });

      it("is read-only says so, is not ready, and recovers by itself", async () => {
        await database.knex.raw("pragma query_only = on");
        expectFault(await rejection(write(1)), /cannot be written/);
        expectFault(await rejection(database.check()), /cannot be written/);
        await database.knex.raw("pragma query_only = off");
        await database.check();
        await write(1);
      });
    },
    ["SQLite"],
  );
});

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

function expectFault(fault: unknown, message: RegExp): void {
  expect(fault).to.be.instanceOf(UnavailableError).with.property("message").that.matches(message);
}
