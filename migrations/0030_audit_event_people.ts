import type { Knex } from "knex";

/**
 * Whom an audit event happened to, beside its target: who joined and left an organization or a team, and whose roles in a
 * team changed. Events that are in the log already have nobody: to read them all could take long.
 */
export async function up(knex: Knex): Promise<void> {
  const isPostgres = inPostgres(knex);
  const text = isPostgres ? 'text collate "C"' : "text";
  // By the ids of their accounts, what happened to each: {"<id>": "added"}
  await knex.raw(`alter table muster_audit_events add column people ${isPostgres ? "jsonb" : "text"}`);
  await knex.raw(`create table muster_audit_event_people (
    event_id ${text} not null references muster_audit_events (id) on delete cascade,
    account_id ${text} not null,
    type ${text} not null
      constraint muster_audit_event_people_type_check check (type in ('added', 'removed', 'roles')),
    primary key (account_id, event_id)
  ) ${isPostgres ? "" : "without rowid"}`);
  await knex.raw(
    "create index muster_audit_event_people_event_id_index on muster_audit_event_people (event_id)",
  );
  // An event is written by one statement, however many people it has.
  for (const statement of isPostgres ? POSTGRES : SQLITE) await knex.raw(statement);
}

export async function down(knex: Knex): Promise<void> {
  const isPostgres = inPostgres(knex);
  await knex.raw(`drop trigger muster_audit_events_people ${isPostgres ? "on muster_audit_events" : ""}`);
  if (isPostgres) await knex.raw("drop function muster_audit_events_people()");
  await knex.schema.dropTable("muster_audit_event_people");
  await knex.raw("alter table muster_audit_events drop column people");
}

const inPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";

const insertFrom = (each: string) =>
  `insert into muster_audit_event_people (event_id, account_id, type)
   select new.id, person.key, person.value from ${each}(new.people) as person`;

const SQLITE = [
  `create trigger muster_audit_events_people after insert on muster_audit_events when new.people is not null begin
     ${insertFrom("json_each")};
   end`,
];

const POSTGRES = [
  `create function muster_audit_events_people() returns trigger language plpgsql as $$
   begin
     ${insertFrom("jsonb_each_text")};
     return null;
   end $$`,
  `create trigger muster_audit_events_people after insert on muster_audit_events
     for each row when (new.people is not null) execute function muster_audit_events_people()`,
];
