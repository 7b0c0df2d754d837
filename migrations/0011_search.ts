import type { Knex } from "knex";

/**
 * Search by a part of a name or an address: the index has every three characters in a row (trigrams) of the folded values
 * of each account, and of each organization's records apart from those of all others.
 *
 * The database keeps the index true by itself: PostgreSQL by indexes on expressions, SQLite by triggers that write a
 * full-text index.
 */
export async function up(knex: Knex): Promise<void> {
  const postgres = isPostgres(knex);
  for (const statement of [...ADD_GIVEN_NAMES[postgres ? "postgres" : "sqlite"], fillGivenNames(postgres)]) {
    await knex.raw(statement);
  }
  for (const statement of postgres ? IN_POSTGRES : IN_SQLITE) await knex.raw(statement);
}

export async function down(knex: Knex): Promise<void> {
  for (const statement of isPostgres(knex) ? DROP_IN_POSTGRES : DROP_IN_SQLITE) await knex.raw(statement);
  for (const table of ["memberships", "accounts"]) {
    await knex.raw(`alter table muster_${table} drop column given_name_key`);
  }
}

const isPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";

const ADD_GIVEN_NAMES = {
  postgres: [
    `alter table muster_accounts add column given_name_key text collate "C"
       generated always as ((search #>> '{"name","givenName"}') collate "C") stored`,
    'alter table muster_memberships add column given_name_key text collate "C"',
  ],
  sqlite: [
    `alter table muster_accounts add column given_name_key text
       generated always as (json_extract(search, '$."name"."givenName"')) virtual`,
    "alter table muster_memberships add column given_name_key text",
  ],
};

/** What each organization sees of the given name: as in `repositories/memberships/record-view.ts`. */
function fillGivenNames(postgres: boolean): string {
  const at = (column: string) =>
    postgres ? `${column} #>> '{"name","givenName"}'` : `json_extract(${column}, '$."name"."givenName"')`;
  return `update muster_memberships set given_name_key = case
      when muster_memberships.search is not null then ${at("muster_memberships.search")}
      when accounts.in_care and accounts.origin_organization_id = muster_memberships.organization_id
        then ${at("accounts.search")}
      when not muster_memberships.shows_profile then null
      when accounts.shared_profile is null then ${at("accounts.search")}
      else ${at("accounts.shared_search")} end
    from muster_accounts as accounts where accounts.id = muster_memberships.account_id`;
}

const NAMES = ["user_name_key", "display_name_key", "family_name_key", "given_name_key"];

/** The names of a row as one text. */
const namesOf = (row: string, newLine: string) =>
  NAMES.map((name) => `coalesce(${row}${name}, '')`).join(` || ${newLine} || `);

// PostgreSQL: arrays of hashes of trigrams, each together with the id of the organization. The index has whatever
// characters there are, and needs no extension.

const GIN: readonly (readonly [table: string, realm: string, text: string])[] = [
  ["accounts", "''", namesOf("", "chr(10)")],
  ["account_emails", "''", "coalesce(value_key, '')"],
  ["memberships", "organization_id", namesOf("", "chr(10)")],
  ["member_emails", "organization_id", "coalesce(value_key, '')"],
];

const IN_POSTGRES = [
  `create function muster_trigrams(realm text, value text) returns integer[]
   language sql immutable parallel safe as $$
     select coalesce(array_agg(distinct hashtext(realm || substr(value, place, 3))), '{}'::integer[])
     from generate_series(1, length(value) - 2) as place
   $$`,
  // Few rows wait to be sorted into the index, since each search looks through those.
  ...GIN.map(
    ([table, realm, text]) =>
      `create index muster_${table}_trigrams_index on muster_${table}
       using gin (muster_trigrams(${realm}, ${text})) with (gin_pending_list_limit = 256)`,
  ),
];

const DROP_IN_POSTGRES = [
  ...GIN.map(([table]) => `drop index muster_${table}_trigrams_index`),
  "drop function muster_trigrams(text, text)",
];

// SQLite: a full-text index of documents, which are the names of a person in a realm, or one address. The numbers of a
// realm's documents follow each other, so that a search reads the index for that realm alone. A write to the index costs as
// much for many documents as for one: so the last few of a realm are not in it, and a search looks through those.

/** How many documents of a realm go into the index at once. */
const PORTION = 64;

/** How many documents a realm can have. */
const MOST = 4294967296;

/** A table whose rows are documents. @property organization SQL, from a row */
interface Documents {
  readonly table: string;
  readonly organization: (row: string) => string;
  readonly account: string;
  readonly position: (row: string) => string;
  readonly text: (row: string) => string;
  /** The columns that the text is made of. */
  readonly columns: readonly string[];
}

const names = { position: () => "-1", text: (row: string) => namesOf(row, "char(10)"), columns: NAMES };

const address = {
  position: (row: string) => `${row}position`,
  text: (row: string) => `coalesce(${row}value_key, '')`,
  columns: ["value_key"],
};

const DOCUMENTS: readonly Documents[] = [
  { table: "accounts", organization: () => "null", account: "id", ...names },
  { table: "account_emails", organization: () => "null", account: "account_id", ...address },
  {
    table: "memberships",
    organization: (row) => `${row}organization_id`,
    account: "account_id",
    ...names,
  },
  {
    table: "member_emails",
    organization: (row) => `${row}organization_id`,
    account: "account_id",
    ...address,
  },
];

