import type { Knex } from "knex";

const NAME = "muster_second_factors_own_index";

/** Finds the people whose own passwords second factors guard, without those of organizations' passwords. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create index ${NAME} on muster_second_factors (account_id) where organization_id is null`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop index ${NAME}`);
}
