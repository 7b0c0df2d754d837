import type { Knex } from "knex";

/** Links by which people who are signed in prove further addresses, and proved addresses as they were written. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_pending_addresses (
    account_id ${text} not null constraint muster_pending_addresses_account_id_foreign
      references muster_accounts (id) on delete cascade,
    value_key ${text} not null,
    -- where the link is sent, as it was entered
    address ${text} not null,
    -- part of the link, random: a link with another one is void
    revision integer not null,
    -- the hash of the password of the person who asked: the link is void when it is no longer the current one
    password_hash text not null,
    expires_at ${text} not null,
    primary key (account_id, value_key)
  )`);
  await knex.raw(
    "create index muster_pending_addresses_expires_at_index on muster_pending_addresses (expires_at)",
  );
  // Mail goes to the address as it was written: two mailboxes can have one key.
  await knex.raw(`alter table muster_proved_addresses add column address ${text} not null default ''`);
  await knex.raw(`update muster_proved_addresses set address = accounts.user_name from muster_accounts as accounts
    where accounts.id = muster_proved_addresses.account_id
    and accounts.user_name_key = muster_proved_addresses.value_key`);
  const isPlain = postgres ? "value_key !~ '[^ -~]'" : "value_key not glob '*[^ -~]*'";
  await knex.raw(`update muster_proved_addresses set address = lower(value_key)
    where address = '' and value_key not like '%SS%' and ${isPlain}`);
  await knex.raw("delete from muster_proved_addresses where address = ''");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table muster_proved_addresses drop column address");
  await knex.raw("drop table muster_pending_addresses");
}
