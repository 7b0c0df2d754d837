import type { Knex } from "knex";

/**
 * Organizations, the accounts of people, and the accounts whose owners have yet to choose a password.
 *
 * What holds in all migrations:
 * - Every table, index, constraint, trigger and function has the prefix `muster_`, so that Muster can live in the
 *   database of another application. Names of constraints are part of the code: repositories know errors by them.
 * - Text compares byte by byte on both engines (`collate "C"` on PostgreSQL).
 * - A column that ends in `_key` has the value of the column before it, folded by `foldCase` of
 *   `src/domain/values/text.ts`: that is how it compares without case.
 * - Times are ISO 8601 text in UTC with milliseconds, which sorts as it reads. Ids are UUIDs of version 7.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";
  // Out of the folded JSON. PostgreSQL has to store what is generated; on SQLite, the index alone has it.
  const generated = (...path: readonly string[]) => {
    const names = path.map((name) => `"${name}"`);
    return postgres
      ? `text collate "C" generated always as ((search #>> '{${names.join(",")}}') collate "C") stored`
      : `text generated always as (json_extract(search, '$.${names.join(".")}')) virtual`;
  };
  const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

  await knex.raw(`create table muster_organizations (
    id ${text} not null primary key,
    display_name ${text} not null,
    display_name_key ${text} not null constraint muster_organizations_display_name_key_unique unique,
    external_id ${text},
    description ${text},
    description_key ${text},
    -- kept by whatever adds and removes members, so that nothing has to count them
    member_count integer not null default 0
      constraint muster_organizations_member_count_check check (member_count >= 0),
    version integer not null,
    created_at ${text} not null,
    updated_at ${text} not null
  )`);

  await knex.raw(`create table muster_accounts (
    id ${text} not null primary key,
    user_name ${text} not null,
    user_name_key ${text} not null constraint muster_accounts_user_name_key_unique unique,
    external_id ${text},
    display_name ${text},
    display_name_key ${text},
    active boolean not null,
    -- false: the client has unassigned 'active', which then is false here and absent in answers
    is_active_assigned boolean not null default true,
    -- scrypt, with its parameters and salt; null: the person has no password here
    password_hash text,
    -- the JSON list as it was sent, and {"roles": [...]} with folded strings for filters
    roles text not null default '[]',
    roles_search ${json} not null default '{}',
    -- whether one of the roles is provider-admin
    is_provider_admin boolean not null default false,
    -- the organization that created the account; null: the provider, or an organization that was deleted
    origin_organization_id ${text} constraint muster_accounts_origin_organization_id_foreign
      references muster_organizations (id) on delete set null,
    -- 'version' and 'updated_at' of all, and those of what organizations see of the account
    version integer not null,
    created_at ${text} not null,
    updated_at ${text} not null,
    profile_version integer not null default 1,
    profile_updated_at ${text} not null default '',
    -- What can be long comes last: SQLite reads a row from its beginning.
    -- All other attributes: a JSON object that is sent to clients as the text it is.
    profile text not null,
    -- the same for filters and sorting: strings that compare without case are folded
    search ${json} not null,
    family_name_key ${generated("name", "familyName")},
    department_key ${generated(enterpriseUser, "department")},
    employee_number_key ${generated(enterpriseUser, "employeeNumber")}
  )`);

  // One row for each e-mail address of an account, for filters; the account's profile has the addresses as sent.
  await knex.raw(`create table muster_account_emails (
    account_id ${text} not null constraint muster_account_emails_account_id_foreign
      references muster_accounts (id) on delete cascade,
    position integer not null,
    value_key ${text},
    display_key ${text},
    type_key ${text},
    is_primary boolean,
    primary key (account_id, position)
  )`);

  // One row for each account whose owner is to choose a password by a link in a mail; it goes when there is a password.
  await knex.raw(`create table muster_account_setups (
    account_id ${text} not null primary key constraint muster_account_setups_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- whose administrator asked for it; null: the provider's
    organization_id ${text} constraint muster_account_setups_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    -- part of the link: a link with another revision is void
    revision integer not null,
    sent_at ${text} not null,
    expires_at ${text} not null
  )`);

  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
}

const INDEXES = [
  // What clients look people and organizations up by, and what lists are sorted by.
  "organizations_external_id_index on muster_organizations (external_id)",
  "organizations_updated_at_index on muster_organizations (updated_at)",
  "accounts_external_id_index on muster_accounts (external_id)",
  "accounts_display_name_key_index on muster_accounts (display_name_key)",
  "accounts_updated_at_index on muster_accounts (updated_at)",
  // Many people have the same value: the id settles their order.
  "accounts_family_name_key_index on muster_accounts (family_name_key, id)",
  "accounts_department_key_index on muster_accounts (department_key, id)",
  "accounts_employee_number_key_index on muster_accounts (employee_number_key, id)",
  "account_emails_value_key_index on muster_account_emails (value_key)",
  // Few people administer the provider; whether there is one is asked before a role is taken away.
  "accounts_is_provider_admin_index on muster_accounts (id) where is_provider_admin",
  // What a foreign key needs when the row that it refers to is deleted.
  "accounts_origin_organization_id_index on muster_accounts (origin_organization_id)",
  "account_setups_organization_id_index on muster_account_setups (organization_id) where organization_id is not null",
];

export async function down(knex: Knex): Promise<void> {
  for (const table of ["account_setups", "account_emails", "accounts", "organizations"]) {
    await knex.schema.dropTable(`muster_${table}`);
  }
}
