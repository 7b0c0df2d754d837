import type { Knex } from "knex";

/**
 * How many accounts there are, kept as they come and go: to count a million takes far longer than to read a page of them.
 * An organization has its number of members already.
 */
export async function up(knex: Knex): Promise<void> {
  const id = isPostgres(knex)
    ? "bigint generated always as identity primary key"
    : "integer not null primary key";
  await knex.raw(`create table muster_account_counts (id ${id}, accounts integer not null)`);
  for (const statement of isPostgres(knex) ? POSTGRES : SQLITE) await knex.raw(statement);
}

export async function down(knex: Knex): Promise<void> {
  for (const event of ["insert", "delete"]) {
    await knex.raw(
      `drop trigger muster_accounts_count_${event} ${isPostgres(knex) ? "on muster_accounts" : ""}`,
    );
  }
  if (isPostgres(knex)) await knex.raw("drop function muster_accounts_count()");
  await knex.schema.dropTable("muster_account_counts");
}

const isPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";

const COUNT = "insert into muster_account_counts (accounts) select count(*) from muster_accounts";

const SQLITE = [
  COUNT,
  `create trigger muster_accounts_count_insert after insert on muster_accounts begin
     update muster_account_counts set accounts = accounts + 1;
   end`,
  `create trigger muster_accounts_count_delete after delete on muster_accounts begin
     update muster_account_counts set accounts = accounts - 1;
   end`,
];

// Writers would wait for each other at one row: each statement adds a row of its own, and Muster adds them up now and then.
const POSTGRES = [
  "lock table muster_accounts in share row exclusive mode",
  COUNT,
  `create function muster_accounts_count() returns trigger language plpgsql as $$
   begin
     insert into muster_account_counts (accounts)
     select case tg_op when 'INSERT' then count(*) else -count(*) end from changed having count(*) > 0;
     return null;
   end $$`,
  `create trigger muster_accounts_count_insert after insert on muster_accounts
     referencing new table as changed for each statement execute function muster_accounts_count()`,
  `create trigger muster_accounts_count_delete after delete on muster_accounts
     referencing old table as changed for each statement execute function muster_accounts_count()`,
];
