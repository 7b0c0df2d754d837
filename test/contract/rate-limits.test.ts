import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { Transactions } from "../../src/repositories/transactions.js";
import { counted } from "../../src/services/limits/rate-limits.js";
import { forEachEngine } from "../support/engines.js";

const LIMIT = { points: 2, seconds: 60 };

const at = (second: number) => new Date(Date.UTC(2026, 5, 1, 12, 0, second)).toISOString();

describe("A limit in a time", () => {
  forEachEngine((engine) => {
    let database: Database;
    let made = 0;

    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
    });
    beforeEach(() => (made += 1));
    after(() => database.close());

    const count = (second: number) =>
      new Transactions(database).write(PROVIDER_REALM, (repositories) =>
        counted({ now: () => at(second) }, repositories, `test ${made}`, LIMIT),
      );

    it("ends when its window does, and begins anew", async () => {
      for (const second of [0, 10]) expect((await count(second)).excess).to.be.at.most(0);
      expect(await count(20)).to.deep.equal({ excess: 1, retryAfter: 40 });
      expect(await count(60)).to.deep.equal({ excess: -1, retryAfter: 60 });
    });

    it("lasts no longer than its window when the clock is set back", async () => {
      for (let time = 0; time < 3; time += 1) await count(3600);
      expect(await count(0)).to.deep.equal({ excess: 2, retryAfter: 60 });
      expect(await count(30)).to.deep.equal({ excess: 3, retryAfter: 30 });
      expect(await count(60)).to.deep.equal({ excess: -1, retryAfter: 60 });
    });

    it("forgets no count because the clock of another process is behind", async () => {
      for (let time = 0; time < 2; time += 1) await count(10);
      expect((await count(8)).excess).to.equal(1);
      expect((await count(10)).excess).to.equal(2);
    });
  });
});
