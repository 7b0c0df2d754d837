import type { Knex } from "knex";

/**
 * The person who made a machine's token, and when that person lost the power to make it. Their ids stay when an
 * account is deleted, so that nobody else is taken for the maker.
 *
 * `adopted_secrets` are the hashes of secrets that a setting made tokens of: none is adopted twice, so that a token
 * that was rotated or revoked stays so after a restart.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const columns = [
    `maker_account_id ${text}`,
    // Whose secret the one before the last rotation is.
    `previous_maker_account_id ${text}`,
    `orphaned_at ${text}`,
  ];
  for (const column of columns) await knex.raw(`alter table access_tokens add column ${column}`);
  // Few people make tokens: who makes none costs next to nothing when they leave.
  await knex.raw(
    `create index access_tokens_maker_account_id_index on access_tokens (maker_account_id)
     where maker_account_id is not null`,
  );
  await knex.raw(
    `create index access_tokens_previous_maker_account_id_index on access_tokens (previous_maker_account_id)
     where previous_maker_account_id is not null`,
  );
  await knex.raw("create index invitations_inviter_token_id_index on invitations (inviter_token_id)");
  await knex.raw(`create table adopted_secrets (hash ${text} not null primary key)`);
  await knex.raw(
    "insert into adopted_secrets (hash) select token_hash from access_tokens where account_id is null",
  );
  await knex.raw(
    `insert into adopted_secrets (hash) select previous_hash from access_tokens
     where account_id is null and previous_hash is not null
     on conflict (hash) do nothing`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("adopted_secrets");
  await knex.raw("drop index invitations_inviter_token_id_index");
  await knex.raw("drop index access_tokens_maker_account_id_index");
  await knex.raw("drop index access_tokens_previous_maker_account_id_index");
  for (const column of ["orphaned_at", "previous_maker_account_id", "maker_account_id"]) {
    await knex.raw(`alter table access_tokens drop column ${column}`);
  }
}
