import type { Knex } from "knex";

/** The identity provider of an organization has an `externalId` of its own for the organization, apart from the provider's. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.raw(`alter table muster_organizations add column own_external_id ${text}`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table muster_organizations drop column own_external_id");
}
