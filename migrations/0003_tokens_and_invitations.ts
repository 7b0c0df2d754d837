import type { Knex } from "knex";

/**
 * Access tokens, secret keys, and invitations: what they are, the addresses that they are for, what accepting them
 * gives, who has accepted, and the codes that prove an address.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_access_tokens (
    id ${text} not null primary key,
    name ${text} not null,
    -- SHA-256 of the secret, in hexadecimal; the secret itself is not stored
    token_hash ${text} not null constraint muster_access_tokens_token_hash_unique unique,
    -- the realm that the token acts in; null: the provider's
    organization_id ${text} constraint muster_access_tokens_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    read_only boolean not null default false,
    -- the person whom the token belongs to; null: a machine's
    account_id ${text} constraint muster_access_tokens_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- The person who made a machine's token, and when that person lost the power to make it. The id stays when the
    -- account is deleted, so that nobody else is taken for the maker; so there is no foreign key.
    maker_account_id ${text},
    orphaned_at ${text},
    -- the secret before the last rotation, whose it is, and until when it is valid
    previous_hash ${text},
    previous_maker_account_id ${text},
    previous_ends_at ${text},
    version integer not null default 1,
    created_at ${text} not null,
    updated_at ${text} not null default '',
    expires_at ${text},
    revoked_at ${text},
    last_used_at ${text}
  )`);

  // Hashes of the secrets in settings that became tokens. Each becomes one once only, so that a token that was
  // rotated or revoked stays so after a restart.
  await knex.raw(`create table muster_adopted_secrets (hash ${text} not null primary key)`);

  // Secret keys that all processes on one database share, made when they are first needed; 'value' is base64.
  await knex.raw("create table muster_keys (name text not null primary key, value text not null)");

  await knex.raw(`create table muster_invitations (
    id ${text} not null primary key,
    organization_id ${text} not null constraint muster_invitations_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    name ${text},
    name_key ${text},
    description ${text},
    description_key ${text},
    given_name ${text},
    given_name_key ${text},
    family_name ${text},
    family_name_key ${text},
    expires_at ${text},
    -- how many people may accept; null: any number
    quota integer,
    enabled boolean not null,
    accepted_count integer not null default 0,
    -- part of every link: a link with another revision is void
    revision integer not null default 1,
    -- The token that it was made with, if it was one; the person who made it, by their own token or otherwise; for a
    -- machine's token, the person who had made that by then. Ids of tokens and makers stay when those are gone.
    inviter_token_id ${text},
    inviter_account_id ${text} constraint muster_invitations_inviter_account_id_foreign
      references muster_accounts (id) on delete set null,
    inviter_maker_id ${text},
    version integer not null,
    created_at ${text} not null,
    updated_at ${text} not null
  )`);

  /** A table of what belongs to an invitation. */
  const part = (name: string, columns: string) =>
    knex.raw(`create table muster_invitation_${name} (
      invitation_id ${text} not null constraint muster_invitation_${name}_invitation_id_foreign
        references muster_invitations (id) on delete cascade,
      ${columns}
    )`);

  await part(
    "emails",
    `position integer not null,
     value ${text} not null,
     value_key ${text} not null,
     accepted_at ${text},
     declined_at ${text},
     primary key (invitation_id, value_key)`,
  );
  await part(
    "roles",
    `position integer not null,
     value ${text} not null,
     value_key ${text} not null,
     primary key (invitation_id, value_key)`,
  );
  await part(
    "teams",
    `position integer not null,
     team_id ${text} not null constraint muster_invitation_teams_team_id_foreign
       references muster_teams (id) on delete cascade,
     primary key (invitation_id, team_id)`,
  );
  await part(
    "acceptances",
    `account_id ${text} not null constraint muster_invitation_acceptances_account_id_foreign
       references muster_accounts (id) on delete cascade,
     accepted_at ${text} not null,
     primary key (invitation_id, account_id)`,
  );
  await part(
    "codes",
    // The code is made from a secret key and the number, so it is stored nowhere.
    `address_key ${text} not null,
     number integer not null,
     expires_at ${text} not null,
     primary key (invitation_id, address_key)`,
  );

  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
}

const INDEXES = [
  // A request can come with the secret before the last rotation.
  "access_tokens_previous_hash_index on muster_access_tokens (previous_hash)",
  "access_tokens_organization_id_index on muster_access_tokens (organization_id)",
  "access_tokens_account_id_index on muster_access_tokens (account_id)",
  // What a person made is looked for when they lose power. Few people make tokens: for most it costs next to nothing.
  `access_tokens_maker_account_id_index on muster_access_tokens (maker_account_id)
   where maker_account_id is not null`,
  `access_tokens_previous_maker_account_id_index on muster_access_tokens (previous_maker_account_id)
   where previous_maker_account_id is not null`,
  "invitations_organization_id_index on muster_invitations (organization_id)",
  "invitations_inviter_token_id_index on muster_invitations (inviter_token_id)",
  "invitations_inviter_account_id_index on muster_invitations (inviter_account_id)",
  `invitations_inviter_maker_id_index on muster_invitations (inviter_maker_id)
   where inviter_maker_id is not null`,
  // which invitations an address has
  "invitation_emails_value_key_index on muster_invitation_emails (value_key)",
  // What a foreign key needs when the row that it refers to is deleted.
  "invitation_teams_team_id_index on muster_invitation_teams (team_id)",
  "invitation_acceptances_account_id_index on muster_invitation_acceptances (account_id)",
];

export async function down(knex: Knex): Promise<void> {
  for (const part of ["codes", "acceptances", "teams", "roles", "emails"]) {
    await knex.schema.dropTable(`muster_invitation_${part}`);
  }
  for (const table of ["invitations", "keys", "adopted_secrets", "access_tokens"]) {
    await knex.schema.dropTable(`muster_${table}`);
  }
}
