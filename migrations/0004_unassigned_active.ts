import type { Knex } from "knex";

/** `active` can be unassigned: then `active` is false, and this column says that nobody said so. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("accounts", (table) => {
    table.boolean("is_active_assigned").notNullable().defaultTo(true);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("accounts", (table) => {
    table.dropColumn("is_active_assigned");
  });
}
