import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { expectError, expectStatus } from "../support/assertions.js";
import { BULK_REQUEST } from "../support/bulk.js";
import type { BulkOutcome } from "../support/bulk.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, unique } from "../support/factories.js";
import { startProcess } from "../support/server.js";
import type { ServerProcess } from "../support/server.js";

/** How many processes serve. */
const WORKERS = 2;

/** More requests than there are processes, so that each gets some of them. */
const TIMES = Array.from({ length: 4 * WORKERS }, (_, number) => number);

/** Each request has a connection of its own, which the processes take turns for. */
const headers = { connection: "close" };

/** The processes that have said that they are ready, oldest first. */
const readyOf = ({ program }: ServerProcess) =>
  program.output
    .split("\n")
    .filter((line) => line.includes('"Muster is ready"'))
    .map((line) => (JSON.parse(line) as { pid: number }).pid);

describe("A server with several workers", function () {
  this.timeout(120_000);

  forEachEngine(
    (engine) => {
      let server: ServerProcess;
      let databaseUrl: string;
      const start = (more: readonly string[], settings: Record<string, string> = {}) =>
        startProcess(databaseUrl, "KILL", { LOG_LEVEL: "info", ...settings }, more);

      before(async () => {
        databaseUrl = await engine.databaseUrl();
        server = await start(["--workers", String(WORKERS)]);
        await server.program.ready(() => readyOf(server).length === WORKERS);
      });
      after(() => server.stop());

      it("serves one directory with all of them", async () => {
        const created = await Promise.all(
          TIMES.map(() =>
            server.scim.request("POST", "/Users", {
              headers,
              body: { schemas: [CORE_USER], userName: unique("worker") },
            }),
          ),
        );
        for (const answer of created) {
          const path = `/Users/${expectStatus(answer, 201).id}`;
          expectStatus(await server.scim.request("GET", path, { headers }), 200);
        }
        expect(new Set(readyOf(server)).size).to.equal(WORKERS);
      });

      it("refuses a token in all of them from the moment it is revoked", async () => {
        const made = await server.scim.post("/AccessTokens", {
          schemas: ["urn:muster:params:scim:schemas:core:2.0:AccessToken"],
          ...{ name: "short-lived", realm: "provider" },
        });
        const { id, token } = expectStatus(made, 201) as unknown as { id: string; token: string };
        const asked = { headers: { ...headers, authorization: `Bearer ${token}` } };
        for (const time of TIMES) {
          expectStatus(await server.scim.request("GET", `/Users?count=${time}`, asked), 200);
        }
        expectStatus(await server.scim.delete(`/AccessTokens/${id}`), 204);
        for (const time of TIMES) {
          expectError(await server.scim.request("GET", `/Users?count=${time}`, asked), { status: 401 });
        }
      });

      it("replaces one that dies, while the others serve", async () => {
        const [first] = readyOf(server);
        if (first === undefined) throw new Error("No worker said that it is ready");
        process.kill(first, "SIGKILL");
        await server.program.ready(() => server.program.output.includes("A worker ended by itself"));
        for (const time of TIMES) {
          expectStatus(await server.scim.request("GET", `/Users?count=${time}`, { headers }), 200);
        }
        await server.program.ready(() => readyOf(server).length === WORKERS + 1);
      });

      it("says why it cannot start, once, and leaves no process", async () => {
        const { port } = new URL(server.scim.url);
        const error = await start(["--workers", "2"], { PORT: port }).then(
          () => "",
          (reason: unknown) => (reason as Error).message,
        );
        expect(error).to.include("the port is in use");
        expect(error.split("the port is in use")).to.have.length(2);
        expectStatus(await server.scim.get("/Users?count=0"), 200);
      });

      it("finishes what it has begun when it is told to stop, and ends", async () => {
        const name = unique("stopped");
        const operations = Array.from({ length: 500 }, (_, number) => ({
          ...{ method: "POST", path: "/Users", bulkId: `b${number}` },
          data: { schemas: [CORE_USER], userName: `${name}-${number}` },
        }));
        const bulk = server.scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: operations });
        const begun = `/Users?count=0&filter=${encodeURIComponent(`userName sw "${name}"`)}`;
        while (expectStatus(await server.scim.get(begun), 200).totalResults === 0) await wait(5);
        server.program.signal("TERM");
        const outcomes = expectStatus(await bulk, 200).Operations as BulkOutcome[];
        expect(outcomes).to.have.length(operations.length);
        expect(outcomes[0]?.status).to.equal("201");
        expect(await server.program.ended()).to.equal(0);
      });
    },
    ["PostgreSQL"],
  );

  forEachEngine(
    (engine) => {
      it("is refused, with the reason", async () => {
        const starting = startProcess(await engine.databaseUrl(), "KILL", {}, ["--workers", "2"]);
        const error = await starting.then(
          () => "",
          (reason: unknown) => (reason as Error).message,
        );
        expect(error).to.include("Several workers need PostgreSQL");
      });
    },
    ["SQLite"],
  );
});
