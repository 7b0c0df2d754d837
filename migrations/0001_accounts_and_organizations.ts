import type { Knex } from "knex";

/**
 * Accounts, organizations, the memberships between them, and access tokens.
 *
 * Text compares byte by byte on both engines (`collate "C"` on PostgreSQL). Columns that end in `_key`
 * hold the value folded for comparison without case. Times are ISO 8601 in UTC with milliseconds, which
 * sort as they read. Names of constraints are part of the code: repositories know errors by them.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  const text = postgres ? 'text collate "C"' : "text";
  const json = postgres ? "jsonb" : "text";

  await knex.schema.createTable("accounts", (table) => {
    table.specificType("id", text).primary();
    table.specificType("user_name", text).notNullable();
    table
      .specificType("user_name_key", text)
      .notNullable()
      .unique({ indexName: "accounts_user_name_key_unique" });
    table.specificType("external_id", text).index("accounts_external_id_index");
    table.specificType("display_name", text);
    table.specificType("display_name_key", text).index("accounts_display_name_key_index");
    table.boolean("active").notNullable();
    // scrypt, with its parameters and salt; null when the person has no password here
    table.text("password_hash");
    // all other attributes as they were sent: a JSON object that goes out as the text it is
    table.text("profile").notNullable();
    // the same for filters and sorting: strings that compare without case are folded
    table.specificType("search", json).notNullable();
    table.integer("version").notNullable();
    table.specificType("created_at", text).notNullable();
    table.specificType("updated_at", text).notNullable().index("accounts_updated_at_index");
  });

  // One row for each e-mail address of an account, for filters; the account's profile has them as sent.
  await knex.schema.createTable("account_emails", (table) => {
    table
      .specificType("account_id", text)
      .notNullable()
      .references("accounts.id")
      .onDelete("CASCADE")
      .withKeyName("account_emails_account_id_foreign");
    table.integer("position").notNullable();
    table.specificType("value_key", text).index("account_emails_value_key_index");
    table.specificType("display_key", text);
    table.specificType("type_key", text);
    table.boolean("is_primary");
    table.primary(["account_id", "position"]);
  });

  await knex.schema.createTable("organizations", (table) => {
    table.specificType("id", text).primary();
    table.specificType("display_name", text).notNullable();
    table
      .specificType("display_name_key", text)
      .notNullable()
      .unique({ indexName: "organizations_display_name_key_unique" });
    table.specificType("external_id", text).index("organizations_external_id_index");
    table.specificType("description", text);
    table.specificType("description_key", text);
    table.integer("member_count").notNullable().defaultTo(0);
    table.integer("version").notNullable();
    table.specificType("created_at", text).notNullable();
    table.specificType("updated_at", text).notNullable().index("organizations_updated_at_index");
    table.check("?? >= 0", ["member_count"], "organizations_member_count_check");
  });

  await knex.schema.createTable("memberships", (table) => {
    table
      .specificType("organization_id", text)
      .notNullable()
      .references("organizations.id")
      .onDelete("CASCADE")
      .withKeyName("memberships_organization_id_foreign");
    table
      .specificType("account_id", text)
      .notNullable()
      .references("accounts.id")
      .onDelete("CASCADE")
      .withKeyName("memberships_account_id_foreign");
    // what the organization's own identity provider says of the person, apart from the account
    table.boolean("active").notNullable().defaultTo(true);
    table.specificType("external_id", text);
    table.specificType("roles", json).notNullable().defaultTo("[]");
    table.specificType("source", text).notNullable();
    // the access token that added the member; null when it no longer exists
    table.specificType("added_by", text);
    table.specificType("created_at", text).notNullable();
    table.primary(["organization_id", "account_id"]);
    table.index(["account_id"], "memberships_account_id_index");
    table.check("?? in ('scim', 'admin', 'invitation')", ["source"], "memberships_source_check");
  });

  await knex.schema.createTable("access_tokens", (table) => {
    table.specificType("id", text).primary();
    table.specificType("name", text).notNullable();
    // SHA-256 of the secret, in hexadecimal; the secret itself is not kept
    table
      .specificType("token_hash", text)
      .notNullable()
      .unique({ indexName: "access_tokens_token_hash_unique" });
    table.specificType("created_at", text).notNullable();
    table.specificType("expires_at", text);
    table.specificType("revoked_at", text);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ["access_tokens", "memberships", "organizations", "account_emails", "accounts"]) {
    await knex.schema.dropTable(table);
  }
}
