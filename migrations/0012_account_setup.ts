import type { Knex } from "knex";

/** Accounts whose owners are to choose a password by a link in a mail; a row goes when they have one. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.raw(`create table account_setups (
    account_id ${text} not null primary key
      constraint account_setups_account_id_foreign references accounts (id) on delete cascade,
    -- whose administrator asked for it; null: the provider's
    organization_id ${text}
      constraint account_setups_organization_id_foreign references organizations (id) on delete cascade,
    -- part of the link: one of another revision is void
    revision integer not null,
    sent_at ${text} not null,
    expires_at ${text} not null
  )`);
  await knex.raw(
    "create index account_setups_organization_id_index on account_setups (organization_id) where organization_id is not null",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("account_setups");
}
