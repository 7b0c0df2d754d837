import type { Knex } from "knex";

/**
 * The index for a part of a text, cheaper to write: on SQLite, by larger portions; on PostgreSQL, by a function that finds the
 * same trigrams in half the time. What is in the index stays as it is.
 */
export async function up(knex: Knex): Promise<void> {
  if (isPostgres(knex)) {
    await knex.raw(TRIGRAMS_IN_A_LOOP);
    return;
  }
  await knex.raw("drop trigger muster_search_documents_insert");
  await knex.raw(BY_NUMBER);
}

export async function down(knex: Knex): Promise<void> {
  if (isPostgres(knex)) {
    await knex.raw(TRIGRAMS_BY_QUERY);
    return;
  }
  await knex.raw("drop trigger muster_search_documents_insert");
  await knex.raw(BY_DISTANCE);
}

const isPostgres = (knex: Knex) => (knex.client as { dialect: string }).dialect === "postgresql";

const trigrams = (language: "sql" | "plpgsql", body: string) =>
  `create or replace function muster_trigrams(realm text, value text) returns integer[]
   language ${language} immutable parallel safe as $$ ${body} $$`;

/** An index has each trigram of a row once, however often it is in the array. */
const TRIGRAMS_IN_A_LOOP = trigrams(
  "plpgsql",
  `declare
     found integer[] := '{}';
   begin
     for place in 1 .. length(value) - 2 loop
       found := found || hashtext(realm || substr(value, place, 3));
     end loop;
     return found;
   end`,
);

const TRIGRAMS_BY_QUERY = trigrams(
  "sql",
  `select coalesce(array_agg(distinct hashtext(realm || substr(value, place, 3))), '{}'::integer[])
   from generate_series(1, length(value) - 2) as place`,
);

/** How many documents a realm can have. */
const MOST = 4294967296;

/** The last number of a document in the index, of the realm of a new document. */
const INDEXED = `(select indexed from muster_search_realms where number = new.number / ${MOST})`;

const whenever = (condition: string) =>
  `create trigger muster_search_documents_insert after insert on muster_search_documents when ${condition} begin
     insert into muster_search (rowid, text) select number, text from muster_search_documents
       where number > ${INDEXED} and number <= new.number order by number;
     update muster_search_realms set indexed = new.number where number = new.number / ${MOST};
   end`;

/**
 * How many documents go into the index at once. Each write to it costs as much as hundreds of documents, and makes one more
 * segment that has to be merged. To look through so many takes a search about a millisecond.
 */
const PORTION = 1024;

/** The numbers of a realm follow each other, so that none of these is left out. */
const BY_NUMBER = whenever(`new.number % ${PORTION} = 0`);

const BY_DISTANCE = whenever(`new.number >= ${INDEXED} + 64`);
