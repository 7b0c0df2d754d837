import type { Knex } from "knex";

/** Access tokens of the product beside Muster, which can check people's passwords. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    "alter table muster_access_tokens add column checks_passwords boolean not null default false",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("alter table muster_access_tokens drop column checks_passwords");
}
