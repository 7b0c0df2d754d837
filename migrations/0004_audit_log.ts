import type { Knex } from "knex";

/**
 * The audit log. No constraint binds it to other tables: it outlives what its events are about. Events are in the
 * order of their ids.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";

  await knex.raw(`create table muster_audit_events (
    id ${text} not null primary key,
    created_at ${text} not null,
    action ${text} not null,
    result ${text} not null
      constraint muster_audit_events_result_check check (result in ('success', 'warning', 'refused')),
    -- the status of the answer, if it was refused
    status integer,
    -- whether a token of the provider did it
    by_provider boolean not null,
    token_id ${text},
    -- the person whom the token belongs to
    account_id ${text},
    -- the realm that it happened in, or the organization that it happened to; null: the provider's alone
    organization_id ${text},
    target_type ${text},
    target_id ${text},
    target_display text,
    request_id ${text},
    address ${text},
    -- names of attributes: {"changes": [...], "ignored": [...]}
    attributes ${json} not null,
    detail text,
    -- Refusals that repeat are one event with a count; both are null for anything else.
    occurrences integer,
    last_at ${text}
  )`);

  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
}

// Each write adds an event, so there are no more indexes than people look for events by.
const INDEXES = [
  "audit_events_created_at_index on muster_audit_events (created_at, id)",
  "audit_events_target_id_index on muster_audit_events (target_id, id)",
  `audit_events_organization_id_index on muster_audit_events (organization_id, id)
   where organization_id is not null`,
  "audit_events_account_id_index on muster_audit_events (account_id, id) where account_id is not null",
];

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("muster_audit_events");
}
