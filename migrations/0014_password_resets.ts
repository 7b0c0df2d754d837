import type { Knex } from "knex";

/** Links by which people who forgot their password choose a new one. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_password_resets (
    account_id ${text} not null constraint muster_password_resets_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- the organization that the new password opens alone; null: it is the person's
    organization_id ${text},
    -- part of the link, random: a link with another one is void
    revision integer not null,
    address ${text} not null,
    -- the hash of the password that is to be replaced: the link is void when it is no longer the current one
    password_hash ${text},
    expires_at ${text} not null,
    constraint muster_password_resets_organization_id_foreign foreign key (organization_id, account_id)
      references muster_memberships (organization_id, account_id) on delete cascade
  )`);
  await knex.raw(`create unique index muster_password_resets_account_id_unique
    on muster_password_resets (account_id, coalesce(organization_id, ''))`);
  await knex.raw(`create index muster_password_resets_organization_id_index
    on muster_password_resets (organization_id, account_id) where organization_id is not null`);
  await knex.raw(
    `create index muster_password_resets_expires_at_index on muster_password_resets (expires_at)`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop table muster_password_resets");
}
