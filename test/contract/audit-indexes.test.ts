import { expect } from "chai";
import { v7 as newId } from "uuid";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { openDatabase } from "../../src/db/open.js";
import { Session } from "../../src/db/session.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { Realm } from "../../src/domain/access/principal.js";
import type { AuditEvent } from "../../src/domain/audit/audit-event.js";
import { AuditEventRepository } from "../../src/repositories/audit/audit-events.js";
import { sql } from "../../src/repositories/listing/sql.js";
import type { Sql } from "../../src/repositories/listing/sql.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { compileSort } from "../../src/scim/filter/sort.js";
import { auditEvents } from "../../src/scim/resources/audit-event.js";
import { forEachEngine } from "../support/engines.js";
import { planOf } from "../support/plans.js";

const ID = "01a20a8f-e6b2-71f7-81e8-401545d35924";
const SCHEMA = auditEvents([]).schema;

describe("The audit log's index of people", () => {
  forEachEngine((engine) => {
    let database: Database;
    before(async () => {
      database = await openDatabase(
        readSettings({ DATABASE_URL: await engine.migratedDatabaseUrl() }).database,
      );
      await migrate(database);
    });
    after(() => database.close());

    const event = (createdAt: string, people: AuditEvent["people"]): AuditEvent => ({
      ...{ id: newId(), createdAt, action: "change", result: "success", realm: "provider" },
      ...{ organizationId: ID, target: { type: "Group", id: ID }, people, changes: [], ignored: [] },
    });
    const countOfPeople = async () =>
      (await database.transaction((session) => session.rows("select 1 from muster_audit_event_people")))
        .length;

    /** The statement that reads the first page of a person's events, the newest first. */
    async function pageOf(realm: Realm): Promise<Sql> {
      const statements: Sql[] = [];
      const session = new Session(database.dialect, (each, bindings) => {
        statements.push(sql(each, ...bindings));
        return Promise.resolve([]);
      });
      const sort = compileSort(SCHEMA, "id", "descending");
      await new AuditEventRepository(session, realm).list({
        ...{ filter: compileFilter(SCHEMA, `affectedUsers.value eq "${ID}"`), ...(sort && { sort }) },
        ...{ start: { type: "position" }, limit: 100, maxBytes: 1_000_000, locations: () => "" },
      });
      // Where an order can begin with rows without a value, those are read first.
      const page = statements.find(
        ({ text }) => text.includes(" order by ") && !text.includes("audit_events.id is null"),
      );
      if (!page) throw new Error("Nothing was read");
      return page;
    }

    for (const realm of [PROVIDER_REALM, { type: "organization", organizationId: ID } as const]) {
      it(`serves the events of a person in the realm of ${realm.type === "provider" ? "the provider" : "an organization"}`, async () => {
        const page = await pageOf(realm);
        const plan = await database.transaction((session) => planOf(session, page));
        expect(plan)
          .to.match(/muster_audit_event_people[^\n]*account_id|muster_audit_event_people_pkey/)
          .and.include("muster_audit_events_target_id_index")
          .and.not.match(/SCAN muster_audit_event|Seq Scan on muster_audit_event/);
      });
    }

    it("goes with the events that are deleted for their age", async () => {
      const people = new Map([[ID, "added"]] as const);
      await database.transaction(async (session) => {
        const repository = new AuditEventRepository(session, PROVIDER_REALM);
        await repository.insert([event("2020-01-01T00:00:00.000Z", people)]);
        await repository.insert([event("2026-01-01T00:00:00.000Z", people)]);
        await repository.insert([event("2026-01-01T00:00:00.000Z", undefined)]);
      });
      expect(await countOfPeople()).to.equal(2);
      await database.transaction((session) =>
        new AuditEventRepository(session, PROVIDER_REALM).prune("2021-01-01T00:00:00.000Z", 10),
      );
      expect(await countOfPeople()).to.equal(1);
    });
  });
});
