import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { openDatabase } from "../../src/db/open.js";
import type { Session } from "../../src/db/session.js";
import { AccountCountRepository, ACCOUNTS_IN_ALL } from "../../src/repositories/counts/account-count.js";
import { forEachEngine } from "../support/engines.js";

const AT = "2026-01-01T00:00:00.000Z";

async function add(session: Session, ids: readonly string[]): Promise<void> {
  await session.rows(
    `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
     values ${ids.map(() => "(?, ?, ?, true, '{}', '{}', 1, ?, ?)").join(", ")} on conflict do nothing`,
    ids.flatMap((id) => [id, id, id, AT, AT]),
  );
}

const remove = (session: Session, id: string) =>
  session.rows("delete from muster_accounts where id = ?", [id]);

describe("The number of all accounts", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
    });
    after(() => database.close());

    const read = async () => {
      const row = await database.reader.first<{ total: number | string; counted: number | string }>(
        `select ${ACCOUNTS_IN_ALL} as total, (select count(*) from muster_accounts) as counted`,
      );
      return { total: Number(row?.total), counted: Number(row?.counted) };
    };
    const rows = async () => (await database.reader.rows("select 1 from muster_account_counts")).length;

    it("follows what is added, taken away, added twice and rolled back", async () => {
      await database.transaction((session) => add(session, ["a", "b", "c"]));
      await database.transaction((session) => add(session, ["c", "d"]));
      await database.transaction((session) => remove(session, "a"));
      await database.transaction((session) => remove(session, "nobody"));
      await database
        .transaction(async (session) => {
          await add(session, ["e"]);
          throw new Error("rolled back");
        })
        .catch(() => undefined);
      expect(await read()).to.deep.equal({ total: 3, counted: 3 });
    });

    it("stays right while several write, and add it up", async () => {
      const ids = Array.from({ length: 150 }, (_, number) => `many-${number}`);
      const addUp = () =>
        engine.name === "PostgreSQL"
          ? database.transaction((session) => new AccountCountRepository(session).addUp())
          : Promise.resolve();
      await Promise.all(ids.map((id) => database.transaction((session) => add(session, [id]))));
      await Promise.all([
        ...ids.slice(0, 50).map((id) => database.transaction((session) => remove(session, id))),
        ...[1, 2, 3].map(addUp),
        ...ids.map((id) => database.transaction((session) => add(session, [`more-${id}`]))),
      ]);
      const { total, counted } = await read();
      expect(total)
        .to.equal(counted)
        .and.to.equal(3 + 150 - 50 + 150);
      await addUp();
      expect(await rows()).to.equal(1);
      expect(await read()).to.deep.equal({ total, counted });
    });

    it("is added up when there is much to add up", async () => {
      const isScattered = () => new AccountCountRepository(database.reader).isScattered();
      expect(await isScattered()).to.equal(false);
      for (let number = 0; number < 110; number += 1) {
        await database.transaction((session) => add(session, [`one-${number}`]));
      }
      expect(await isScattered()).to.equal(engine.name === "PostgreSQL");
    });
  });
});
