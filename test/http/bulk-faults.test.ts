import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import sqlite3 from "sqlite3";
import { expectError, expectList } from "../support/assertions.js";
import { BULK_REQUEST, idOf, sendBulk } from "../support/bulk.js";
import type { BulkOperation, BulkOutcome } from "../support/bulk.js";
import type { ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import type { Engine } from "../support/engines.js";
import { CORE_USER, unique } from "../support/factories.js";
import { COSTLY_PASSWORDS, startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { Wire } from "../support/wire.js";

const LIMITS = { STATEMENT_TIMEOUT: "1", LIST_TIMEOUT: "1", DATABASE_WAIT: "1", LOG_LEVEL: "silent" };

/** More than one transaction waits with these limits, and less than several do. */
const AT_MOST_MS = 6000;

const OPERATIONS = 4000;

/** What keeps the database from working, and lets it work again. */
interface Fault {
  begin(): Promise<void>;
  end(): Promise<void>;
  close(): Promise<void>;
}

describe("A Bulk during a fault of the database", function () {
  this.timeout(60_000);

  forEachEngine((engine) => {
    let server: ServerInProcess;
    let fault: Fault;
    before(async () => {
      const faulty = await FAULTS[engine.name](engine);
      fault = faulty.fault;
      const settings = { ...LIMITS, DATABASE_URL: faulty.databaseUrl };
      server = await startServer(engine, settings, Date.now, COSTLY_PASSWORDS);
    });
    after(async () => {
      await server.stop();
      await fault.close();
    });

    it("is 503 in time when nothing of it was done", async () => {
      const { scim } = server;
      const operations = creating(unique("never"), OPERATIONS);
      // The transaction before it is over, and its token is known.
      await sendBulk(scim, creating(unique("before"), 1));
      await fault.begin();
      const answered = await timed(scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: operations }));
      await fault.end();
      expectError(answered, { status: 503, detail: /database/ });
      expect(answered.headers["retry-after"]).to.match(/^[1-9]\d*$/);
    });

    it("ends, with 503 for the rest, and what was answered as done is there", async () => {
      const { scim } = server;
      const name = unique("some");
      const bulk = sendBulk(scim, creating(name, OPERATIONS));
      while (!(await exists(scim, `${name}-0`))) await wait(5);
      await fault.begin();
      const outcomes = await timed(bulk);
      await fault.end();
      expectEnded(outcomes, OPERATIONS);
      const done = outcomes.filter(({ status }) => status === "201");
      const last = expectList(await scim.find("/Users", `userName eq "${name}-${done.length - 1}"`), 1);
      expect(last[0]?.id).to.equal(idOf(done.at(-1)));
      const [again] = await sendBulk(scim, creating(unique("after"), 1));
      expect(again?.status).to.equal("201");
    });
  });
});

const creating = (name: string, count: number): BulkOperation[] =>
  Array.from({ length: count }, (_, number) => ({
    ...{ method: "POST", path: "/Users", bulkId: `b${number}` },
    data: {
      ...{ schemas: [CORE_USER], userName: `${name}-${number}` },
      // While a password is hashed, the database is free: else a fault that waits for it could come too late.
      password: number % 40 === 39 ? "river-Stone-42-lamp" : undefined,
    },
  }));

async function exists(scim: ScimClient, userName: string): Promise<boolean> {
  return (await scim.find("/Users", `userName eq "${userName}"`)).body.totalResults === 1;
}

/** One part is done, and all after it says why it is not. */
function expectEnded(outcomes: readonly BulkOutcome[], count: number): void {
  expect(outcomes).to.have.length(count);
  const first = outcomes.findIndex(({ status }) => status !== "201");
  expect(first).to.be.within(1, count - 1);
  for (const { status, location, response } of outcomes.slice(first)) {
    expect(status).to.equal("503");
    expect(location).to.equal(undefined);
    expect(response?.detail).to.match(/database/);
  }
}

/** @throws AssertionError when it takes longer than what the fault makes one transaction take */
async function timed<T>(answer: Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await answer;
  expect(performance.now() - started).to.be.below(AT_MOST_MS);
  return result;
}

const FAULTS = { SQLite: locked, PostgreSQL: hung };

async function locked(engine: Engine): Promise<{ databaseUrl: string; fault: Fault }> {
  const databaseUrl = await engine.migratedDatabaseUrl();
  const other = new sqlite3.Database(databaseUrl.slice("sqlite:".length));
  const exec = (sql: string) =>
    new Promise<NodeJS.ErrnoException | null>((resolve) => {
      other.exec(sql, resolve);
    });
  const fault: Fault = {
    // SQLite's own waiting sleeps for longer and longer, and would miss each turn.
    begin: async () => {
      while ((await exec("begin immediate")) !== null) await wait(0);
    },
    end: async () => {
      expect(await exec("rollback")).to.equal(null);
    },
    close: () => new Promise((done) => other.close(() => done())),
  };
  return { databaseUrl, fault };
}

async function hung(engine: Engine): Promise<{ databaseUrl: string; fault: Fault }> {
  const { wire, databaseUrl } = await Wire.to(await engine.migratedDatabaseUrl());
  const fault: Fault = {
    begin: () => {
      wire.hang();
      return Promise.resolve();
    },
    end: () => wire.restore(),
    close: () => {
      wire.cut();
      return Promise.resolve();
    },
  };
  return { databaseUrl, fault };
}
