import type { Knex } from "knex";

/** Mail that is to be sent, and how often something was done that has a limit. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  // Written in the transaction that causes the mail. What the mail says is made when it is sent, so it says what is
  // true by then, and no link is stored.
  await knex.raw(`create table muster_outbox (
    id ${text} not null primary key,
    kind ${text} not null,
    -- null: the address that the account has when the mail is sent
    address ${text},
    -- what the mail is about; it is not sent when that is gone
    invitation_id ${text} constraint muster_outbox_invitation_id_foreign
      references muster_invitations (id) on delete cascade,
    account_id ${text} constraint muster_outbox_account_id_foreign
      references muster_accounts (id) on delete cascade,
    organization_id ${text} constraint muster_outbox_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    -- what the organization was called, for mail about its end, which has no organization_id
    organization_name text,
    -- that of the link
    revision integer not null,
    -- The lowest goes first: for a code, a person is waiting.
    priority integer not null,
    created_at ${text} not null,
    -- when it is sent, or tried again
    due_at ${text} not null,
    attempts integer not null default 0,
    -- until when a process has it to itself
    claimed_until ${text},
    -- when it was sent or given up, and which of the two
    ended_at ${text},
    result ${text}
  )`);

  await knex.raw(`create table muster_rate_limits (
    -- what is counted, and for whom
    name ${text} not null primary key,
    count integer not null,
    -- when the window of time ends that it is counted in
    resets_at ${text} not null
  )`);

  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
}

const INDEXES = [
  // what is sent next, in that order
  "outbox_due_at_index on muster_outbox (priority, due_at, id) where ended_at is null",
  // what is old enough to be forgotten
  "outbox_ended_at_index on muster_outbox (ended_at) where ended_at is not null",
  "rate_limits_resets_at_index on muster_rate_limits (resets_at)",
  // What a foreign key needs when the row that it refers to is deleted.
  "outbox_invitation_id_index on muster_outbox (invitation_id) where invitation_id is not null",
  "outbox_account_id_index on muster_outbox (account_id) where account_id is not null",
  "outbox_organization_id_index on muster_outbox (organization_id) where organization_id is not null",
];

export async function down(knex: Knex): Promise<void> {
  for (const table of ["rate_limits", "outbox"]) await knex.schema.dropTable(`muster_${table}`);
}
