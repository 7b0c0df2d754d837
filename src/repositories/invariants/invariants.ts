import type { Dialect } from "../../db/dialect.js";
import { MOST_IN_REALM } from "../users/account-search.js";

/** What must be true of the whole database, whatever is written. */
export interface Invariant {
  /** What is true, as a sentence without its full stop. */
  readonly name: string;
  /** Whether it is about an engine; undefined: both. */
  readonly engine?: Dialect["engine"];
  /** SQL for what breaks it: rows with a text `id`, and a text `found` that says what is wrong. */
  readonly broken: string;
  /** SQL that makes it true again, from what is certain; undefined: a person has to. */
  readonly mend?: readonly string[];
  /** The tables that must not change meanwhile. On SQLite, there is one writer anyway. */
  readonly counts?: readonly string[];
  /** What that person does. */
  readonly remedy?: string;
}

const DAMAGED =
  "The database is damaged. Stop the server, keep a copy of the database as it is, and restore a backup.";

/** SQL for a kept count that is not the number of rows. */
const miscounted = (table: string, counted: string, column: string) =>
  `select things.id, things.member_count || ' are counted, ' || coalesce(counted.number, 0) || ' are there' as found
   from muster_${table} as things
   left join (select ${column} as id, count(*) as number from muster_${counted} group by ${column}) as counted
     on counted.id = things.id
   where things.member_count <> coalesce(counted.number, 0)`;

const countAgain = (table: string, counted: string, column: string) => {
  const number = `(select count(*) from muster_${counted} as counted where counted.${column} = muster_${table}.id)`;
  return `update muster_${table} set member_count = ${number} where member_count <> ${number}`;
};

const QUEUE = "insert into muster_search_queue (organization_id, account_id)";

/** On SQLite: everybody whom a realm's search can find. */
const SEARCHED = `(select '' as organization_id, id as account_id from muster_accounts
  union all select organization_id, account_id from muster_memberships)`;

const IS_QUEUED = `exists (select 1 from muster_search_queue as queue
  where queue.organization_id = people.organization_id and queue.account_id = people.account_id)`;

const UNSEARCHABLE = `from ${SEARCHED} as people
  left join muster_search_realms as realms on realms.organization_id = people.organization_id
  where not ${IS_QUEUED} and not exists (select 1 from muster_search_documents as documents
    where documents.account_id = people.account_id and documents.number > realms.number * ${MOST_IN_REALM}
      and documents.number < (realms.number + 1) * ${MOST_IN_REALM})`;

/** On SQLite: what the search has of people who are no longer in the realm. */
const LEFT_OVER = `from (select realms.organization_id, documents.account_id from muster_search_documents as documents
    join muster_search_realms as realms on realms.number = documents.number / ${MOST_IN_REALM}) as people
  where not ${IS_QUEUED} and not exists (select 1 from ${SEARCHED} as searched
    where searched.organization_id = people.organization_id and searched.account_id = people.account_id)`;

/**
 * Everything that the schema does not hold by itself, as far as SQL can tell. Constraints hold the rest: names that are
 * unique, members who have an account, seats of members alone.
 */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: "The file is intact",
    engine: "sqlite",
    broken: `select 'the file' as id, integrity_check as found from pragma_integrity_check where integrity_check <> 'ok'`,
    remedy: DAMAGED,
  },
  {
    name: "Every reference leads to a row that is there",
    engine: "sqlite",
    broken: `select "table" || coalesce(' ' || rowid, '') as id, 'refers to a row of ' || parent || ' that is not there' as found
       from pragma_foreign_key_check`,
    remedy: DAMAGED,
  },
  {
    name: "Every constraint is in force",
    engine: "postgres",
    broken: `select conname::text as id, 'is not valid' as found from pg_constraint
       where not convalidated and conrelid in (select oid from pg_class where relname like 'muster\\_%')`,
    remedy:
      "Restore a backup, or validate the constraint: 'alter table ... validate constraint ...' says what breaks it.",
  },
  {
    name: "Every index is in use",
    engine: "postgres",
    broken: `select relname::text as id, 'is not valid' as found from pg_index
       join pg_class on pg_class.oid = indexrelid where not indisvalid and relname like 'muster\\_%'`,
    remedy: "Build it again: 'reindex index concurrently ...'.",
  },
  {
    name: "All accounts are counted",
    broken: `select 'accounts' as id, kept || ' are counted, ' || there || ' are there' as found
       from (select (select coalesce(sum(accounts), 0) from muster_account_counts) as kept,
         (select count(*) from muster_accounts) as there) as counts
       where kept <> there`,
    counts: ["muster_accounts"],
    mend: [
      "delete from muster_account_counts",
      "insert into muster_account_counts (accounts) select count(*) from muster_accounts",
    ],
  },
  {
    name: "The members of each organization are counted",
    broken: miscounted("organizations", "memberships", "organization_id"),
    counts: ["muster_organizations", "muster_memberships"],
    mend: [countAgain("organizations", "memberships", "organization_id")],
  },
  {
    name: "The members of each team are counted",
    broken: miscounted("teams", "team_memberships", "team_id"),
    counts: ["muster_teams", "muster_team_memberships"],
    mend: [countAgain("teams", "team_memberships", "team_id")],
  },
  {
    name: "Invitations count everybody who accepted",
    broken: `select invitations.id, accepted_count || ' are counted, ' || accepted.number || ' are there' as found
       from muster_invitations as invitations
       join (select invitation_id, count(*) as number from muster_invitation_acceptances group by invitation_id) as accepted
         on accepted.invitation_id = invitations.id
       where accepted_count < accepted.number`,
    counts: ["muster_invitations", "muster_invitation_acceptances"],
    mend: [
      `update muster_invitations set accepted_count = (select count(*) from muster_invitation_acceptances as accepted
         where accepted.invitation_id = muster_invitations.id)
       where accepted_count < (select count(*) from muster_invitation_acceptances as accepted
         where accepted.invitation_id = muster_invitations.id)`,
    ],
  },
  {
    name: "Search finds everybody",
    engine: "sqlite",
    broken: `select people.account_id as id, 'is not in the search' as found ${UNSEARCHABLE}`,
    mend: [`${QUEUE} select people.organization_id, people.account_id ${UNSEARCHABLE}`],
  },
  {
    name: "Search finds nobody who has gone",
    engine: "sqlite",
    broken: `select people.account_id as id, 'is still in the search' as found ${LEFT_OVER}`,
    mend: [`${QUEUE} select people.organization_id, people.account_id ${LEFT_OVER}`],
  },
];
