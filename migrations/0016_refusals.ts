import type { Knex } from "knex";

/** Refusals that repeat are one event with a count. Both columns are null for what was done. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  await knex.raw("alter table audit_events add column occurrences integer");
  await knex.raw(`alter table audit_events add column last_at ${postgres ? 'text collate "C"' : "text"}`);
  await knex.raw("update audit_events set occurrences = 1, last_at = created_at where result = 'refused'");
}

export async function down(knex: Knex): Promise<void> {
  for (const column of ["last_at", "occurrences"]) {
    await knex.raw(`alter table audit_events drop column ${column}`);
  }
}
