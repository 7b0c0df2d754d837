import type { Knex } from "knex";

/**
 * The person who made the machine's token that an invitation was made with: the token can have another maker since.
 * The id stays when the account is deleted, as it does in `access_tokens`.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.raw(`alter table invitations add column inviter_maker_id ${text}`);
  await knex.raw(
    `update invitations set inviter_maker_id =
       (select maker_account_id from access_tokens where access_tokens.id = invitations.inviter_token_id)
     where inviter_account_id is null`,
  );
  await knex.raw(
    `create index invitations_inviter_maker_id_index on invitations (inviter_maker_id)
     where inviter_maker_id is not null`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop index invitations_inviter_maker_id_index");
  await knex.raw("alter table invitations drop column inviter_maker_id");
}
