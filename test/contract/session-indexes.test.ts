import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { Session } from "../../src/db/session.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { Realm } from "../../src/domain/access/principal.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { Repositories } from "../../src/repositories/repositories.js";
import { forEachEngine } from "../support/engines.js";
import { planOf } from "../support/plans.js";

const ID = "01a20a8f-e6b2-71f7-81e8-401545d35924";
const AT = "2026-11-23T12:00:00.000Z";
const CUT = { now: AT, idleSince: AT };
const IN_ORGANIZATION = { type: "organization", organizationId: ID } as const;

describe("Sessions and counts", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(
        readSettings({ DATABASE_URL: await engine.migratedDatabaseUrl() }).database,
      );
    });
    after(() => database.close());

    /** How the engine goes about the statements of a repository that name a table. */
    const plansOf = async (
      realm: Realm,
      table: string,
      act: (repositories: Repositories) => Promise<unknown>,
    ): Promise<string[]> => {
      const statements: Sql[] = [];
      const session = new Session(database.dialect, (text, bindings) => {
        statements.push(sql(text, ...bindings));
        return Promise.resolve([]);
      });
      await act(new Repositories(session, realm));
      const found = statements.filter(({ text }) => text.includes(table));
      expect(found).to.not.have.length(0);
      // SQLite does not end a transaction in which a statement that returns rows was explained.
      return Promise.all(
        found.map((each) =>
          database.dialect.hasOneWriter
            ? planOf(database.lookingUp(""), each)
            : database.transaction((transaction) => planOf(transaction, each)),
        ),
      );
    };

    const SCAN_OF_SESSIONS = /SCAN (muster_)?sessions\b(?! USING INDEX)|Seq Scan on muster_sessions/;

    for (const [name, index, act] of [
      ["end with the person", /_account_id_index/, ({ sessions }) => sessions.endOf(ID, undefined)],
      [
        "end with a password of an organization",
        /_(account_id|credential_organization_id)_index/,
        ({ sessions }) => sessions.endOf(ID, ID),
      ],
      [
        "end with a second factor",
        /_account_id_index/,
        ({ sessions }) => sessions.endOfFactor({ id: ID, accountId: ID }),
      ],
    ] as const satisfies readonly [string, RegExp, (repositories: Repositories) => Promise<unknown>][]) {
      it(`${name} by an index of the person's`, async () => {
        for (const plan of await plansOf(PROVIDER_REALM, "muster_sessions", act)) {
          expect(plan).to.match(index).and.not.match(SCAN_OF_SESSIONS);
        }
      });
    }

    it("that are over are found by an index of when they end", async () => {
      const [expired] = await plansOf(PROVIDER_REALM, "muster_sessions", ({ sessions }) =>
        sessions.prune(CUT),
      );
      expect(expired).to.include("muster_sessions_expires_at_index");
    });

    it("of an organization are listed by an index that begins with their realm", async () => {
      const listing = {
        limit: 100,
        maxBytes: 1_000_000,
        locations: () => "",
        start: { type: "position" },
      } as const;
      const viewer = { accountId: ID, seesRealm: true, seesOwnElsewhere: false };
      const [page] = await plansOf(IN_ORGANIZATION, "muster_sessions", ({ sessions }) =>
        sessions.list(listing, viewer, CUT),
      );
      expect(page).to.include("muster_sessions_realm_index").and.not.match(SCAN_OF_SESSIONS);
    });

    it("by how people were added, and of those with a role, read indexes of them", async () => {
      for (const realm of [PROVIDER_REALM, IN_ORGANIZATION]) {
        const plans = await plansOf(realm, "muster_memberships", ({ counts }) => counts.all(AT));
        const all = plans.join("\n");
        // PostgreSQL decides by how many there are.
        if (engine.name === "SQLite") expect(all).to.include("muster_memberships_own_source_index");
        expect(all).to.include("muster_memberships_roles_index");
        expect(all).to.not.match(/SCAN (muster_)?memberships\b(?! USING)|Seq Scan on muster_memberships/);
      }
    });
  });
});
