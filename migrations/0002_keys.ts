import type { Knex } from "knex";

/** Secret keys that all processes on one database share, made when they are first needed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("keys", (table) => {
    table.text("name").primary();
    // base64
    table.text("value").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("keys");
}
