import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import sqlite3 from "sqlite3";
import { expectError, expectStatus } from "../support/assertions.js";
import type { Answer } from "../support/client.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { CORE_USER, createUser, unique } from "../support/factories.js";
import { startOwnPostgres } from "../support/postgres.js";
import type { OwnPostgres } from "../support/postgres.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { Wire } from "../support/wire.js";

const LIMITS = { STATEMENT_TIMEOUT: "1", LIST_TIMEOUT: "1", DATABASE_WAIT: "1", LOG_LEVEL: "silent" };

/** More than any request waits with these limits: for a connection, a statement, and its end. */
const AT_MOST_MS = 8000;

/** How long a load balancer waits. */
const READY_AT_MOST_MS = 2000;

describe("A locked SQLite file", () => {
  forEachEngine(
    (engine) => {
      let server: ServerInProcess;
      let other: sqlite3.Database;
      const exec = (sql: string) =>
        new Promise<void>((resolve, reject) => {
          other.exec(sql, (error) => (error ? reject(error) : resolve()));
        });
      before(async () => {
        server = await startServer(engine, LIMITS);
        other = new sqlite3.Database(server.databaseUrl.slice("sqlite:".length));
      });
      after(async () => {
        await new Promise((done) => other.close(done));
        await server.stop();
      });

      it("is 503 for writes, which are not done later; reads go on, and it recovers by itself", async () => {
        const { scim } = server;
        const user = await createUser(scim);
        await exec("begin immediate");
        const names = Array.from({ length: 20 }, () => unique("locked"));
        const answers = names.map((userName) => scim.post("/Users", { schemas: [CORE_USER], userName }));
        expectStatus(await scim.get(`/Users/${user.id}`), 200);
        expect(await readinessBecomes(503, scim.url)).to.equal(true);
        for (const answer of await Promise.all(answers.map(timed))) expectUnavailable(answer);
        await exec("rollback");
        for (const userName of names) {
          const { body } = await scim.find("/Users", `userName eq "${userName}"`);
          expect(body.totalResults).to.equal(0);
        }
        await createUser(scim);
        expect(await readinessBecomes(200, scim.url)).to.equal(true);
      });
    },
    ["SQLite"],
  );
});

describe("A PostgreSQL that", () => {
  forEachEngine(
    (engine) => {
      let server: ServerInProcess;
      let wire: Wire;
      before(async () => {
        const wired = await Wire.to(await engine.databaseUrl());
        wire = wired.wire;
        server = await startServer(engine, { ...LIMITS, DATABASE_URL: wired.databaseUrl });
      });
      after(async () => {
        await server.stop();
        wire.cut();
      });

      for (const fault of ["hang", "cut"] as const) {
        it(`${fault === "hang" ? "hangs" : "is gone"} is 503 in time for all requests, and recovers by itself`, async () => {
          const { scim } = server;
          const user = await createUser(scim);
          wire[fault]();
          const answers = [
            scim.get(`/Users/${user.id}`),
            scim.get("/Users"),
            scim.post("/Users", { schemas: [CORE_USER], userName: unique("hung") }),
          ];
          expect(await readinessBecomes(503, scim.url)).to.equal(true);
          for (const answer of await Promise.all(answers.map(timed))) expectUnavailable(answer);
          await wire.restore();
          expect(await readinessBecomes(200, scim.url)).to.equal(true);
          expectStatus(await scim.get(`/Users/${user.id}`), 200);
          await createUser(scim);
        });
      }
    },
    ["PostgreSQL"],
  );
});

