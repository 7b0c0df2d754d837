import type { Knex } from "knex";

/**
 * The order of `meta.lastModified` with the id, which tells apart what changed at one moment: without it, a page had to sort all
 * people whom one import had brought.
 */
export async function up(knex: Knex): Promise<void> {
  for (const { name, columns } of INDEXES) await knex.raw(`create index ${name} on ${columns}`);
  // Last: PostgreSQL lets nobody read the tables from here on until the migration is committed.
  for (const { before } of INDEXES) await knex.raw(`drop index ${before.name}`);
}

export async function down(knex: Knex): Promise<void> {
  for (const { before } of INDEXES) await knex.raw(`create index ${before.name} on ${before.columns}`);
  for (const { name } of INDEXES) await knex.raw(`drop index ${name}`);
}

const INDEXES = [
  {
    name: "muster_accounts_id_by_updated_at_index",
    columns: "muster_accounts (updated_at, id)",
    before: { name: "muster_accounts_updated_at_index", columns: "muster_accounts (updated_at)" },
  },
];
