import type { Knex } from "knex";

/**
 * Each organization's own record of a person: a membership has what the organization says of them, apart from the
 * account and from other organizations, with indexes that begin with the organization.
 *
 * The names, and the values that indexes have, are in every membership. The rest of the profile is stored once as long as
 * the organization shows what the account has; `profile` is null then.
 */
export async function up(knex: Knex): Promise<void> {
  const { text, json } = types(knex);

  const columns = [
    // The organization's name for the person, and what it looks people up and sorts them by; `_key` as in 0001.
    `user_name ${text} not null default ''`,
    `user_name_key ${text} not null default ''`,
    ...[...NAMED, ...FOUND].map((name) => `${name} ${text}`),
    // Whether the record shows what the provider and the person wrote in the account: the provider added the person, or
    // the person accepted an invitation. It matters until the organization writes.
    "shows_profile boolean not null default false",
    // The organization's own profile, as the columns of muster_accounts; null: what the account has, as far as
    // the organization sees it
    "profile text",
    `search ${json}`,
    // The organization's own password of the person, which opens this organization alone
    "password_hash text",
    // whether the organization chose that password, and the person has not replaced it since
    "is_password_assigned boolean not null default false",
  ];
  for (const column of columns) await knex.raw(`alter table muster_memberships add column ${column}`);

  for (const column of [
    // Whether the account follows the record of the organization that created it
    "in_care boolean not null default false",
    // What the provider and the person wrote of the profile, which an organization may see; null: all of it
    "shared_profile text",
    `shared_search ${json}`,
    // the display name, if the provider or the person wrote it
    `shared_display_name ${text}`,
    `shared_display_name_key ${text}`,
  ]) {
    await knex.raw(`alter table muster_accounts add column ${column}`);
  }
  // whether the provider or the person wrote the address
  await knex.raw("alter table muster_account_emails add column is_shared boolean not null default true");

  // The e-mail addresses of a record, as those of an account.
  await knex.raw(`create table muster_member_emails (
    organization_id ${text} not null,
    account_id ${text} not null,
    position integer not null,
    value_key ${text},
    display_key ${text},
    type_key ${text},
    is_primary boolean,
    primary key (organization_id, account_id, position),
    constraint muster_member_emails_account_id_foreign foreign key (organization_id, account_id)
      references muster_memberships (organization_id, account_id) on delete cascade
  )`);

  // The records of people who left, so that a person who comes back is known.
  await knex.raw(`create table muster_kept_records (
    organization_id ${text} not null constraint muster_kept_records_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    account_id ${text} not null constraint muster_kept_records_account_id_foreign
      references muster_accounts (id) on delete cascade,
    user_name ${text} not null,
    user_name_key ${text} not null,
    display_name ${text},
    external_id ${text},
    -- null: the organization had written nothing
    profile text,
    search ${json},
    ended_at ${text} not null,
    primary key (organization_id, account_id)
  )`);

  // The addresses that people proved by a link or a code in a mail, for good.
  await knex.raw(`create table muster_proved_addresses (
    account_id ${text} not null constraint muster_proved_addresses_account_id_foreign
      references muster_accounts (id) on delete cascade,
    value_key ${text} not null,
    proved_at ${text} not null,
    primary key (account_id, value_key)
  )`);

  await replaceSetups(knex, "account_id, coalesce(organization_id, '')", [
    // whether the link gives a password of the person; otherwise one that opens the organization alone
    "is_personal boolean not null default true",
    // where the link was sent
    `address ${text}`,
  ]);
  for (const statement of FILL) await knex.raw(statement);
  for (const column of ["profile_version", "profile_updated_at"]) {
    await knex.raw(`alter table muster_accounts drop column ${column}`);
  }
  await knex.raw("alter table muster_memberships drop column profile_version_before");
  await knex.raw("drop index muster_memberships_external_id_index");
  for (const index of INDEXES) await knex.raw(`create ${index}`);
}

const NAMED = ["display_name", "display_name_key"];
const FOUND = ["family_name_key", "department_key", "employee_number_key"];

const INDEXES = [
  `unique index muster_memberships_organization_id_user_name_key_unique
   on muster_memberships (organization_id, user_name_key)`,
  // Many people have the same value: the id settles their order.
  ...["external_id", "display_name_key", ...FOUND, "updated_at", "created_at"].map(
    (column) =>
      `index muster_memberships_${column}_index on muster_memberships (organization_id, ${column}, account_id)`,
  ),
  "index muster_accounts_shared_display_name_key_index on muster_accounts (shared_display_name_key)",
  "index muster_member_emails_value_key_index on muster_member_emails (organization_id, value_key)",
  "index muster_kept_records_user_name_key_index on muster_kept_records (organization_id, user_name_key)",
  "index muster_kept_records_account_id_index on muster_kept_records (account_id)",
  "index muster_kept_records_ended_at_index on muster_kept_records (ended_at)",
  "index muster_proved_addresses_value_key_index on muster_proved_addresses (value_key)",
];

/** A profile that says nothing. */
const NOTHING = '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}';