describe("The processes of a PostgreSQL", () => {
  forEachEngine(
    (engine) => {
      let postgres: OwnPostgres;
      let server: ServerInProcess;
      before(async function () {
        this.timeout(120_000);
        postgres = await startOwnPostgres();
        server = await startServer(engine, { ...LIMITS, DATABASE_URL: postgres.databaseUrl });
      });
      after(async () => {
        await server.stop();
        await postgres.stop();
      });

      it("that are stopped leave no request without an answer, and it recovers when they go on", async () => {
        const { scim } = server;
        const user = await createUser(scim);
        postgres.freeze();
        try {
          const answers = [
            scim.get(`/Users/${user.id}`),
            scim.get("/Users"),
            scim.post("/Users", { schemas: [CORE_USER], userName: unique("stopped") }),
          ];
          expect(await readinessBecomes(503, scim.url)).to.equal(true);
          for (const answer of await Promise.all(answers.map(timed))) expectUnavailable(answer);
        } finally {
          postgres.thaw();
        }
        expect(await readinessBecomes(200, scim.url)).to.equal(true);
        expectStatus(await scim.get(`/Users/${user.id}`), 200);
        await createUser(scim);
      });

      it("that crash while people write lose nothing that was answered, and cause no fault of Muster's own", async () => {
        const { scim } = server;
        const created: string[] = [];
        let isOver = false;
        const writing = Array.from({ length: 4 }, async () => {
          while (!isOver) {
            const answer = await scim.post("/Users", { schemas: [CORE_USER], userName: unique("crash") });
            if (answer.status === 201) created.push(answer.body.id);
            else expectUnavailable(answer);
          }
        });
        await createUser(scim);
        postgres.crash();
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(await readinessBecomes(200, scim.url)).to.equal(true);
        isOver = true;
        await Promise.all(writing);
        for (const id of created) expectStatus(await scim.get(`/Users/${id}`), 200);
        await createUser(scim);
      });
    },
    ["PostgreSQL"],
  );
});

describe("A disk that is full", () => {
  forEachEngine(
    (engine) => {
      let running: ServerInProcess | undefined;
      const folder = scratchFolder();
      before(async function () {
        const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]);
        // Only root can make a small disk; `contract/database-faults` limits the file's pages instead.
        if (mounted.status !== 0) this.skip();
        running = await startServer(engine, { ...LIMITS, DATABASE_URL: `sqlite:${folder}/muster.sqlite` });
      });
      after(async () => {
        // Nothing runs, and nothing is mounted, where the suite was skipped.
        if (!running) return;
        await running.stop();
        spawnSync("umount", [folder]);
      });

      it("is 503 for writes, reads go on, and it recovers when there is space", async () => {
        if (!running) throw new Error("The server runs only while tests do");
        const { scim } = running;
        const user = await createUser(scim);
        const filler = join(folder, "filler");
        fill(filler);
        const write = () => scim.post("/Users", { schemas: [CORE_USER], userName: unique("full") });
        let answer = await write();
        // The write-ahead log may have room for some more.
        for (let refused = 0; refused < 5; refused = answer.status === 201 ? 0 : refused + 1)
          answer = await write();
        expectError(answer, { status: 503, detail: /no space left/ });
        expect(answer.headers["retry-after"]).to.equal(undefined);
        expectStatus(await scim.get(`/Users/${user.id}`), 200);
        expect(await readinessBecomes(503, scim.url)).to.equal(true);
        rmSync(filler);
        await createUser(scim);
        expect(await readinessBecomes(200, scim.url)).to.equal(true);
      });
    },
    ["SQLite"],
  );
});

/** Writes a file until the disk has no space left. */
function fill(path: string): void {
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    expect(error).to.have.property("code", "ENOSPC");
  } finally {
    closeSync(file);
  }
}

/** @throws AssertionError when it takes longer than any wait for the database */
async function timed(answer: Promise<Answer>): Promise<Answer> {
  const started = performance.now();
  const result = await answer;
  expect(performance.now() - started).to.be.below(AT_MOST_MS);
  return result;
}

function expectUnavailable(answer: Answer): void {
  expectError(answer, { status: 503, detail: /database/ });
  expect(answer.headers["retry-after"]).to.match(/^[1-9]\d*$/);
}

/** The status of `/readyz`. @throws AssertionError when it takes too long */
async function readiness(url: string): Promise<number> {
  const started = performance.now();
  const { status } = await fetch(new URL("/readyz", url));
  expect(performance.now() - started).to.be.below(READY_AT_MOST_MS);
  return status;
}

/** Whether `/readyz` has a status before long. */
async function readinessBecomes(status: number, url: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    if ((await readiness(url)) === status) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}
