import { expect } from "chai";
import type { Knex } from "knex";
import { setTimeout as wait } from "node:timers/promises";
import { readSettings } from "../../src/config/settings.js";
import { migrate, MIGRATIONS } from "../../src/db/migrate.js";
import { openDatabase } from "../../src/db/open.js";
import { expectStatus, read } from "../support/assertions.js";
import { expectConsistent } from "../support/consistency.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { startProcess } from "../support/server.js";

const NEXT = "9999_of_the_next_version";

/** The migrations of a next version, which adds a column and a table. */
function nextVersion(isCompatible: boolean): Knex.MigrationSource<string> {
  const { migrationSource: own } = MIGRATIONS;
  const added = {
    isCompatible,
    up: async (knex: Knex) => {
      await knex.raw("alter table muster_accounts add column of_tomorrow text");
      await knex.raw("create table muster_of_tomorrow (id text not null primary key)");
    },
    down: () => Promise.resolve(),
  };
  return {
    getMigrations: async () => [...(await own.getMigrations([])), NEXT],
    getMigrationName: (name) => name,
    getMigration: async (name) => (name === NEXT ? added : own.getMigration(name)),
  };
}

async function upgrade(databaseUrl: string, isCompatible: boolean): Promise<void> {
  const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
  try {
    expect(await migrate(database, nextVersion(isCompatible))).to.deep.equal([NEXT]);
  } finally {
    await database.close();
  }
}

describe("An upgrade by a migration that only adds", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    it("goes on while a process of the version before serves, which can start again", async () => {
      const databaseUrl = await engine.migratedDatabaseUrl();
      const before = await startProcess(databaseUrl);
      const names: string[] = [];
      const state = { isOver: false };
      const write = async () => {
        while (!state.isOver) names.push((await createUser(before.scim)).userName);
      };
      const writing = write();
      while (names.length < 5) await wait(10);
      await upgrade(databaseUrl, true);
      const atEnd = names.length;
      while (names.length < atEnd + 5) await wait(10);
      state.isOver = true;
      await writing;
      await before.stop();

      const again = await startProcess(databaseUrl);
      const user = await createUser(again.scim, { title: "written by the version before" });
      expect(await read(again.scim, `/Users/${user.id}`)).to.include({ title: user.title });
      const all = await again.scim.get(`/Users?count=0`);
      expect(expectStatus(all, 200).totalResults).to.equal(names.length + 1);
      await again.stop();
      await expectConsistent(databaseUrl);
    });

    it("keeps a process of the version before from starting, unless the migration is compatible", async () => {
      const databaseUrl = await engine.migratedDatabaseUrl();
      await upgrade(databaseUrl, false);
      const refused: unknown = await startProcess(databaseUrl).catch((error: unknown) => error);
      expect(String(refused)).to.include(`A newer version of Muster has changed this database (${NEXT})`);
    });
  });
});
