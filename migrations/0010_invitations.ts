import type { Knex } from "knex";

/**
 * Offers to join an organization, whom they are addressed to, what accepting gives, and who has accepted.
 *
 * `revision` is part of every link: a link that was made for another one is void.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.raw(`create table invitations (
    id ${text} not null primary key,
    organization_id ${text} not null
      constraint invitations_organization_id_foreign references organizations (id) on delete cascade,
    name ${text},
    name_key ${text},
    description ${text},
    description_key ${text},
    given_name ${text},
    given_name_key ${text},
    family_name ${text},
    family_name_key ${text},
    expires_at ${text},
    quota integer,
    enabled boolean not null,
    accepted_count integer not null default 0,
    revision integer not null default 1,
    inviter_token_id ${text} not null,
    inviter_account_id ${text}
      constraint invitations_inviter_account_id_foreign references accounts (id) on delete set null,
    version integer not null,
    created_at ${text} not null,
    updated_at ${text} not null
  )`);
  await knex.raw("create index invitations_organization_id_index on invitations (organization_id)");
  await knex.raw("create index invitations_inviter_account_id_index on invitations (inviter_account_id)");
  const child = (name: string, columns: string) =>
    knex.raw(`create table ${name} (
      invitation_id ${text} not null
        constraint ${name}_invitation_id_foreign references invitations (id) on delete cascade,
      position integer not null,
      ${columns}
    )`);
  await child(
    "invitation_emails",
    `value ${text} not null, value_key ${text} not null, accepted_at ${text}, declined_at ${text},
     primary key (invitation_id, value_key)`,
  );
  await knex.raw("create index invitation_emails_value_key_index on invitation_emails (value_key)");
  await child(
    "invitation_roles",
    `value ${text} not null, value_key ${text} not null, primary key (invitation_id, value_key)`,
  );
  await child(
    "invitation_teams",
    `team_id ${text} not null
       constraint invitation_teams_team_id_foreign references teams (id) on delete cascade,
     primary key (invitation_id, team_id)`,
  );
  await knex.raw("create index invitation_teams_team_id_index on invitation_teams (team_id)");
  await knex.raw(`create table invitation_acceptances (
    invitation_id ${text} not null
      constraint invitation_acceptances_invitation_id_foreign references invitations (id) on delete cascade,
    account_id ${text} not null
      constraint invitation_acceptances_account_id_foreign references accounts (id) on delete cascade,
    accepted_at ${text} not null,
    primary key (invitation_id, account_id)
  )`);
  await knex.raw(
    "create index invitation_acceptances_account_id_index on invitation_acceptances (account_id)",
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ["acceptances", "teams", "roles", "emails"]) {
    await knex.schema.dropTable(`invitation_${table}`);
  }
  await knex.schema.dropTable("invitations");
}
