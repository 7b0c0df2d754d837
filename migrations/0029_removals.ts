import type { Knex } from "knex";

/**
 * What actors took away, kept for a while so that it can be undone. A removal gathers what one actor took in one realm; its
 * items are what was taken, each with all that is needed to bring it back.
 *
 * No foreign key binds items to what they came from, since that is gone.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = isPostgres(knex);
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";

  await knex.raw(`create table muster_removals (
    id ${text} not null primary key,
    -- the realm that it belongs to; null: the provider's
    organization_id ${text},
    -- who took: 'token:<id>', 'user:<id>' or 'operator'; and the same in parts
    actor ${text} not null,
    token_id ${text},
    account_id ${text},
    -- whether it still gathers
    is_open boolean not null default true,
    created_at ${text} not null,
    expires_at ${text} not null,
    -- when the last item was brought back
    undone_at ${text},
    -- Numbers of what was taken, once the items are gone; until then, the items are counted.
    users integer,
    teams integer,
    roles integer,
    accounts integer,
    organizations integer
  )`);

  await knex.raw(`create table muster_removal_items (
    removal_id ${text} not null constraint muster_removal_items_removal_id_foreign
      references muster_removals (id) on delete cascade,
    kind ${text} not null constraint muster_removal_items_kind_check check (kind in
      ('organization', 'account', 'team', 'invitation', 'record', 'membership', 'seat', 'roles', 'deactivation')),
    -- What was taken, by the ids that it has, and '' for those that it has not: in the middle that of a team, also of the one
    -- that a seat is in, or of an invitation
    organization_id ${text} not null,
    resource_id ${text} not null,
    account_id ${text} not null,
    -- the realm of the removal, or '' for the provider's, and when it was taken: to count what is taken in a time
    realm ${text} not null,
    taken_at ${text} not null,
    -- whether it went with something larger, such as a membership with its account
    is_part boolean not null,
    display text,
    -- how many roles a person had by it, or had by the team that a seat is in
    roles integer not null default 0,
    data ${json},
    -- null: kept; 'restored'; 'failed': cannot come back; 'struck': was taken again by another actor
    state ${text},
    detail text,
    -- the team that got the members of one whose name was taken
    target_id ${text},
    primary key (removal_id, kind, organization_id, resource_id, account_id)
  )`);

  // The membership was brought back: its source is shown as 'restored'.
  await knex.raw(`alter table muster_memberships add column restored_at ${text}`);
  for (const index of INDEXES) await knex.raw(`create ${index}`);
  await knex.raw("drop index muster_memberships_source_index");
}

const INDEXES = [
  // An actor has one at a time that gathers.
  `unique index muster_removals_open_unique on muster_removals (coalesce(organization_id, ''), actor) where is_open`,
  "index muster_removals_organization_id_index on muster_removals (organization_id, id)",
  "index muster_removals_expires_at_index on muster_removals (expires_at)",
  "index muster_removal_items_taken_at_index on muster_removal_items (removal_id, taken_at)",
  // What is taken in a realm in a time
  "index muster_removal_items_realm_index on muster_removal_items (realm, taken_at)",
  // Who or what may be taken again by another actor
  "index muster_removal_items_account_id_index on muster_removal_items (account_id, organization_id) where account_id <> ''",
  "index muster_removal_items_resource_id_index on muster_removal_items (resource_id) where kind = 'team'",
  "index muster_removal_items_organization_id_index on muster_removal_items (organization_id) where kind = 'organization'",
  // What is counted, as muster_memberships_source_index was
  `index muster_memberships_own_source_index on muster_memberships (source, organization_id)
   where restored_at is null`,
  `index muster_memberships_restored_index on muster_memberships (organization_id)
   where restored_at is not null`,
];

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    "create index muster_memberships_source_index on muster_memberships (source, organization_id)",
  );
  for (const name of ["own_source", "restored"])
    await knex.raw(`drop index muster_memberships_${name}_index`);
  await knex.raw("alter table muster_memberships drop column restored_at");
  for (const table of ["removal_items", "removals"]) await knex.schema.dropTable(`muster_${table}`);
}

const isPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";
