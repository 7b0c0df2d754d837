import type { Knex } from "knex";

/** Codes by which people prove their addresses, and how often something was done that has a limit. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  // The code itself is made from a secret key and the number, so it is nowhere.
  await knex.raw(`create table invitation_codes (
    invitation_id ${text} not null
      constraint invitation_codes_invitation_id_foreign references invitations (id) on delete cascade,
    address_key ${text} not null,
    number integer not null,
    expires_at ${text} not null,
    primary key (invitation_id, address_key)
  )`);
  await knex.raw(`create table rate_limits (
    name ${text} not null primary key,
    count integer not null,
    resets_at ${text} not null
  )`);
  await knex.raw("create index rate_limits_resets_at_index on rate_limits (resets_at)");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("rate_limits");
  await knex.schema.dropTable("invitation_codes");
}
