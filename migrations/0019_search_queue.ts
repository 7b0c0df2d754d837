import type { Knex } from "knex";
import { down as withoutIndex, up as withIndex } from "./0011_search.js";
import { up as byNumber } from "./0015_search_writes.js";

/**
 * The index for a part of a text, cheaper to write on SQLite: a write only queues whose names or addresses changed, and
 * Muster brings the index up to date afterwards, many people at once. A document of the index is all of a person in a realm.
 * PostgreSQL stays as it is: its index has such a queue of its own.
 */
export async function up(knex: Knex): Promise<void> {
  if (isPostgres(knex)) return;
  for (const statement of [...DROP_TRIGGERS, ...DROP_TABLES, ...MAKE]) await knex.raw(statement);
}

/** The index as it was is made anew by the migrations that made it. */
export async function down(knex: Knex): Promise<void> {
  if (isPostgres(knex)) return;
  for (const statement of DROP_TRIGGERS) await knex.raw(statement);
  await knex.raw("drop table muster_search_queue");
  await withoutIndex(knex);
  await withIndex(knex);
  await byNumber(knex);
}

const isPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";

const NAMES = ["user_name_key", "display_name_key", "family_name_key", "given_name_key"];

/** A table with people's names or addresses. */
interface Source {
  readonly table: string;
  /** SQL for the organization and the account, from a row. */
  readonly key: (row: string) => string;
  /** The columns that a change queues for. */
  readonly columns: readonly string[];
  /** What an update has to assign to change those; what is computed from 'search' changes with it. */
  readonly assigned?: string;
  /** Whether the person goes with the row. */
  readonly isPerson: boolean;
}

const SOURCES: readonly Source[] = [
  {
    table: "accounts",
    key: (row) => `'', ${row}.id`,
    columns: NAMES,
    assigned: "user_name_key, display_name_key, search",
    isPerson: true,
  },
  {
    table: "memberships",
    key: (row) => `${row}.organization_id, ${row}.account_id`,
    columns: NAMES,
    isPerson: true,
  },
  {
    table: "account_emails",
    key: (row) => `'', ${row}.account_id`,
    columns: ["value_key"],
    isPerson: false,
  },
  {
    table: "member_emails",
    key: (row) => `${row}.organization_id, ${row}.account_id`,
    columns: ["value_key"],
    isPerson: false,
  },
];

const queue = (key: string) =>
  `begin insert into muster_search_queue (organization_id, account_id) values (${key}) on conflict do nothing; end`;

/** An address that goes stays in the index until the person changes: what the index finds is compared all the same. */
const triggersOf = ({ table, key, columns, assigned, isPerson }: Source) => [
  `create trigger muster_${table}_search_insert after insert on muster_${table} ${queue(key("new"))}`,
  `create trigger muster_${table}_search_update after update of ${assigned ?? columns.join(", ")} on muster_${table}
     when ${columns.map((column) => `new.${column} is not old.${column}`).join(" or ")} ${queue(key("new"))}`,
  ...(isPerson
    ? [`create trigger muster_${table}_search_delete after delete on muster_${table} ${queue(key("old"))}`]
    : []),
];

/** How many people a realm can have. */
const MOST = 4294967296;

const textOf = (emails: string) =>
  `${NAMES.map((name) => `coalesce(${name}, '')`).join(" || char(10) || ")} || char(10) || coalesce(
     (select group_concat(value_key, char(10)) from muster_${emails} as emails where emails.account_id = documents.account_id
      ${emails === "member_emails" ? "and emails.organization_id = realms.organization_id" : ""}), '')`;

const MAKE = [
  // Rows outlive their organizations, so that a number is never used again. '': the provider's realm
  `create table muster_search_realms (
    number integer not null primary key,
    organization_id text not null constraint muster_search_realms_organization_id_unique unique
  )`,
  // The numbers of a realm's people follow each other, so that a search reads the index for that realm alone.
  `create table muster_search_documents (
    number integer not null primary key,
    account_id text not null
  )`,
  "create index muster_search_documents_account_id_index on muster_search_documents (account_id)",
  // People whose names or addresses changed, who came or who went since the index was written.
  `create table muster_search_queue (
    organization_id text not null,
    account_id text not null,
    primary key (organization_id, account_id)
  ) without rowid`,
  // Values are folded already.
  `create virtual table muster_search using fts5(text, content = '', contentless_delete = 1, detail = none,
     tokenize = 'trigram case_sensitive 1')`,
  `insert into muster_search_realms (number, organization_id)
   select 0, '' union all
   select row_number() over (order by organization_id), organization_id
   from (select distinct organization_id from muster_memberships)`,
  `insert into muster_search_documents (number, account_id)
   select row_number() over (order by id), id from muster_accounts`,
  `insert into muster_search_documents (number, account_id)
   select realms.number * ${MOST} + row_number() over (partition by realms.number order by account_id), account_id
   from muster_memberships join muster_search_realms as realms using (organization_id)`,
  `insert into muster_search (rowid, text) select documents.number, ${textOf("account_emails")}
   from muster_search_documents as documents join muster_accounts as accounts on accounts.id = documents.account_id
   where documents.number < ${MOST} order by documents.number`,
  `insert into muster_search (rowid, text) select documents.number, ${textOf("member_emails")}
   from muster_search_documents as documents
     join muster_search_realms as realms on realms.number = documents.number / ${MOST}
     join muster_memberships as memberships on memberships.organization_id = realms.organization_id
       and memberships.account_id = documents.account_id
   where documents.number > ${MOST} order by documents.number`,
  // From here on, Muster merges a little with each portion that it writes. Left to itself, the index would merge much now
  // and then, while other writers wait.
  ...Object.entries({ automerge: 0, crisismerge: 256, deletemerge: 0 }).map(
    ([option, value]) => `insert into muster_search (muster_search, rank) values ('${option}', ${value})`,
  ),
  // An index of SQLite's that is asked to delete several documents at once reads all that there are.
  `create trigger muster_search_documents_delete after delete on muster_search_documents begin
     delete from muster_search where rowid = old.number;
   end`,
  ...SOURCES.flatMap(triggersOf),
];

const DROP_TRIGGERS = SOURCES.flatMap(({ table }) =>
  ["insert", "update", "delete"].map((event) => `drop trigger if exists muster_${table}_search_${event}`),
);

const DROP_TABLES = ["search", "search_documents", "search_realms"].map(
  (table) => `drop table muster_${table}`,
);
