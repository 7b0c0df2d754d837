import type { Knex } from "knex";

/**
 * Teams inside of organizations. Whoever leaves the organization leaves its teams, and a team that somebody
 * leaves is in another version from then on: the database sees to both.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.raw(`create table teams (
    id ${text} not null primary key,
    organization_id ${text} not null
      constraint teams_organization_id_foreign references organizations (id) on delete cascade,
    display_name ${text} not null,
    display_name_key ${text} not null,
    external_id ${text},
    description ${text},
    description_key ${text},
    version integer not null,
    created_at ${text} not null,
    updated_at ${text} not null,
    constraint teams_id_organization_id_unique unique (id, organization_id)
  )`);
  await knex.raw(
    "create unique index teams_organization_id_display_name_key_unique on teams (organization_id, display_name_key)",
  );
  await knex.raw(`create table team_memberships (
    team_id ${text} not null,
    account_id ${text} not null,
    organization_id ${text} not null,
    role ${text},
    role_key ${text},
    primary key (team_id, account_id),
    constraint team_memberships_team_id_foreign
      foreign key (team_id, organization_id) references teams (id, organization_id) on delete cascade,
    constraint team_memberships_account_id_foreign
      foreign key (organization_id, account_id) references memberships (organization_id, account_id)
      on delete cascade
  )`);
  await knex.raw(
    "create index team_memberships_account_id_index on team_memberships (organization_id, account_id)",
  );
  for (const statement of postgres ? POSTGRES_TRIGGER : SQLITE_TRIGGER) await knex.raw(statement);
}

const SQLITE_TRIGGER = [
  `create trigger team_memberships_after_delete after delete on team_memberships begin
     update teams set version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
     where id = old.team_id;
   end`,
];

const POSTGRES_TRIGGER = [
  `create function team_memberships_after_delete() returns trigger language plpgsql as $$
   begin
     update teams set version = version + 1,
       updated_at = to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
     where id = old.team_id;
     return null;
   end $$`,
  `create trigger team_memberships_after_delete after delete on team_memberships
   for each row execute function team_memberships_after_delete()`,
];

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("team_memberships");
  await knex.schema.dropTable("teams");
  if ((knex.client as { dialect: string }).dialect === "postgresql") {
    await knex.raw("drop function team_memberships_after_delete()");
  }
}
