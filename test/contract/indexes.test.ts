import { expect } from "chai";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { Session } from "../../src/db/session.js";
import { readSettings } from "../../src/config/settings.js";
import { MembershipDetailsRepository } from "../../src/repositories/memberships/membership-details.js";
import { MembershipRepository } from "../../src/repositories/memberships/memberships.js";
import { PowerRepository } from "../../src/repositories/memberships/power.js";
import { accountSource } from "../../src/repositories/users/account-fields.js";
import { AccountRepository } from "../../src/repositories/users/accounts.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { OPERATOR } from "../../src/domain/access/actor.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { Realm } from "../../src/domain/access/principal.js";
import { takingBy } from "../../src/domain/removals/removal.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { forEachEngine } from "../support/engines.js";
import { planInOrganization, planOf, planOfFilter, planOfPage, SCAN } from "../support/plans.js";

const ID = "01a20a8f-e6b2-71f7-81e8-401545d35924";

const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";
const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** What identity providers look people up by, all day long. */
const LOOKUPS = [
  `id eq "${ID}"`,
  'userName eq "dana"',
  'externalId eq "00u1"',
  'displayName eq "Dana"',
  'emails.value eq "dana@example.com"',
  'emails eq "dana@example.com"',
  'emails[type eq "work"].value eq "dana@example.com"',
  `groups.value eq "${ID}"`,
  'meta.lastModified eq "2026-11-23T12:00:00Z"',
  'meta.lastModified gt "2026-11-23T12:00:00Z"',
  'userName sw "dana"',
  'userName eq "dana" and active eq true',
  "active eq false",
  'meta.created gt "2026-11-23T12:00:00Z"',
  'name.familyName sw "ros"',
  `${ENTERPRISE_USER}:department eq "Sales" and active eq true`,
  "urn:muster:params:scim:schemas:extension:membership:2.0:User:hasSecondFactor eq true",
  `${ENTERPRISE_USER}:employeeNumber eq "701984"`,
];

/** What lists are sorted by. */
const ORDERS = [
  "userName",
  "displayName",
  "name.familyName",
  "externalId",
  "meta.lastModified",
  "meta.created",
  `${ENTERPRISE_USER}:department`,
  `${ENTERPRISE_USER}:employeeNumber`,
  `${MEMBERSHIP}:lastActiveAt`,
];

