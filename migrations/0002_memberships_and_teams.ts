import type { Knex } from "knex";

/**
 * Who is a member of which organization, the teams inside organizations, and who is in which team.
 *
 * The database itself sees to two rules: when a membership ends, so do the person's team memberships in that
 * organization, and a team that a member leaves is in another version from then on.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";

  await knex.raw(`create table muster_memberships (
    organization_id ${text} not null constraint muster_memberships_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    account_id ${text} not null constraint muster_memberships_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- what the organization says of the person, apart from the account; as the columns of muster_accounts
    active boolean not null default true,
    is_active_assigned boolean not null default true,
    external_id ${text},
    roles text not null default '[]',
    roles_search ${json} not null default '{}',
    -- whether one of the roles is organization-admin
    is_admin boolean not null default false,
    source ${text} not null
      constraint muster_memberships_source_check check (source in ('scim', 'admin', 'invitation')),
    -- the id of the access token that added the member; the token may be gone
    added_by ${text},
    version integer not null default 1,
    -- The version that the organization sees of the person counts the account's changes since they became a member.
    profile_version_before integer not null default 1,
    created_at ${text} not null,
    updated_at ${text} not null default '',
    primary key (organization_id, account_id)
  )`);

  await knex.raw(`create table muster_teams (
    id ${text} not null primary key,
    organization_id ${text} not null constraint muster_teams_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    display_name ${text} not null,
    display_name_key ${text} not null,
    external_id ${text},
    description ${text},
    description_key ${text},
    version integer not null,
    created_at ${text} not null,
    updated_at ${text} not null,
    -- for the foreign key of muster_team_memberships
    constraint muster_teams_id_organization_id_unique unique (id, organization_id)
  )`);

  await knex.raw(`create table muster_team_memberships (
    team_id ${text} not null,
    account_id ${text} not null,
    -- the same as the team's, so that both foreign keys hold the member and the team in one organization
    organization_id ${text} not null,
    role ${text},
    role_key ${text},
    primary key (team_id, account_id),
    constraint muster_team_memberships_team_id_foreign foreign key (team_id, organization_id)
      references muster_teams (id, organization_id) on delete cascade,
    constraint muster_team_memberships_account_id_foreign foreign key (organization_id, account_id)
      references muster_memberships (organization_id, account_id) on delete cascade
  )`);

  for (const statement of [...INDEXES, ...(postgres ? POSTGRES_TRIGGER : SQLITE_TRIGGER)]) {
    await knex.raw(statement);
  }
}

const INDEXES = [
  // the organizations of a person; the primary key serves the members of an organization
  "create index muster_memberships_account_id_index on muster_memberships (account_id)",
  // what an organization's identity provider looks people up by
  "create index muster_memberships_external_id_index on muster_memberships (organization_id, external_id)",
  // Few members administer an organization.
  "create index muster_memberships_is_admin_index on muster_memberships (organization_id) where is_admin",
  // a team's name is unique in its organization
  `create unique index muster_teams_organization_id_display_name_key_unique
   on muster_teams (organization_id, display_name_key)`,
  // the teams of a person, in all organizations or in one, and the foreign key when a membership ends
  `create index muster_team_memberships_account_id_index
   on muster_team_memberships (account_id, organization_id)`,
];

const SQLITE_TRIGGER = [
  `create trigger muster_team_memberships_after_delete after delete on muster_team_memberships begin
     update muster_teams set version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
     where id = old.team_id;
   end`,
];

const POSTGRES_TRIGGER = [
  `create function muster_team_memberships_after_delete() returns trigger language plpgsql as $$
   begin
     update muster_teams set version = version + 1,
       updated_at = to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
     where id = old.team_id;
     return null;
   end $$`,
  `create trigger muster_team_memberships_after_delete after delete on muster_team_memberships
   for each row execute function muster_team_memberships_after_delete()`,
];

export async function down(knex: Knex): Promise<void> {
  for (const table of ["team_memberships", "teams", "memberships"]) {
    await knex.schema.dropTable(`muster_${table}`);
  }
  if ((knex.client as { dialect: string }).dialect === "postgresql") {
    await knex.raw("drop function muster_team_memberships_after_delete()");
  }
}
