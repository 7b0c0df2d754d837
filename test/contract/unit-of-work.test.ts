import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { openDatabase } from "../../src/db/open.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { InvalidValueError, UniquenessError } from "../../src/domain/errors.js";
import { Transactions } from "../../src/repositories/transactions.js";
import type { Repositories } from "../../src/repositories/unit-of-work.js";
import { forEachEngine } from "../support/engines.js";

const AT = "2026-11-23T12:00:00.000Z";

describe("A unit of work", () => {
  forEachEngine((engine) => {
    let database: Database;
    let work: Transactions;
    /** How often each piece of work was begun, by its name. */
    let runs: Record<string, number>;
    beforeEach(async () => {
      database = await openDatabase(
        readSettings({ DATABASE_URL: await engine.migratedDatabaseUrl() }).database,
      );
      work = new Transactions(database);
      runs = {};
    });
    afterEach(() => database.close());

    /** Creates an organization. @param name of the work; what follows a space makes it another with the same name */
    const creating =
      (name: string, end?: () => Promise<never>) =>
      async ({ organizations }: Repositories) => {
        runs[name] = (runs[name] ?? 0) + 1;
        const [displayName = ""] = name.split(" ");
        await organizations.insert({
          ...{ id: `id of ${name}`, displayName, externalId: undefined, description: undefined },
          ...{ memberCount: 0, version: 1, updatedAt: AT },
        });
        await end?.();
      };

    const namesNow = async () => {
      const rows = await database.reader.rows<{ display_name: string }>(
        "select display_name from muster_organizations order by display_name",
      );
      return rows.map((row) => row.display_name);
    };

    it("that is refused since a name is taken runs once, and makes no other run again", async () => {
      // The first keeps the writer busy until all others wait.
      const names = ["a", "b", "a again", "c", "b again", "d"];
      const outcomes = await Promise.allSettled(
        names.map((name) => work.write(PROVIDER_REALM, creating(name))),
      );
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      for (const { reason } of refused) expect(reason).to.be.instanceOf(UniquenessError);
      expect(refused).to.have.lengthOf(2);
      expect(await namesNow()).to.deep.equal(["a", "b", "c", "d"]);
      expect(runs).to.deep.equal(Object.fromEntries(names.map((name) => [name, 1])));
    });

    it("in one transaction with others that is refused since a name is taken runs once, as do the others", async () => {
      const names = ["a", "b", "a again", "c"];
      const outcomes = await work.together(PROVIDER_REALM, async (joined) => {
        const all: unknown[] = [];
        for (const name of names) {
          all.push(await joined.write(PROVIDER_REALM, creating(name)).catch((error: unknown) => error));
        }
        return all;
      });
      expect(outcomes.map((outcome) => outcome instanceof UniquenessError)).to.deep.equal([
        false,
        false,
        true,
        false,
      ]);
      expect(await namesNow()).to.deep.equal(["a", "b", "c"]);
      expect(runs).to.deep.equal(Object.fromEntries(names.map((name) => [name, 1])));
    });

    it("that fails after it has written leaves nothing, and all of the others", async () => {
      const fail = () => Promise.reject(new InvalidValueError("no"));
      const works = [creating("a"), creating("b", fail), creating("c")];
      await Promise.allSettled(works.map((each) => work.write(PROVIDER_REALM, each)));
      await work.together(PROVIDER_REALM, async (joined) => {
        for (const each of [creating("d"), creating("e", fail), creating("f")]) {
          await joined.write(PROVIDER_REALM, each).catch(() => undefined);
        }
      });
      expect(await namesNow()).to.deep.equal(["a", "c", "d", "f"]);
    });
  });
});
