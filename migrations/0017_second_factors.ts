import type { Knex } from "knex";

/** Second factors of people (TOTP, RFC 6238), and that organizations can require them of their administrators. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_second_factors (
    id ${text} not null primary key,
    account_id ${text} not null constraint muster_second_factors_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- the organization whose password it guards, and no other; null: it guards the person's own
    organization_id ${text},
    -- the secret that the app shares, encrypted with the key 'factors'
    secret text not null,
    -- The last time step whose code was accepted: that code and earlier ones are not accepted again.
    last_step integer not null,
    created_at ${text} not null,
    constraint muster_second_factors_organization_id_foreign foreign key (organization_id, account_id)
      references muster_memberships (organization_id, account_id) on delete cascade
  )`);
  await knex.raw(`create table muster_recovery_codes (
    factor_id ${text} not null constraint muster_recovery_codes_factor_id_foreign
      references muster_second_factors (id) on delete cascade,
    -- SHA-256 in hexadecimal; a code that was used has no row
    code_hash ${text} not null,
    primary key (factor_id, code_hash)
  )`);
  await knex.raw(`create table muster_sign_in_challenges (
    -- SHA-256 of the secret in the cookie, in hexadecimal; the secret itself is not stored
    secret_hash ${text} not null primary key,
    factor_id ${text} not null constraint muster_sign_in_challenges_factor_id_foreign
      references muster_second_factors (id) on delete cascade,
    -- the hash of the password that was entered
    password_hash text not null,
    -- the organization at whose address the person signs in; null: at the common one
    sign_in_organization_id ${text},
    -- how many codes were tried
    attempts integer not null,
    expires_at ${text} not null
  )`);
  // When a code of the factor was shown in the session; ISO 8601 in UTC.
  await knex.raw(`alter table muster_sessions add column factor_at ${text}`);
  // The factor that was shown in the session, which may have been removed since.
  await knex.raw(`alter table muster_sessions add column factor_id ${text}`);
  await knex.raw(
    "alter table muster_organizations add column requires_second_factor boolean not null default false",
  );
  for (const index of INDEXES) await knex.raw(`create ${index}`);
}

const INDEXES = [
  `unique index muster_second_factors_account_id_unique
   on muster_second_factors (account_id, coalesce(organization_id, ''))`,
  `index muster_second_factors_organization_id_index
   on muster_second_factors (organization_id, account_id) where organization_id is not null`,
  "index muster_sign_in_challenges_factor_id_index on muster_sign_in_challenges (factor_id)",
  "index muster_sign_in_challenges_expires_at_index on muster_sign_in_challenges (expires_at)",
];

export async function down(knex: Knex): Promise<void> {
  for (const column of ["factor_id", "factor_at"]) {
    await knex.raw(`alter table muster_sessions drop column ${column}`);
  }
  await knex.raw("alter table muster_organizations drop column requires_second_factor");
  await knex.raw("drop table muster_sign_in_challenges");
  await knex.raw("drop table muster_recovery_codes");
  await knex.raw("drop table muster_second_factors");
}
