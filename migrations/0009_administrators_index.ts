import type { Knex } from "knex";

/**
 * The index of the few members who administer an organization has two columns, so that SQLite prefers it to those with all of
 * the organization's people.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("drop index muster_memberships_is_admin_index");
  await knex.raw(
    `create index muster_memberships_is_admin_index on muster_memberships (organization_id, is_admin)
     where is_admin = true`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop index muster_memberships_is_admin_index");
  await knex.raw(
    "create index muster_memberships_is_admin_index on muster_memberships (organization_id) where is_admin",
  );
}