const isSame = ({ organization, account, position }: Documents, row: string) =>
  `account_id = ${row}${account} and organization_id is ${organization(row)} and position = ${position(row)}`;

const triggersOf = (documents: Documents) => {
  const { table, organization, account, position, text, columns } = documents;
  const realm = `organization_id is ${organization("new.")}`;
  const changed = columns.map((column) => `new.${column} is not old.${column}`).join(" or ");
  // What is computed from 'search' changes with it.
  const watched = table === "accounts" ? "user_name_key, display_name_key, search" : columns.join(", ");
  return [
    `create trigger muster_${table}_search_insert after insert on muster_${table} begin
       insert into muster_search_realms (organization_id, number, indexed)
         select ${organization("new.")}, next, next * ${MOST} from
           (select coalesce(max(number), 0) + 1 as next from muster_search_realms)
         where not exists (select 1 from muster_search_realms where ${realm});
       insert into muster_search_documents (number, organization_id, account_id, position, text)
         select 1 + max(indexed, coalesce((select documents.number from muster_search_documents as documents
             where documents.number > indexed and documents.number < (realms.number + 1) * ${MOST}
             order by documents.number desc limit 1), 0)),
           organization_id, new.${account}, ${position("new.")}, ${text("new.")}
         from muster_search_realms as realms where ${realm};
     end`,
    `create trigger muster_${table}_search_update after update of ${watched} on muster_${table} when ${changed} begin
       update muster_search_documents set text = ${text("new.")} where ${isSame(documents, "new.")};
     end`,
  ];
};

/** The last number of a document in the index, of the realm of a document. */
const indexed = (row: string) =>
  `(select indexed from muster_search_realms where number = ${row}number / ${MOST})`;

const deletionOf = (documents: Documents) =>
  `create trigger muster_${documents.table}_search_delete after delete on muster_${documents.table} begin
     delete from muster_search_documents where ${isSame(documents, "old.")};
   end`;

const IN_SQLITE = [
  // Rows outlive their organizations, so that a number is never used again.
  `create table muster_search_realms (
    number integer not null primary key,
    -- null: the provider's realm
    organization_id text,
    -- documents with higher numbers are not in the index yet
    indexed integer not null
  )`,
  `create unique index muster_search_realms_organization_id_unique
     on muster_search_realms (organization_id)`,
  `create table muster_search_documents (
    number integer not null primary key,
    organization_id text,
    account_id text not null constraint muster_search_documents_account_id_foreign
      references muster_accounts (id) on delete cascade,
    -- that of an address; -1: the names
    position integer not null,
    text text not null,
    constraint muster_search_documents_membership_foreign foreign key (organization_id, account_id)
      references muster_memberships (organization_id, account_id) on delete cascade
  )`,
  `create index muster_search_documents_account_id_index on muster_search_documents
     (account_id, organization_id, position)`,
  // Values are folded already.
  `create virtual table muster_search using fts5(text, content = '', contentless_delete = 1, detail = none,
     tokenize = 'trigram case_sensitive 1')`,
  `insert into muster_search_realms (number, organization_id, indexed) values (0, null, 0)`,
  `insert into muster_search_realms (number, organization_id, indexed)
   select row_number() over (order by organization_id), organization_id, 0
   from (select distinct organization_id from muster_memberships)`,
  `insert into muster_search_documents (number, organization_id, account_id, position, text)
   select realms.number * ${MOST} + row_number() over (partition by realms.number order by rows.account_id, rows.position),
     rows.organization_id, rows.account_id, rows.position, rows.text
   from (${DOCUMENTS.map(
     ({ table, organization, account, position, text }) =>
       `select ${organization("")} as organization_id, ${account} as account_id, ${position("")} as position,
          ${text("")} as text from muster_${table}`,
   ).join(" union all ")}) as rows
     join muster_search_realms as realms on realms.organization_id is rows.organization_id`,
  `insert into muster_search (rowid, text) select number, text from muster_search_documents order by number`,
  `update muster_search_realms as realms set indexed = coalesce(
     (select number from muster_search_documents as documents where documents.number < (realms.number + 1) * ${MOST}
       and documents.number > realms.number * ${MOST} order by number desc limit 1), realms.number * ${MOST})`,
  ...DOCUMENTS.flatMap(triggersOf),
  ...DOCUMENTS.filter(({ table }) => table.endsWith("_emails")).map(deletionOf),
  `create trigger muster_search_documents_insert after insert on muster_search_documents
   when new.number >= ${indexed("new.")} + ${PORTION} begin
     insert into muster_search (rowid, text) select number, text from muster_search_documents
       where number > ${indexed("new.")} and number <= new.number order by number;
     update muster_search_realms set indexed = new.number where number = new.number / ${MOST};
   end`,
  `create trigger muster_search_documents_update after update of text on muster_search_documents
   when new.number <= ${indexed("new.")} begin
     update muster_search set text = new.text where rowid = new.number;
   end`,
  `create trigger muster_search_documents_delete after delete on muster_search_documents
   when old.number <= ${indexed("old.")} begin
     delete from muster_search where rowid = old.number;
   end`,
];

const DROP_IN_SQLITE = [
  ...DOCUMENTS.flatMap(({ table }) =>
    ["insert", "update", "delete"].map((event) => `drop trigger if exists muster_${table}_search_${event}`),
  ),
  ...["search", "search_documents", "search_realms"].map((table) => `drop table muster_${table}`),
];
