import type { Knex } from "knex";

/**
 * The audit log. It refers to nothing by constraints: it outlives what it tells of. Events are in the order of
 * their ids.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";
  await knex.raw(`create table audit_events (
    id ${text} not null primary key,
    created_at ${text} not null,
    action ${text} not null,
    result ${text} not null constraint audit_events_result_check check (result in ('success', 'warning', 'refused')),
    status integer,
    -- whether a token of the provider did it
    by_provider boolean not null,
    token_id ${text},
    account_id ${text},
    -- whose realm it happened in, or which organization it happened to; null: the provider's alone
    organization_id ${text},
    target_type ${text},
    target_id ${text},
    target_display text,
    request_id ${text},
    address ${text},
    -- attribute names: {"changes": [...], "ignored": [...]}
    attributes ${json} not null,
    detail text
  )`);
  // Each write adds an event, so there are no more indexes than people look by.
  await knex.raw("create index audit_events_created_at_index on audit_events (created_at, id)");
  await knex.raw("create index audit_events_target_id_index on audit_events (target_id, id)");
  for (const column of ["organization_id", "account_id"]) {
    await knex.raw(
      `create index audit_events_${column}_index on audit_events (${column}, id) where ${column} is not null`,
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("audit_events");
}
