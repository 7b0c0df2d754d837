import { expect } from "chai";
import pg from "pg";
import { expectStatus, memberCount, read } from "../support/assertions.js";
import { createGroup, createUser } from "../support/factories.js";
import { forEachEngine } from "../support/engines.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

/** Makes a person a member of another organization, in a transaction that is still open. */
const JOIN = `insert into muster_memberships
  select (jsonb_populate_record(memberships, jsonb_build_object('organization_id', $3::text))).*
  from muster_memberships as memberships where account_id = $1 and organization_id = $2`;

const WAITING =
  "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

describe("The deletion of an account", () => {
  forEachEngine(
    (engine) => {
      let server: ServerInProcess;
      let writer: pg.Client;

      before(async () => {
        server = await startServer(engine);
        writer = new pg.Client(server.databaseUrl);
        await writer.connect();
      });

      after(async () => {
        await writer.end();
        await server.stop();
      });

      it("tells an organization that the person joins in that moment, too", async () => {
        const { scim } = server;
        const person = await createUser(scim);
        const first = await createGroup(scim, [person]);
        const second = await createGroup(scim, []);
        await writer.query("begin");
        await writer.query(JOIN, [person.id, first.id, second.id]);
        await writer.query("update muster_organizations set member_count = member_count + 1 where id = $1", [
          second.id,
        ]);
        const deletion = scim.delete(`/Users/${person.id}`);
        while ((await writer.query(WAITING)).rowCount === 0);
        await writer.query("commit");
        expectStatus(await deletion, 204);
        expect(await memberCount(scim, second.id)).to.equal(0);
        const filter = encodeURIComponent(`target.value eq "${second.id}" and action eq "change"`);
        const { Resources } = await read(scim, `/AuditEvents?filter=${filter}`);
        expect(JSON.stringify(Resources)).to.contain(person.id);
      });
    },
    ["PostgreSQL"],
  );
});
