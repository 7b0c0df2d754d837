import type { Knex } from "knex";

/** Access tokens are resources with versions, can be rotated, and tell when they were used last. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const columns = [
    "version integer not null default 1",
    `updated_at ${text} not null default ''`,
    `last_used_at ${text}`,
    // The secret before the last rotation, for as long as it still counts.
    `previous_hash ${text}`,
    `previous_ends_at ${text}`,
  ];
  for (const column of columns) await knex.raw(`alter table access_tokens add column ${column}`);
  await knex.raw("update access_tokens set updated_at = created_at");
  await knex.raw("create index access_tokens_previous_hash_index on access_tokens (previous_hash)");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop index access_tokens_previous_hash_index");
  for (const column of ["previous_ends_at", "previous_hash", "last_used_at", "updated_at", "version"]) {
    await knex.raw(`alter table access_tokens drop column ${column}`);
  }
}