/** Until now, all organizations of a person showed the account as it was. */
const FILL = [
  `update muster_memberships set
     user_name = accounts.user_name, user_name_key = accounts.user_name_key,
     ${[...NAMED, ...FOUND].map((name) => `${name} = accounts.${name}`).join(", ")},
     shows_profile = accounts.origin_organization_id is null,
     version = accounts.profile_version - profile_version_before + muster_memberships.version,
     updated_at = case when accounts.profile_updated_at > muster_memberships.updated_at
       then accounts.profile_updated_at else muster_memberships.updated_at end
   from muster_accounts as accounts where accounts.id = muster_memberships.account_id`,
  `update muster_accounts set in_care = true where origin_organization_id is not null and not is_provider_admin
   and exists (select 1 from muster_memberships as memberships
     where memberships.account_id = muster_accounts.id
     and memberships.organization_id = muster_accounts.origin_organization_id)
   and not exists (select 1 from muster_memberships as memberships
     where memberships.account_id = muster_accounts.id
     and memberships.organization_id <> muster_accounts.origin_organization_id)`,
  // An organization may have written what these accounts have, so nobody else's record follows it.
  `update muster_accounts set shared_profile = '${NOTHING}', shared_search = '${NOTHING}'
   where origin_organization_id is not null`,
  `update muster_accounts set shared_display_name = display_name, shared_display_name_key = display_name_key
   where origin_organization_id is null`,
  `update muster_account_emails set is_shared = false where account_id in
     (select id from muster_accounts where origin_organization_id is not null)`,
  `update muster_memberships set profile = accounts.profile, search = accounts.search
   from muster_accounts as accounts where accounts.id = muster_memberships.account_id
   and accounts.origin_organization_id is not null and not accounts.in_care`,
  `insert into muster_member_emails
     (organization_id, account_id, position, value_key, display_key, type_key, is_primary)
   select memberships.organization_id, emails.account_id, emails.position, emails.value_key, emails.display_key,
     emails.type_key, emails.is_primary
   from muster_account_emails as emails
     join muster_memberships as memberships on memberships.account_id = emails.account_id`,
  // Nobody knows any more how a password came to an account that an organization created.
  `update muster_memberships set password_hash = accounts.password_hash, is_password_assigned = true
   from muster_accounts as accounts where accounts.id = muster_memberships.account_id
   and accounts.origin_organization_id = muster_memberships.organization_id`,
  `update muster_accounts set password_hash = null where origin_organization_id is not null`,
  `update muster_account_setups set is_personal = false where organization_id is not null`,
];

/**
 * Makes the table of setups anew, with what is in it.
 *
 * @param key what is unique
 * @param columns more than the others
 */
async function replaceSetups(knex: Knex, key: string, columns: readonly string[]): Promise<void> {
  const { text } = types(knex);
  const names = "account_id, organization_id, revision, sent_at, expires_at";
  await knex.raw(`create temporary table muster_moved as select ${names} from muster_account_setups`);
  await knex.schema.dropTable("muster_account_setups");
  await knex.raw(`create table muster_account_setups (
    account_id ${text} not null constraint muster_account_setups_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- whose administrator asked for it; null: the provider's
    organization_id ${text} constraint muster_account_setups_organization_id_foreign
      references muster_organizations (id) on delete cascade,
    -- part of the link: a link with another revision is void
    revision integer not null,
    sent_at ${text} not null,
    expires_at ${text} not null${columns.map((column) => `,\n    ${column}`).join("")}
  )`);
  await knex.raw(
    `create unique index muster_account_setups_account_id_unique on muster_account_setups (${key})`,
  );
  await knex.raw(
    `create index muster_account_setups_organization_id_index on muster_account_setups (organization_id)
     where organization_id is not null`,
  );
  await knex.raw(`insert into muster_account_setups (${names}) select ${names} from muster_moved`);
  await knex.schema.dropTable("muster_moved");
}

function types(knex: Knex): { text: string; json: string } {
  return (knex.client as { dialect: string }).dialect === "postgresql"
    ? { text: 'text collate "C"', json: "jsonb" }
    : { text: "text", json: "text" };
}

export async function down(knex: Knex): Promise<void> {
  const { text } = types(knex);
  await knex.raw(
    `delete from muster_account_setups where organization_id is not null and account_id in
       (select account_id from muster_account_setups where organization_id is null)`,
  );
  await replaceSetups(knex, "account_id", []);
  for (const table of ["proved_addresses", "kept_records", "member_emails"]) {
    await knex.schema.dropTable(`muster_${table}`);
  }
  for (const index of INDEXES) {
    const [, name] =
      /index (\w+) on muster_(?:memberships|accounts)/.exec(index.replaceAll(/\s+/g, " ")) ?? [];
    if (name !== undefined) await knex.raw(`drop index ${name}`);
  }
  await knex.raw(
    "create index muster_memberships_external_id_index on muster_memberships (organization_id, external_id)",
  );
  const drop = async (table: string, columns: readonly string[]) => {
    for (const column of columns) await knex.raw(`alter table muster_${table} drop column ${column}`);
  };
  await drop("memberships", [
    ...["user_name", "user_name_key", ...NAMED, ...FOUND],
    ...["shows_profile", "profile", "search", "password_hash", "is_password_assigned"],
  ]);
  await drop("accounts", [
    ...["in_care", "shared_profile", "shared_search", "shared_display_name", "shared_display_name_key"],
  ]);
  await drop("account_emails", ["is_shared"]);
  await knex.raw("alter table muster_accounts add column profile_version integer not null default 1");
  await knex.raw(`alter table muster_accounts add column profile_updated_at ${text} not null default ''`);
  await knex.raw(
    "alter table muster_memberships add column profile_version_before integer not null default 1",
  );
}
