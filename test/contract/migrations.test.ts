import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { DatabaseUnavailableError } from "../../src/db/database.js";
import type { Database } from "../../src/db/database.js";
import { migrate, MIGRATIONS } from "../../src/db/migrate.js";
import { foldCase } from "../../src/domain/values/text.js";
import { openDatabase } from "../../src/db/open.js";
import { forEachEngine } from "../support/engines.js";

/** Tables that another application may well have; the migrations have names like these. */
const OF_HOST = ["accounts", "users", "keys", "organizations", "teams", "team_memberships", "outbox"];

/** As Muster's were named before they had a prefix. */
const INDEX_OF_HOST = "accounts_external_id_index";

describe("The migrations", () => {
  forEachEngine((engine) => {
    let database: Database;
    beforeEach(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
    });
    afterEach(() => database.close());

    it("go up, down, and up again", async () => {
      const names = await migrate(database);
      expect(names.length).to.be.above(0);
      const schema = await objects(database);
      expect(await migrate(database)).to.deep.equal([]);

      const [, undone] = (await database.knex.migrate.rollback(MIGRATIONS, true)) as [number, string[]];
      expect(undone).to.deep.equal([...names].reverse());
      expect((await objects(database)).filter((name) => !name.includes(MIGRATIONS.tableName))).to.deep.equal(
        [],
      );

      expect(await migrate(database)).to.deep.equal(names);
      expect(await objects(database)).to.deep.equal(schema);
    });

    it("give everything that they make the prefix", async () => {
      await migrate(database);
      const made = await objects(database);
      expect(made).to.include("muster_accounts");
      expect(made.filter((name) => !name.startsWith("muster_"))).to.deep.equal([]);
    });

    it("fold the names and details of audit events that there are, beyond one portion", async () => {
      await migrate(database);
      const own = { ...MIGRATIONS, name: "0027_audit_names" };
      await database.knex.migrate.down(own);
      await database.transaction(async (session) => {
        for (let number = 0; number < 450; number += 1) {
          await session.rows(
            `insert into muster_audit_events (id, created_at, action, result, by_provider, target_display, detail,
               attributes) values (?, '2026-01-01T00:00:00.000Z', 'create', 'success', true, ?, ?, '{}')`,
            [`id-${String(number).padStart(4, "0")}`, `Größe ${number}`, number % 2 === 0 ? "added X" : null],
          );
        }
      });
      await database.knex.migrate.up(own);
      const rows = await database.reader.rows<{ target_display_key: string; detail_key: string | null }>(
        "select target_display_key, detail_key from muster_audit_events order by id",
      );
      expect(rows).to.deep.equal(
        Array.from({ length: 450 }, (_, number) => ({
          target_display_key: foldCase(`Größe ${number}`),
          detail_key: number % 2 === 0 ? foldCase("added X") : null,
        })),
      );
    });

    it("write proved addresses out, and drop those that may be of two mailboxes", async () => {
      await migrate(database);
      const own = { ...MIGRATIONS, name: "0020_own_addresses" };
      await database.knex.migrate.down(own);
      const at = "2026-01-01T00:00:00.000Z";
      await database.transaction(async (session) => {
        for (const [id, userName, key] of [
          ["a", "Ann@straße.example", "ANN@STRASSE.EXAMPLE"],
          ["b", "Bea@example.com", "BEA@EXAMPLE.COM"],
        ] as const) {
          await session.rows(
            `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at,
               updated_at) values (?, ?, ?, true, '{}', '{}', 1, ?, ?)`,
            [id, userName, key, at, at],
          );
          for (const each of [key, "BOSS@EXAMPLE.COM", "\u00C4@EXAMPLE.COM", "C_%@EXAMPLE.COM"]) {
            await session.rows(
              "insert into muster_proved_addresses (account_id, value_key, proved_at) values (?, ?, ?)",
              [id, each, at],
            );
          }
        }
      });
      await database.knex.migrate.up(own);
      const rows = await database.reader.rows<{ account_id: string; address: string }>(
        "select account_id, address from muster_proved_addresses order by account_id, address",
      );
      expect(rows.map((row) => `${row.account_id} ${row.address}`)).to.deep.equal([
        ...["a Ann@straße.example", "a c_%@example.com"],
        ...["b Bea@example.com", "b c_%@example.com"],
      ]);
    });

    it("leave the tables of another application as they are, on the way up and down", async () => {
      const { knex } = database;
      for (const table of OF_HOST) {
        await knex.schema.createTable(table, (columns) => columns.text("external_id"));
        await knex(table).insert({ external_id: `of ${table}` });
      }
      await knex.raw(`create index ${INDEX_OF_HOST} on accounts (external_id)`);
      await knex.schema.createTable("knex_migrations", (columns) => columns.text("name"));
      await knex("knex_migrations").insert({ name: "0001_users" });
      const isSqlite = database.dialect.engine === "sqlite";
      if (isSqlite) await knex.raw("pragma user_version = 42");
      const before = await objects(database);

      await migrate(database);
      await knex("muster_keys").insert({ name: "ours", value: "x" });
      await knex.migrate.rollback(MIGRATIONS, true);

      const after = await objects(database);
      expect(after.filter((name) => !name.startsWith("muster_"))).to.deep.equal(before);
      for (const table of OF_HOST) {
        expect(await knex(table).select()).to.deep.equal([{ external_id: `of ${table}` }]);
      }
      expect(await knex("knex_migrations").select()).to.deep.equal([{ name: "0001_users" }]);
      if (isSqlite) expect(await knex.raw("pragma user_version")).to.deep.equal([{ user_version: 42 }]);
    });

    it("refuse a database from before the first release, and say what to do", async () => {
      const { knex } = database;
      await knex.schema.createTable("accounts", (columns) => columns.text("id"));
      await knex.schema.createTable("knex_migrations", (columns) => columns.text("name"));
      await knex("knex_migrations").insert({ name: "0001_accounts_and_organizations" });
      const before = await objects(database);
      const refusal: unknown = await migrate(database).catch((error: unknown) => error);
      expect(refusal)
        .to.be.instanceOf(DatabaseUnavailableError)
        .with.property("message")
        .that.matches(/before its first release.*Set DATABASE_URL to a new database/);
      expect(await objects(database)).to.deep.equal(before);
    });
  });
});

/** The names of all tables, indexes, triggers, constraints and functions, but for what the engine itself makes. */
async function objects({ knex, dialect }: Database): Promise<string[]> {
  return dialect.engine === "sqlite"
    ? names(await knex.raw<Named[]>("select name from sqlite_schema where name not like 'sqlite_%'"))
    : names((await knex.raw<{ rows: Named[] }>(OBJECTS_OF_POSTGRES)).rows);
}

interface Named {
  readonly name: string;
}

const names = (rows: readonly Named[]) => rows.map(({ name }) => name).sort();

const OBJECTS_OF_POSTGRES = `
  select relname as name from pg_class where relnamespace = 'public'::regnamespace
  union all select conname from pg_constraint where connamespace = 'public'::regnamespace
  union all select proname from pg_proc where pronamespace = 'public'::regnamespace
  union all select tgname from pg_trigger where not tgisinternal`;
