import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { createLogger } from "../../src/logging/logger.js";
import { OutboxWorker } from "../../src/delivery/outbox-worker.js";
import { Transactions } from "../../src/repositories/transactions.js";
import { forEachEngine } from "../support/engines.js";

const CLAIM_MS = 300;

describe("A worker that sends mail by a slow server", () => {
  forEachEngine((engine) => {
    let database: Database;

    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
    });
    after(() => database.close());

    it("keeps it from other workers for as long as that takes", async () => {
      const work = new Transactions(database);
      const sent: string[] = [];
      const given = {
        ...{ work, now: () => new Date().toISOString(), newId: () => "none", claimMs: CLAIM_MS },
        logger: createLogger("silent"),
        compose: () =>
          Promise.resolve({ message: { subject: "", text: "", html: "" }, to: "a@x.test", link: undefined }),
      };
      const slow = new OutboxWorker({
        ...given,
        transport: {
          name: "slow",
          send: async ({ id }) => {
            await wait(4 * CLAIM_MS);
            sent.push(`slow ${id}`);
          },
          close: () => undefined,
        },
      });
      const other = new OutboxWorker({
        ...given,
        transport: {
          name: "other",
          send: ({ id }) => Promise.resolve(void sent.push(`other ${id}`)),
          close: () => undefined,
        },
      });
      await work.write(PROVIDER_REALM, ({ outbox }) =>
        outbox.insert([
          { id: "one", kind: "invitation", address: "a@x.test", revision: 1, createdAt: given.now() },
        ]),
      );
      const sending = slow.run();
      while (await work.read(PROVIDER_REALM).outbox.isDue(given.now(), given.now())) await wait(5);
      while (sent.length === 0) {
        await other.run();
        await wait(20);
      }
      await sending;
      expect(sent).to.deep.equal(["slow one"]);
    });
  });
});