/** An index that begins with the organization and goes on with what is asked for, or one of a person or a team. */
const OF_ORGANIZATION =
  /\(organization_id=\? AND \w+[=<>]|Index Cond: \(+organization_id = '[^']*'[^)]*\) AND \(|Index Cond: \((?:account|team)_id = /;

/** All of an organization's people, or all people, are read. */
const SCAN_OF_MEMBERS =
  /SCAN (accounts|memberships)\b|memberships USING [^(]*\(organization_id=\?\)|Seq Scan on muster_(acc|memb)/;

/** Many people in one organization, so that PostgreSQL knows what reading all of them costs. */
async function peopleOf(session: Session): Promise<void> {
  if (session.dialect.engine === "sqlite") return;
  const at = "2026-01-01T00:00:00.000Z";
  await session.rows(
    `insert into muster_organizations (id, display_name, display_name_key, version, created_at, updated_at)
     values (?, 'Acme', 'ACME', 1, ?, ?)`,
    [ID, at, at],
  );
  await session.rows(
    `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, version, created_at, updated_at)
     select 'p' || n, 'p' || n, 'P' || n, true, '{}', '{}', 1, ?, ? from generate_series(1, 3000) as n`,
    [at, at],
  );
  await session.rows(
    `insert into muster_memberships (organization_id, account_id, source, user_name, user_name_key, external_id,
       display_name_key, family_name_key, department_key, employee_number_key, created_at, updated_at)
     select ?, 'p' || n, 'scim', 'p' || n, 'P' || n, 'e' || n, 'P' || n, 'F' || n, 'D' || n, 'N' || n, ?, ? || n
     from generate_series(1, 3000) as n`,
    [ID, at, at],
  );
  await session.rows(
    `insert into muster_member_emails (organization_id, account_id, position, value_key)
     select ?, 'p' || n, 0, 'P' || n from generate_series(1, 3000) as n`,
    [ID],
  );
  for (const table of ["accounts", "memberships", "member_emails"])
    await session.rows(`analyze muster_${table}`);
}

/** What a plan says that reads all people of an organization, or all accounts that it created. */
const ALL_OF_ORGANIZATION =
  /(memberships|others|accounts|member_emails)\b[^\n]*\((origin_)?organization_id=\?\)|SCAN (memberships|accounts|others)\b|Seq Scan on muster_(memb|acc)/;

describe("Looking users up", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
      await database.transaction(peopleOf);
    });
    after(() => database.close());

    for (const filter of LOOKUPS) {
      it(`by ${filter} is served by an index`, async () => {
        const plan = await database.transaction((session) => planOfFilter(session, filter));
        expect(plan).to.match(/index/i);
        expect(plan).to.not.match(SCAN);
      });
    }

    for (const filter of LOOKUPS) {
      it(`by ${filter} among an organization's people is served by an index of theirs`, async () => {
        const plan = await database.transaction((session) => planInOrganization(session, filter, ID));
        expect(plan).to.match(OF_ORGANIZATION);
        expect(plan).to.not.match(SCAN_OF_MEMBERS);
      });
    }

    it("by an attribute and by being active reads those with the attribute", async () => {
      const filter = `${ENTERPRISE_USER}:department eq "Sales" and active eq true`;
      const plan = await database.transaction((session) => planOfFilter(session, filter));
      expect(plan).to.include("department_key_index");
    });

    it("by the role of the provider's administrators is served by an index of those with a role", async () => {
      const plan = await database.transaction((session) =>
        planOfFilter(session, 'roles.value eq "provider-admin"'),
      );
      expect(plan).to.include("muster_accounts_roles_index");
    });

    for (const name of ORDERS) {
      it(`in an organization, in the order of ${name}, is served by an index of its people`, async () => {
        const realm = { type: "organization", organizationId: ID } as const;
        const plan = await database.transaction((session) => planOfPage(session, name, false, realm));
        expect(plan).to.match(OF_ORGANIZATION);
        expect(plan)
          .to.not.match(SCAN_OF_MEMBERS)
          .and.not.match(/FOR ORDER BY|(?<!Incremental )Sort {2}/);
      });
    }

    for (const name of ORDERS) {
      for (const descending of [false, true]) {
        it(`on, in the order of ${name}, ${descending ? "from the end" : "from the start"}, is served by an index`, async () => {
          const plan = await database.transaction((session) => planOfPage(session, name, descending));
          expect(plan).to.match(/index/i);
          expect(plan).to.not.match(SCAN);
          expect(plan).to.not.match(/FOR ORDER BY/);
        });
      }
    }

    it("is told of no other orders by an index", () => {
      const { orders = [] } = accountSource(database.dialect, PROVIDER_REALM, () => "", {});
      const names = [...orders].map((name) => name.replace(/(:User)\./, "$1:"));
      expect(names).to.have.members(["id", ...ORDERS]);
    });

    /** The statement that reads the first page of a list by cursor, without `sortBy`. */
    async function pageOf(text: string, realm: Realm): Promise<Sql> {
      const statements: Sql[] = [];
      const session = new Session(database.dialect, (each, bindings) => {
        statements.push(sql(each, ...bindings));
        return Promise.resolve([]);
      });
      const filter = compileFilter(userSchema, text);
      const start = { type: "position" } as const;
      const listing = { filter, start, limit: 100, maxBytes: 1_000_000, locations: () => "" };
      await new AccountRepository(session, realm).list(listing);
      const page = statements.find((each) => each.text.includes(" order by page_"));
      if (!page) throw new Error("Nothing was read");
      return page;
    }

    for (const name of ["meta.created", "meta.lastModified"]) {
      it(`by ${name} since a time, in no order, reads an index of it from there on`, async () => {
        for (const realm of [PROVIDER_REALM, { type: "organization", organizationId: ID } as const]) {
          const page = await pageOf(`${name} gt "2026-11-23T12:00:00Z" and active eq true`, realm);
          expect(page.text).to.include(" is not null order by ");
          const plan = await database.transaction((each) => planOf(each, page));
          // PostgreSQL sorts what it takes for few rows.
          expect(plan)
            .to.match(/_(created_at|updated_at)_index/)
            .and.not.match(/(FOR|OF) ORDER BY/);
        }
      });
    }

    it("by a time and what few have, or by when people were active, stay in the order of ids", async () => {
      const since = 'gt "2026-11-23T12:00:00Z"';
      for (const text of [
        `${ENTERPRISE_USER}:department eq "Sales" and meta.lastModified ${since}`,
        `active eq false and meta.created ${since}`,
        `${MEMBERSHIP}:lastActiveAt ${since}`,
      ]) {
        const page = await pageOf(text, PROVIDER_REALM);
        expect(page.text, text).to.match(/ order by page_id limit/);
      }
      const page = await pageOf(`active eq false and meta.created ${since}`, PROVIDER_REALM);
      const plan = await database.transaction((each) => planOf(each, page));
      expect(plan).not.to.match(/(FOR|OF) ORDER BY/);
    });

    it("with their teams, or whether they have a role in one, is served by an index", async () => {
      const statements: Sql[] = [];
      const session = new Session(database.dialect, (text, bindings) => {
        statements.push(sql(text, ...bindings));
        return Promise.resolve([]);
      });
      for (const realm of [PROVIDER_REALM, { type: "organization", organizationId: ID } as const]) {
        await new MembershipDetailsRepository(session, realm).find([ID]);
      }
      for (const organizationId of [undefined, ID]) {
        await new PowerRepository(session).hasRole(ID, organizationId);
      }
      const onTeams = statements.filter(({ text }) => text.includes("muster_team_memberships"));
      expect(onTeams).to.have.lengthOf(5);
      for (const statement of onTeams) {
        const explained = await database.transaction((each) => planOf(each, statement));
        expect(explained).to.include("muster_team_memberships_account_id_index");
        expect(explained).to.not.match(/SCAN (muster_)?team_memberships/);
      }
    });

    it("by several ids reads none of the other people, nor of the other setups that are pending", async () => {
      for (const realm of [PROVIDER_REALM, { type: "organization", organizationId: ID } as const]) {
        const statements: Sql[] = [];
        const session = new Session(database.dialect, (text, bindings) => {
          statements.push(sql(text, ...bindings));
          return Promise.resolve([]);
        });
        await new AccountRepository(session, realm).findAll([ID, "another"]);
        expect(statements).to.have.lengthOf(1);
        for (const statement of statements) {
          const plan = await database.transaction((each) => planOf(each, statement));
          expect(plan)
            .to.match(/index/i)
            .and.not.match(/SCAN (accounts|memberships)\b|Seq Scan on muster_(accounts|memberships) /)
            .and.not.match(/memberships[^\n]*\n?[^\n]*\(+organization_id = (\?|'[^']*'(::text)?)\)+$/m);
          // PostgreSQL decides by how many there are.
          if (engine.name === "SQLite") expect(plan).to.include("muster_account_setups_account_id_unique");
        }
      }
    });

    it("when one joins or leaves an organization reads none of its other people", async () => {
      const statements: Sql[] = [];
      const session = new Session(database.dialect, (text, bindings) => {
        statements.push(sql(text, ...bindings));
        // Of whom everything is true that leads to further statements.
        return Promise.resolve([{ id: ID, account_id: ID, is_in_care: true, is_taken: true } as never]);
      });
      const memberships = new MembershipRepository(session, PROVIDER_REALM);
      const at = "2026-01-01T00:00:00.000Z";
      const addition = { origin: { source: "scim", isProviders: true }, showsProfile: true, at } as const;
      await memberships.add(ID, [ID], addition);
      await memberships.administered([ID]);
      await memberships.remove(ID, [ID], takingBy(OPERATOR, undefined, { id: ID, at, days: 30 }));
      expect(statements).to.have.length.above(7);
      for (const statement of statements) {
        // SQLite does not end a transaction in which a statement that returns rows was explained.
        const plan = await (database.dialect.hasOneWriter
          ? planOf(database.lookingUp(""), statement)
          : database.transaction((each) => planOf(each, statement)));
        expect(plan, statement.text).to.not.match(ALL_OF_ORGANIZATION);
      }
    });

    it("by an attribute without an index reads them all, so that this test can tell", async () => {
      const plan = await database.transaction((session) => planOfFilter(session, 'nickName eq "d"'));
      expect(plan).to.match(SCAN);
    });
  });
});
