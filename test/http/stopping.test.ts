import { expect } from "chai";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { ERROR_SCHEMA } from "../../src/scim/errors.js";
import { expectList, expectStatus } from "../support/assertions.js";
import { BULK_REQUEST } from "../support/bulk.js";
import type { BulkOutcome } from "../support/bulk.js";
import type { ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createUser } from "../support/factories.js";
import { startProcess } from "../support/server.js";
import type { ServerProcess } from "../support/server.js";

const GRACE_S = 5;

/** What a process may take to end after its grace time, in milliseconds, on a machine that is busy. */
const LEEWAY_MS = 3000;

describe("A server that is told to stop", function () {
  this.timeout(60_000);

  forEachEngine((engine) => {
    const started: ServerProcess[] = [];
    const start = async (settings: Record<string, string> = {}, databaseUrl?: string) => {
      const url = databaseUrl ?? (await engine.databaseUrl());
      const server = await startProcess(url, "KILL", { STOP_GRACE: String(GRACE_S), ...settings });
      started.push(server);
      return server;
    };
    afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

    it("ends a Bulk between transactions, and says what was done", async () => {
      const databaseUrl = await engine.databaseUrl();
      const server = await start({}, databaseUrl);
      const count = 4000;
      const operations = Array.from({ length: count }, (_, number) => ({
        ...{ method: "POST", path: "/Users", bulkId: `b${number}` },
        data: { schemas: [CORE_USER], userName: `stopped-${number}` },
      }));
      const bulk = server.scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: operations });
      while ((await total(server.scim)) === 0) await wait(5);
      const stopped = await stop(server);
      const answer = await bulk;
      expect(stopped).to.deep.equal({ status: 0, isInTime: true });
      expect(answer.headers.connection).to.equal("close");
      const outcomes = expectStatus(answer, 200).Operations as BulkOutcome[];
      expect(outcomes).to.have.length(count);
      const done = outcomes.filter(({ status }) => status === "201");
      const rest = outcomes.slice(done.length);
      expect(done.length).to.be.within(1, count - 1);
      for (const { status, location, response } of rest) {
        expect(status).to.equal("503");
        expect(location).to.equal(undefined);
        expect(response).to.deep.include({ schemas: [ERROR_SCHEMA], status: "503" });
      }
      const next = await start({}, databaseUrl);
      expect(await total(next.scim)).to.equal(done.length);
      const last = expectList(await next.scim.find("/Users", `userName eq "stopped-${done.length - 1}"`), 1);
      expect(done.at(-1)?.location).to.include(last[0]?.id);
      expectList(await next.scim.find("/Users", `userName eq "stopped-${done.length}"`), 0);
    });

    it("answers each request under keep-alive load, or refuses the connection", async () => {
      const server = await start();
      const user = await createUser(server.scim);
      const started: Load["answers"][] = Array.from({ length: 8 }, () => []);
      const clients = started.map((answers) => untilRefused(server.scim, `/Users/${user.id}`, answers));
      while (started.some((answers) => answers.length < 2)) await wait(5);
      const stopped = await stop(server);
      for (const client of clients) {
        const { answers, refusal } = await client;
        expect(refusal).to.equal("ECONNREFUSED");
        expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
        expect(answers.at(-1)?.connection).to.equal("close");
      }
      expect(stopped).to.deep.equal({ status: 0, isInTime: true });
    });

    it("closes idle connections, and answers a request that comes before", async () => {
      const server = await start();
      const { hostname, port } = new URL(server.scim.url);
      const [idle, late] = [connect(Number(port), hostname), connect(Number(port), hostname)];
      await Promise.all([idle, late].map((socket) => once(socket, "connect")));
      for (const socket of [idle, late]) {
        socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        await once(socket, "data");
      }
      const [heard, answered] = [text(idle), text(late)];
      const stopped = stop(server);
      await refused(server);
      late.write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
      expect(await answered).to.match(/^HTTP\/1\.1 503 [^]*Connection: close[^]*"stopping"/);
      expect(await heard).to.equal("");
      expect(await stopped).to.deep.equal({ status: 0, isInTime: true });
    });

    it("goes on for as long as load balancers take to notice, where that is set", async () => {
      const server = await start({ STOP_DELAY: "1" });
      const user = await createUser(server.scim);
      server.program.signal("TERM");
      const ready = () => fetch(server.scim.url.replace("/scim/v2", "/readyz"));
      while ((await ready()).ok) await wait(5);
      expect(await (await ready()).json()).to.deep.equal({ status: "stopping" });
      const answer = await server.scim.get(`/Users/${user.id}`);
      expect(answer.status).to.equal(200);
      expect(answer.headers.connection).to.equal("close");
      expect(await server.program.ended()).to.equal(0);
    });

    it("is gone after its grace time when the database hangs", async () => {
      const databaseUrl = await engine.databaseUrl();
      const server = await start({ STOP_GRACE: "2" }, databaseUrl);
      const user = await createUser(server.scim);
      const database = await openDatabase(readSettings({ DATABASE_URL: databaseUrl }).database);
      const hanging = await database.transaction(async (session) => {
        await session.rows("update muster_accounts set updated_at = updated_at where id = ?", [user.id]);
        const answer = server.scim
          .patch(`/Users/${user.id}`, { op: "replace", path: "title", value: "Boss" })
          .then(
            ({ status }) => status,
            () => "cut",
          );
        await wait(200);
        return { ...(await stop(server, 2)), answer: await answer };
      });
      await database.close();
      expect(hanging.isInTime).to.equal(true);
      expect(hanging.status).to.not.equal(0);
      expect(hanging.answer).to.equal("cut");
    });
  });
});

/** @returns how the process ended, and whether it did within its grace time */
async function stop({ program }: ServerProcess, grace = GRACE_S) {
  const started = performance.now();
  program.signal("TERM");
  const status = await program.ended();
  return { status, isInTime: performance.now() - started < grace * 1000 + LEEWAY_MS };
}

const total = async (scim: ScimClient) => (await scim.get("/Users?count=0")).body.totalResults;

/** Waits until the server takes no connection. */
async function refused({ scim }: ServerProcess): Promise<void> {
  const { hostname, port } = new URL(scim.url);
  for (;;) {
    const socket = connect(Number(port), hostname);
    const isRefused = await once(socket, "connect").then(
      () => false,
      () => true,
    );
    socket.destroy();
    if (isRefused) return;
    await wait(5);
  }
}

interface Load {
  readonly answers: { readonly status: number; readonly connection: string | undefined }[];
  readonly refusal: string | undefined;
}

/** Asks again and again on a connection that is kept alive, until that fails. @returns how it failed, and the answers */
async function untilRefused(scim: ScimClient, path: string, answers: Load["answers"]): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (;;) {
    try {
      const asked = httpRequest(`${scim.url}${path}`, {
        agent,
        headers: { authorization: `Bearer ${scim.token}` },
      }).end();
      const [answer] = (await once(asked, "response")) as [IncomingMessage];
      await text(answer);
      answers.push({ status: answer.statusCode ?? 0, connection: answer.headers.connection });
    } catch (error) {
      agent.destroy();
      return { answers, refusal: (error as { code?: string }).code };
    }
  }
}
