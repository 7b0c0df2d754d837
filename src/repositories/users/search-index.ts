import type { Session } from "../../db/session.js";
import { MOST_IN_REALM, textInSqlite } from "./account-search.js";

/** For each portion, so many pages of the index are merged: about as many as it adds in the long run. */
const MERGED_PAGES = 32;

/** Those who are first in the queue. */
const FIRST =
  "select organization_id, account_id from muster_search_queue order by organization_id, account_id limit ?";

/** The same, with the number that those of their realm come after. */
const QUEUED = `(select queue.organization_id, queue.account_id, realms.number * ${MOST_IN_REALM} as realm
  from (${FIRST}) as queue join muster_search_realms as realms on realms.organization_id = queue.organization_id) queued`;

const IS_SAME = `documents.account_id = queued.account_id
  and documents.number > queued.realm and documents.number < queued.realm + ${MOST_IN_REALM}`;

const IS_PERSON = `case when queued.organization_id = ''
  then exists (select 1 from muster_accounts where id = queued.account_id)
  else exists (select 1 from muster_memberships as memberships
    where memberships.organization_id = queued.organization_id and memberships.account_id = queued.account_id) end`;

/** The highest number in a realm so far. */
const LAST = `max(queued.realm, coalesce((select last.number from muster_search_documents as last
  where last.number < queued.realm + ${MOST_IN_REALM} order by last.number desc limit 1), 0))`;

/**
 * The index for a part of a name or an address, on SQLite. The database queues those who come, change and go, in the same
 * transaction, and a search looks at those in the queue one by one. PostgreSQL keeps its index up to date by itself, and has
 * no queue.
 */
export class SearchIndexRepository {
  constructor(private readonly session: Session) {}

  /** Whether there is a queue that is not empty. */
  async isBehind(): Promise<boolean> {
    if (this.session.dialect.engine !== "sqlite") return false;
    return (await this.session.first("select 1 from muster_search_queue limit 1")) !== undefined;
  }

  /**
   * Brings the index up to date for those who are first in the queue. What it costs depends on their number alone.
   *
   * @param count how many people, at most
   */
  async catchUp(count: number): Promise<void> {
    await this.#numberRealms(count);
    await this.#removeGone(count);
    await this.#numberNew(count);
    await this.session.rows(
      `replace into muster_search (rowid, text) select documents.number, ${textInSqlite("queued")}
       from ${QUEUED} join muster_search_documents as documents on ${IS_SAME} order by documents.number`,
      [count],
    );
    await this.session.rows(
      `delete from muster_search_queue where (organization_id, account_id) in (${FIRST})`,
      [count],
    );
    await this.session.rows("insert into muster_search (muster_search, rank) values ('merge', ?)", [
      MERGED_PAGES,
    ]);
  }

  async #numberRealms(count: number): Promise<void> {
    await this.session.rows(
      `insert into muster_search_realms (number, organization_id)
       select (select max(number) from muster_search_realms) + row_number() over (order by organization_id), organization_id
       from (select distinct organization_id from (${FIRST}))
       where organization_id not in (select organization_id from muster_search_realms)`,
      [count],
    );
  }

  async #removeGone(count: number): Promise<void> {
    await this.session.rows(
      `delete from muster_search_documents where number in
         (select documents.number from ${QUEUED} join muster_search_documents as documents on ${IS_SAME}
          where not ${IS_PERSON})`,
      [count],
    );
  }

  async #numberNew(count: number): Promise<void> {
    await this.session.rows(
      `insert into muster_search_documents (number, account_id)
       select ${LAST} + row_number() over (partition by queued.realm order by queued.account_id), queued.account_id
       from ${QUEUED} where ${IS_PERSON}
       and not exists (select 1 from muster_search_documents as documents where ${IS_SAME})`,
      [count],
    );
  }
}
