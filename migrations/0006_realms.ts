import type { Knex } from "knex";

/**
 * What an organization says of its members apart from their accounts, roles, and access tokens of one
 * organization.
 *
 * Roles are kept twice, as a JSON list as sent and as `{"roles": [...]}` with folded strings for filters.
 * A membership has a version of its own; what an organization sees of the account begins to count when
 * it becomes a member (`profile_version_before`).
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";
  const run = async (...statements: readonly string[]) => {
    for (const statement of statements) await knex.raw(statement);
  };

  await run(
    "alter table accounts add column roles text not null default '[]'",
    `alter table accounts add column roles_search ${json} not null default '{}'`,
    "alter table accounts add column is_provider_admin boolean not null default false",
    `alter table accounts add column origin_organization_id ${text}
       constraint accounts_origin_organization_id_foreign references organizations (id) on delete set null`,
    "alter table accounts add column profile_version integer not null default 1",
    `alter table accounts add column profile_updated_at ${text} not null default ''`,
    "update accounts set profile_updated_at = updated_at",
    ...(postgres ? POSTGRES_ROLES : SQLITE_ROLES),
    "create index accounts_origin_organization_id_index on accounts (origin_organization_id)",
    "create index accounts_is_provider_admin_index on accounts (id) where is_provider_admin",

    "alter table memberships drop column roles",
    "alter table memberships add column roles text not null default '[]'",
    `alter table memberships add column roles_search ${json} not null default '{}'`,
    "alter table memberships add column is_admin boolean not null default false",
    "alter table memberships add column is_active_assigned boolean not null default true",
    "alter table memberships add column version integer not null default 1",
    `alter table memberships add column updated_at ${text} not null default ''`,
    "alter table memberships add column profile_version_before integer not null default 1",
    "update memberships set updated_at = created_at",
    "create index memberships_external_id_index on memberships (organization_id, external_id)",
    "create index memberships_is_admin_index on memberships (organization_id) where is_admin",

    `alter table access_tokens add column organization_id ${text}
       constraint access_tokens_organization_id_foreign references organizations (id) on delete cascade`,
    "alter table access_tokens add column read_only boolean not null default false",
    "create index access_tokens_organization_id_index on access_tokens (organization_id)",
  );
}

/** Takes the roles out of the profiles. */
const SQLITE_ROLES = [
  `update accounts set
     roles = json_extract(profile, '$.roles'), roles_search = json_object('roles', json_extract(search, '$.roles')),
     profile = json_remove(profile, '$.roles'), search = json_remove(search, '$.roles')
   where json_type(profile, '$.roles') = 'array'`,
];

const POSTGRES_ROLES = [
  `update accounts set
     roles = (profile::jsonb -> 'roles')::text, roles_search = jsonb_build_object('roles', search -> 'roles'),
     profile = (profile::jsonb - 'roles')::text, search = search - 'roles'
   where profile::jsonb -> 'roles' is not null`,
];

export function down(): Promise<void> {
  return Promise.reject(new Error("Realms cannot be taken back; restore a copy of the database instead"));
}
