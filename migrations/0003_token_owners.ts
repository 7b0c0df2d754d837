import type { Knex } from "knex";

/** Access tokens can belong to a person: they end with the account, and while it is not active they are void. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  await knex.schema.alterTable("access_tokens", (table) => {
    table
      .specificType("account_id", text)
      .references("accounts.id")
      .onDelete("CASCADE")
      .withKeyName("access_tokens_account_id_foreign");
    table.index(["account_id"], "access_tokens_account_id_index");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("access_tokens", (table) => {
    table.dropColumn("account_id");
  });
}
