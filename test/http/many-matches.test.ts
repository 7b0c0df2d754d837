import { expect } from "chai";
import type { Session } from "../../src/db/session.js";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, ENTERPRISE_USER, MEMBERSHIP } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

/** A few more than are counted, so that most filters match more, and some do not. */
const PEOPLE = 20_100;

/** Each hundredth is inactive. */
const INACTIVE = PEOPLE / 100;

/** As many people are said to be in each realm as are not sorted without an index. */
const TOO_MANY = 200_001;

const idOf = (number: number | string) => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;

/** So many are inserted by one statement. */
const PORTION = 6700;

/** Inserts people, the first of whom come last by name and by when they came, and makes them members. */
async function insertPeople(session: Session, organizationId: string): Promise<void> {
  for (let last = 0; last < PEOPLE; last += PORTION) await insertPortion(session, organizationId, last);
  await session.rows("update muster_organizations set member_count = ? where id = ?", [
    PEOPLE,
    organizationId,
  ]);
}

async function insertPortion(session: Session, organizationId: string, last: number): Promise<void> {
  const end = Math.min(last + PORTION, PEOPLE);
  const isSqlite = session.dialect.engine === "sqlite";
  const numbers = isSqlite
    ? `(with recursive numbers(n) as (select ${last + 1} union all select n + 1 from numbers where n < ${end}) select n from numbers)`
    : `generate_series(${last + 1}, ${end}) as numbers(n)`;
  const padded = (number: string) =>
    isSqlite ? `printf('%012d', ${number})` : `lpad((${number})::text, 12, '0')`;
  const late = padded(`${PEOPLE} - n`);
  const id = `'00000000-0000-7000-8000-' || ${padded("n")}`;
  const at = `'2026-01-01T00:00:' || substr(${late}, 8, 2) || '.' || substr(${late}, 10) || 'Z'`;
  await session.rows(
    `insert into muster_accounts (id, user_name, user_name_key, display_name, display_name_key, active, is_active_assigned,
       profile, search, version, created_at, updated_at)
     select ${id}, 'u' || n, 'U' || n, 'p' || ${late}, 'P' || ${late}, n % 100 <> 0, true, '{"schemas":["${CORE_USER}"]}', '{}', 1, ${at}, ${at}
     from ${numbers}`,
  );
  await session.rows(
    `insert into muster_memberships (organization_id, account_id, source, user_name, user_name_key, display_name,
       display_name_key, active, is_active_assigned, created_at, updated_at)
     select ?, id, 'scim', user_name, user_name_key, display_name, display_name_key, active, true, created_at, updated_at
     from muster_accounts where id > ? and id <= ?`,
    [organizationId, idOf(last), idOf(end)],
  );
}

interface Walk {
  readonly ids: readonly string[];
  /** What each page told. */
  readonly totals: readonly unknown[];
}

/** Reads all pages of a list by cursor. */
async function walk(scim: ScimClient, query: string): Promise<Walk> {
  const ids: string[] = [];
  const totals: unknown[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const answer = await scim.get(`/Users?attributes=id&count=10000&${query}&cursor=${cursor}`);
    ids.push(...expectList(answer).map((user: Body) => user.id));
    totals.push(answer.body.totalResults);
    cursor = answer.body.nextCursor as string | undefined;
  }
  return { ids, totals };
}

const filter = (text: string) => `filter=${encodeURIComponent(text)}`;

const ALL = Array.from({ length: PEOPLE }, (_, index) => idOf(index + 1));
const isActive = (_: string, index: number) => (index + 1) % 100 !== 0;

