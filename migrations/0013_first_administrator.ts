import type { Knex } from "knex";

/** Links by which a person becomes an administrator of the provider: of a server that has none, or made by the operator. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_administrator_links (
    id ${text} not null primary key,
    -- SHA-256 of the last part of the link, in hexadecimal; the link itself is not stored
    token_hash ${text} not null constraint muster_administrator_links_token_hash_unique unique,
    -- whether a start made it, since there was no administrator: it is void as soon as there is one
    is_of_start boolean not null,
    created_at ${text} not null,
    expires_at ${text} not null,
    -- 'used', or 'replaced' by the link of a later start; null: neither
    ended_as ${text}
  )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table muster_administrator_links");
}
