import type { Knex } from "knex";

/**
 * Teams are the Groups of an organization's realm: they count their members, give roles, and are found and sorted as
 * organizations are.
 *
 * The database counts: whatever adds or removes members of a team, the count and the version follow. On PostgreSQL once
 * for each statement, since a row that one transaction updates many times is slow there.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = isPostgres(knex);
  const json = postgres ? "jsonb" : "text";
  const columns = [
    "member_count integer not null default 0",
    // the organization's roles that the members have: the JSON list, and {"roles": [...]} with folded strings for filters
    "roles text not null default '[]'",
    `roles_search ${json} not null default '{}'`,
    // whether one of the roles is organization-admin
    "is_admin boolean not null default false",
  ];
  for (const column of columns) await knex.raw(`alter table muster_teams add column ${column}`);
  await knex.raw(`update muster_teams set member_count =
    (select count(*) from muster_team_memberships where team_id = muster_teams.id)`);
  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
  await run(knex, postgres ? [...DROP_IN_POSTGRES, ...IN_POSTGRES] : [DROP_IN_SQLITE, ...IN_SQLITE]);
}

export async function down(knex: Knex): Promise<void> {
  const postgres = isPostgres(knex);
  await run(
    knex,
    postgres
      ? [
          "drop trigger muster_team_memberships_after_insert on muster_team_memberships",
          "drop function muster_team_memberships_after_insert()",
          ...DROP_IN_POSTGRES,
          ...BEFORE_IN_POSTGRES,
        ]
      : ["drop trigger muster_team_memberships_after_insert", DROP_IN_SQLITE, ...BEFORE_IN_SQLITE],
  );
  for (const index of INDEXES) await knex.raw(`drop index muster_${index.split(" ")[0]}`);
  for (const column of ["is_admin", "roles_search", "roles", "member_count"]) {
    await knex.raw(`alter table muster_teams drop column ${column}`);
  }
}

const isPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";

async function run(knex: Knex, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await knex.raw(statement);
}

const INDEXES = [
  "teams_organization_id_external_id_index on muster_teams (organization_id, external_id)",
  "teams_organization_id_updated_at_index on muster_teams (organization_id, updated_at)",
  "teams_organization_id_index on muster_teams (organization_id, id)",
  "teams_is_admin_index on muster_teams (organization_id) where is_admin",
  // what the provider's lists are sorted by
  "teams_display_name_key_index on muster_teams (display_name_key)",
  "teams_external_id_index on muster_teams (external_id)",
  "teams_updated_at_index on muster_teams (updated_at)",
];

const DROP_IN_SQLITE = "drop trigger muster_team_memberships_after_delete";

const IN_SQLITE = [
  `create trigger muster_team_memberships_after_delete after delete on muster_team_memberships begin
     update muster_teams set member_count = member_count - 1, version = version + 1,
       updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
     where id = old.team_id;
   end`,
  `create trigger muster_team_memberships_after_insert after insert on muster_team_memberships begin
     update muster_teams set member_count = member_count + 1 where id = new.team_id;
   end`,
];

const DROP_IN_POSTGRES = [
  "drop trigger muster_team_memberships_after_delete on muster_team_memberships",
  "drop function muster_team_memberships_after_delete()",
];

const NOW_IN_POSTGRES = `to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const IN_POSTGRES = [
  `create function muster_team_memberships_after_delete() returns trigger language plpgsql as $$
   begin
     update muster_teams as teams set member_count = teams.member_count - gone.members,
       version = teams.version + 1, updated_at = ${NOW_IN_POSTGRES}
     from (select team_id, count(*) as members from removed group by team_id) as gone
     where teams.id = gone.team_id;
     return null;
   end $$`,
  `create trigger muster_team_memberships_after_delete after delete on muster_team_memberships
   referencing old table as removed for each statement
   execute function muster_team_memberships_after_delete()`,
  `create function muster_team_memberships_after_insert() returns trigger language plpgsql as $$
   begin
     update muster_teams as teams set member_count = teams.member_count + fresh.members
     from (select team_id, count(*) as members from added group by team_id) as fresh
     where teams.id = fresh.team_id;
     return null;
   end $$`,
  `create trigger muster_team_memberships_after_insert after insert on muster_team_memberships
   referencing new table as added for each statement
   execute function muster_team_memberships_after_insert()`,
];

/** As the second migration made them. */
const BEFORE_IN_SQLITE = [
  `create trigger muster_team_memberships_after_delete after delete on muster_team_memberships begin
     update muster_teams set version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
     where id = old.team_id;
   end`,
];

const BEFORE_IN_POSTGRES = [
  `create function muster_team_memberships_after_delete() returns trigger language plpgsql as $$
   begin
     update muster_teams set version = version + 1, updated_at = ${NOW_IN_POSTGRES}
     where id = old.team_id;
     return null;
   end $$`,
  `create trigger muster_team_memberships_after_delete after delete on muster_team_memberships
   for each row execute function muster_team_memberships_after_delete()`,
];
