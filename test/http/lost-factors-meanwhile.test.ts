import { expect } from "chai";
import pg from "pg";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { GuardedPeople } from "../support/second-factor.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import type { BrowserOfPerson } from "../support/signed-in.js";

const WAITING =
  "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

describe("The removal of a lost second factor", () => {
  forEachEngine(
    (engine) => {
      let server: ServerInProcess;
      let people: GuardedPeople;
      let writer: pg.Client;

      before(async () => {
        server = await startServer(engine);
        people = new GuardedPeople(server.scim, () => server);
        writer = new pg.Client(server.databaseUrl);
        await writer.connect();
      });
      after(async () => {
        await writer.end();
        await server.stop();
      });

      /** Removes a factor while another transaction has locked a row, and looks whether the person is locked meanwhile. */
      const removeWhileLocked = async (
        [table, id]: [table: string, id: string],
        session: BrowserOfPerson,
        person: Body,
      ) => {
        await writer.query("begin");
        await writer.query(`select 1 from ${table} where id = $1 for update`, [id]);
        const removal = session.send("POST", `/scim/v2/Users/${person.id}/remove-second-factor`, {});
        const isAnswered = removal.then(() => true);
        const isWaiting = async () => (await writer.query(WAITING)).rowCount !== 0;
        while (!(await Promise.race([isAnswered, isWaiting()])));
        const free = "select 1 from muster_accounts where id = $1 for update skip locked";
        const isFree = (await writer.query(free, [person.id])).rowCount === 1;
        await writer.query("commit");
        const { status, text } = await removal;
        expect(status, text).to.equal(200);
        return isFree;
      };

      it("waits for other changes of administrators before it locks the person", async () => {
        const admin = { roles: [{ value: "provider-admin" }] };
        // The first has the smaller id: administrators are locked in the order of their ids.
        const [helper, other] = [await people.guarded(admin), await people.guarded(admin)];
        const lock: [string, string] = ["muster_accounts", helper.sam.id];
        expect(await removeWhileLocked(lock, helper.own, other.sam)).to.equal(true);
      });
    },
    ["PostgreSQL"],
  );
});
