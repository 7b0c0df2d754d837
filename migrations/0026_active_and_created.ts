import type { Knex } from "knex";

/** Indexes for filters by `active`, `roles` and `meta.created`, and for lists in the order in which people came. */
export async function up(knex: Knex): Promise<void> {
  for (const [name, columns] of Object.entries(INDEXES)) await knex.raw(`create index ${name} on ${columns}`);
  // Last: PostgreSQL lets nobody read the tables from here on until the migration is committed.
  await knex.raw("drop index muster_accounts_inactive_index");
  await knex.raw("drop index muster_memberships_inactive_index");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    "create index muster_accounts_inactive_index on muster_accounts (active, id) where active = false",
  );
  await knex.raw(
    "create index muster_memberships_inactive_index on muster_memberships (organization_id, active) where active = false",
  );
  for (const name of Object.keys(INDEXES)) await knex.raw(`drop index ${name}`);
}

const INDEXES = {
  muster_accounts_active_index: "muster_accounts (active, id)",
  muster_accounts_created_at_index: "muster_accounts (created_at, id)",
  // Few have one.
  muster_accounts_roles_index: "muster_accounts (id) where roles <> '[]'",
  muster_memberships_active_index: "muster_memberships (organization_id, active, account_id)",
};
