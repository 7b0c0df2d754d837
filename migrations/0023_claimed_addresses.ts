import type { Knex } from "knex";

/** Which account used an address to accept an invitation that names its domain alone: each address admits one account. */
export async function up(knex: Knex): Promise<void> {
  const text = (knex.client as { dialect: string }).dialect === "postgresql" ? 'text collate "C"' : "text";

  await knex.raw(`create table muster_invitation_claims (
    invitation_id ${text} not null constraint muster_invitation_claims_invitation_id_foreign
      references muster_invitations (id) on delete cascade,
    address_key ${text} not null,
    account_id ${text} not null constraint muster_invitation_claims_account_id_foreign
      references muster_accounts (id) on delete cascade,
    primary key (invitation_id, address_key)
  )`);
  // What the foreign key needs when an account is deleted.
  await knex.raw(
    "create index muster_invitation_claims_account_id_index on muster_invitation_claims (account_id)",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("muster_invitation_claims");
}
