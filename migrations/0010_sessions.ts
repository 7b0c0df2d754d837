import type { Knex } from "knex";

/** People who are signed in: one row for each session. A row goes when the session ends, or after its time is over. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_sessions (
    id ${text} not null primary key,
    -- SHA-256 of the secret in the cookie, in hexadecimal; the secret itself is not stored
    secret_hash ${text} not null constraint muster_sessions_secret_hash_unique unique,
    account_id ${text} not null constraint muster_sessions_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- the organization whose credential it began with, and which alone it opens; null: a credential of the person
    credential_organization_id ${text},
    -- The hash of the password that it began with. When the person or the organization has another one, or none, the
    -- session has ended, whatever changed it.
    password_hash text not null,
    -- where it acts: 'provider', or the id of an organization; null: nowhere, until the person chooses a realm
    realm ${text},
    created_at ${text} not null,
    -- to the minute
    last_used_at ${text} not null,
    expires_at ${text} not null,
    address ${text},
    -- what the browser calls itself
    client text,
    constraint muster_sessions_credential_organization_id_foreign
      foreign key (credential_organization_id, account_id)
      references muster_memberships (organization_id, account_id) on delete cascade
  )`);
  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
}

const INDEXES = [
  "sessions_account_id_index on muster_sessions (account_id)",
  `sessions_credential_organization_id_index on muster_sessions (credential_organization_id, account_id)
   where credential_organization_id is not null`,
  "sessions_realm_index on muster_sessions (realm, id)",
  "sessions_expires_at_index on muster_sessions (expires_at)",
];

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("muster_sessions");
}
