import type { Knex } from "knex";

/**
 * What administrators ask: by whom people were added, when they were last active, how many of them are what, what became of
 * mail, and what a request asked for.
 */
export async function up(knex: Knex): Promise<void> {
  for (const [table, columns] of Object.entries(columnsOf(knex))) {
    for (const column of columns) await knex.raw(`alter table muster_${table} add column ${column}`);
  }
  for (const statement of FILL) await knex.raw(statement);
  for (const index of INDEXES) await knex.raw(`create index muster_${index}`);
}

export async function down(knex: Knex): Promise<void> {
  for (const index of INDEXES) await knex.raw(`drop index muster_${index.split(" ")[0]}`);
  for (const [table, columns] of Object.entries(columnsOf(knex))) {
    for (const column of columns)
      await knex.raw(`alter table muster_${table} drop column ${column.split(" ")[0]}`);
  }
}

/** The new columns of each table. */
function columnsOf(knex: Knex): Readonly<Record<string, readonly string[]>> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";
  const mail = [
    // the last mail in the outbox, and what became of it: waiting, sent, failed or void
    `mail_id ${text}`,
    `mail_state ${text}`,
    `mail_at ${text}`,
  ];
  return {
    memberships: [
      // Beside the access token in added_by: the person who added the member, the invitation that the member accepted, and
      // whether it was done in the provider's realm. Ids stay when what they name is gone.
      `added_by_account_id ${text}`,
      `added_by_invitation_id ${text}`,
      "added_by_provider boolean not null default false",
      // When the person last did something in the organization
      `last_active_at ${text}`,
    ],
    // in any realm
    accounts: [`last_active_at ${text}`],
    invitation_emails: mail,
    account_setups: mail,
    audit_events: [
      // {"method", "path", "asked": [...], "understood": [...]}, without values
      `request ${json}`,
      `scim_type ${text}`,
      // how long it took until the event was made, in milliseconds
      "duration integer",
    ],
  };
}

const INDEXES = [
  "memberships_last_active_at_index on muster_memberships (organization_id, last_active_at, account_id)",
  "accounts_last_active_at_index on muster_accounts (last_active_at, id)",
  // What is counted. Few people are inactive, or have a role of their own.
  "memberships_source_index on muster_memberships (source, organization_id)",
  "memberships_inactive_index on muster_memberships (organization_id, active) where active = false",
  "accounts_inactive_index on muster_accounts (active, id) where active = false",
  "memberships_roles_index on muster_memberships (organization_id, account_id) where roles <> '[]'",
];

/** When people last used their access tokens. @param key what is told apart */
const lastUses = (key: string) => `(select ${key}, max(last_used_at) as at from muster_access_tokens
  where account_id is not null and last_used_at is not null group by ${key}) as uses`;

/** What can still be found out of the time before. */
const FILL = [
  `update muster_memberships set
     added_by_provider = not exists (select 1 from muster_access_tokens as tokens where tokens.id = added_by
       and tokens.organization_id = muster_memberships.organization_id),
     added_by_account_id = (select tokens.account_id from muster_access_tokens as tokens where tokens.id = added_by)
   where added_by is not null or source <> 'invitation'`,
  `update muster_memberships set added_by_invitation_id = (
     select max(invitations.id) from muster_invitation_acceptances as acceptances
       join muster_invitations as invitations on invitations.id = acceptances.invitation_id
     where acceptances.account_id = muster_memberships.account_id
     and invitations.organization_id = muster_memberships.organization_id)
   where source = 'invitation'`,
  `update muster_memberships set last_active_at = uses.at
   from ${lastUses("account_id, organization_id")}
   where uses.account_id = muster_memberships.account_id and uses.organization_id = muster_memberships.organization_id`,
  `update muster_accounts set last_active_at = uses.at
   from ${lastUses("account_id")}
   where uses.account_id = muster_accounts.id`,
  `update muster_invitation_emails set mail_id = mails.id, mail_state = mails.state, mail_at = mails.at
   from (select id, invitation_id, address, coalesce(result, 'waiting') as state, coalesce(ended_at, created_at) as at,
       row_number() over (partition by invitation_id, address order by id desc) as number
     from muster_outbox where kind = 'invitation') as mails
   where mails.number = 1 and mails.invitation_id = muster_invitation_emails.invitation_id
   and mails.address = muster_invitation_emails.value`,
  `update muster_account_setups set mail_id = mails.id, mail_state = mails.state, mail_at = mails.at
   from (select id, account_id, organization_id, coalesce(result, 'waiting') as state,
       coalesce(ended_at, created_at) as at,
       row_number() over (partition by account_id, organization_id order by id desc) as number
     from muster_outbox where kind = 'account-setup') as mails
   where mails.number = 1 and mails.account_id = muster_account_setups.account_id
   and coalesce(mails.organization_id, '') = coalesce(muster_account_setups.organization_id, '')`,
];
