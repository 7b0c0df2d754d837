import type { Knex } from "knex";

/** Mail that is to be sent, written in the transaction of its cause. What it says is made when it is sent. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.raw(`create table outbox (
    id ${text} not null primary key,
    kind ${text} not null,
    -- null: the address that the account has when it is sent
    address ${text},
    invitation_id ${text}
      constraint outbox_invitation_id_foreign references invitations (id) on delete cascade,
    account_id ${text}
      constraint outbox_account_id_foreign references accounts (id) on delete cascade,
    organization_id ${text}
      constraint outbox_organization_id_foreign references organizations (id) on delete cascade,
    revision integer not null,
    -- lower goes first: somebody waits for a code
    priority integer not null,
    created_at ${text} not null,
    due_at ${text} not null,
    attempts integer not null default 0,
    claimed_until ${text},
    ended_at ${text},
    result ${text}
  )`);
  await knex.raw("create index outbox_due_at_index on outbox (priority, due_at, id) where ended_at is null");
  await knex.raw("create index outbox_ended_at_index on outbox (ended_at) where ended_at is not null");
  for (const column of ["invitation_id", "account_id", "organization_id"]) {
    await knex.raw(`create index outbox_${column}_index on outbox (${column}) where ${column} is not null`);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("outbox");
}