describeServer("A list of more than are counted", (provider, server) => {
  let organization: Body;
  let own: ScimClient;
  before(async () => {
    organization = await createGroup(provider);
    own = await clientWith(server(), { organization: organization.id });
    await server().database((session) => insertPeople(session, organization.id));
  });

  for (const [realm, client] of [
    ["the provider's realm", () => provider],
    ["an organization's realm", () => own],
  ] as const) {
    describe(`in ${realm}`, () => {
      it("has each of them once by cursor, without a total", async () => {
        const { ids, totals } = await walk(client(), filter('userName sw "u"'));
        expect(ids).to.deep.equal(ALL);
        expect(totals).to.deep.equal([undefined, undefined, undefined]);
      });

      it("has each of them once in the order that was asked for", async () => {
        for (const order of ["ascending", "descending"]) {
          const matches = filter(`not (displayName eq "x") and ${MEMBERSHIP}:memberships.source eq "scim"`);
          const query = `${matches}&sortBy=displayName&sortOrder=${order}`;
          const { ids, totals } = await walk(client(), query);
          expect(ids).to.deep.equal(order === "descending" ? ALL : ALL.toReversed());
          expect(totals).to.deep.equal([undefined, undefined, undefined]);
        }
      });

      it("comes in the order of a time that the filter compares, the last changed first, if no other is asked for", async () => {
        for (const [name, order] of [
          ["meta.created", ALL.toReversed()],
          ["meta.lastModified", ALL],
        ] as const) {
          const { ids, totals } = await walk(client(), filter(`${name} ge "2026-01-01T00:00:00Z"`));
          expect(ids).to.deep.equal(order);
          expect(totals[0]).to.equal(undefined);
          const few = await walk(client(), filter(`${name} ge "2026-01-01T00:00:18.001Z"`));
          expect([few.ids.length, few.totals]).to.deep.equal([2099, [2099]]);
        }
      });

      it("has an exact total by index, where clients need it to read on", async () => {
        for (const text of ['userName sw "u"', 'meta.created ge "2026-01-01T00:00:00Z"']) {
          expectList(await client().get(`/Users?count=2&startIndex=20050&${filter(text)}`), PEOPLE);
        }
      });

      it("has an exact total by cursor where fewer match, and where nothing is filtered", async () => {
        const { ids, totals } = await walk(client(), filter("active eq false"));
        expect(ids).to.deep.equal(ALL.filter((id, index) => !isActive(id, index)));
        expect(totals).to.deep.equal([INACTIVE]);
        const { totalResults } = expectStatus(await client().get("/Users?count=1&cursor="), 200);
        expect(totalResults).to.equal(PEOPLE);
        expectList(await client().get(`/Users?count=0&cursor=&${filter("active eq false")}`), INACTIVE);
        expectList(await client().get(`/Users?count=0&cursor=&${filter('userName sw "u"')}`), PEOPLE);
      });

      it("is counted as at least so many", async () => {
        const { totals } = await read(client(), `/Counts?${filter('userName sw "u"')}`);
        expect(totals).to.deep.equal([{ value: "User", count: 20_000, atLeast: true }]);
        const { totals: few } = await read(client(), `/Counts?${filter("active eq false")}`);
        expect(few).to.deep.equal([{ value: "User", count: INACTIVE, atLeast: false }]);
      });
    });
  }

  describe("and of more than are sorted", () => {
    before(() =>
      server().database(async (session) => {
        await session.rows("update muster_account_counts set accounts = ?", [TOO_MANY]);
        await session.rows("update muster_organizations set member_count = ?", [TOO_MANY]);
      }),
    );

    it("is refused at once in the order of an attribute without an index, naming those with one", async () => {
      for (const client of [provider, own]) {
        for (const name of ["title", "name.givenName", "emails.value", "active"]) {
          for (const more of ["", "&cursor="]) {
            const answer = await client.get(`/Users?sortBy=${name}${more}`);
            expectError(answer, { status: 400, scimType: "tooMany", detail: new RegExp(`by '${name}'`) });
            expect(answer.body.detail)
              .to.include("'displayName'")
              .and.include(`'${ENTERPRISE_USER}:department'`);
          }
        }
      }
    });

    it("is sorted by anything when a filter leaves few of them", async () => {
      for (const client of [provider, own]) {
        expectList(await client.get(`/Users?sortBy=title&${filter("active eq false")}`), INACTIVE);
        expectStatus(await client.get("/Users?sortBy=displayName&count=1"), 200);
      }
    });
  });
});
