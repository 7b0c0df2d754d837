import { expect } from "chai";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { Session } from "../../src/db/session.js";
import { readSettings } from "../../src/config/settings.js";
import { accountSource } from "../../src/repositories/users/account-fields.js";
import { MembershipDetailsRepository } from "../../src/repositories/memberships/membership-details.js";
import { PowerRepository } from "../../src/repositories/memberships/power.js";
import { selectFrom } from "../../src/repositories/listing/source.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { forEachEngine } from "../support/engines.js";
import { planOf, planOfFilter, planOfPage, SCAN } from "../support/plans.js";

const ID = "01a20a8f-e6b2-71f7-81e8-401545d35924";

const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const NOWHERE = () => "";

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
  'name.familyName sw "ros"',
  `${ENTERPRISE_USER}:department eq "Sales" and active eq true`,
  `${ENTERPRISE_USER}:employeeNumber eq "701984"`,
];

/** What lists are sorted by. */
const ORDERS = ["userName", "displayName", "name.familyName", "externalId", "meta.lastModified"];

describe("Looking users up", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
    });
    after(() => database.close());

    for (const filter of LOOKUPS) {
      it(`by ${filter} is served by an index`, async () => {
        const plan = await database.transaction((session) => planOfFilter(session, filter));
        expect(plan).to.match(/index/i);
        expect(plan).to.not.match(SCAN);
      });
    }

    for (const filter of [...LOOKUPS.slice(1, 5), `id eq "${ID}"`, "id pr"]) {
      it(`by ${filter} among the members of an organization is served by an index`, async () => {
        const realm = { type: "organization", organizationId: ID } as const;
        const source = accountSource(database.dialect, realm, NOWHERE, {
          filter: compileFilter(userSchema, filter),
        });
        const { text, bindings } = selectFrom([source], 4096);
        const page = sql(`${text} order by page_id limit 100`, ...bindings);
        const explained = await database.transaction((session) => planOf(session, page));
        expect(explained).to.match(/index/i);
        expect(explained).to.not.match(
          /SCAN (accounts|memberships)\b(?! USING)|Seq Scan on muster_(acc|memb)/,
        );
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

    it("by an attribute without an index reads them all, so that this test can tell", async () => {
      const plan = await database.transaction((session) => planOfFilter(session, 'nickName eq "d"'));
      expect(plan).to.match(SCAN);
    });
  });
});
