import type { Knex } from "knex";

const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** What people are sorted and looked for by, out of the JSON in which it is kept folded. */
const COLUMNS: readonly (readonly [column: string, path: readonly string[]])[] = [
  ["family_name_key", ["name", "familyName"]],
  ["department_key", [ENTERPRISE_USER, "department"]],
  ["employee_number_key", [ENTERPRISE_USER, "employeeNumber"]],
];

/** Columns that the database computes, each with an index that also settles the order of what is equal. */
export async function up(knex: Knex): Promise<void> {
  const postgres = (knex.client as { dialect: string }).dialect === "postgresql";
  for (const [column, path] of COLUMNS) {
    const names = path.map((name) => `"${name}"`);
    const definition = postgres
      ? `text collate "C" generated always as ((search #>> '{${names.join(",")}}') collate "C") stored`
      : `text generated always as (json_extract(search, '$.${names.join(".")}')) virtual`;
    await knex.raw(`alter table accounts add column ${column} ${definition}`);
    await knex.raw(`create index accounts_${column}_index on accounts (${column}, id)`);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const [column] of COLUMNS) {
    await knex.raw(`drop index accounts_${column}_index`);
    await knex.raw(`alter table accounts drop column ${column}`);
  }
}
