import { setTimeout as wait } from "node:timers/promises";
import type { ScimClient } from "../support/client.js";
import { expectConsistent } from "../support/consistency.js";
import { CrashClient } from "../support/crash-client.js";
import { IS_CRASHING } from "../support/deep.js";
import { forEachEngine } from "../support/engines.js";
import { startOwnPostgres } from "../support/postgres.js";
import { startProcess } from "../support/server.js";

/** How often the server is killed, on each engine. */
const KILLS = IS_CRASHING ? { SQLite: 200, PostgreSQL: 50 } : { SQLite: 3, PostgreSQL: 2 };

/** How often PostgreSQL crashes under a server that goes on. */
const CRASHES = IS_CRASHING ? 20 : 2;

const CLIENTS = 6;

/** The longest that clients write on after each has written something, in milliseconds. */
const LONGEST_MS = 1500;

describe("A server that is killed while clients write", () => {
  forEachEngine((engine) => {
    it(`keeps all that it answered, and nothing half done (killed: ${KILLS[engine.name]})`, async function () {
      this.timeout(KILLS[engine.name] * 60_000);
      const databaseUrl = await engine.migratedDatabaseUrl();
      const clients = Array.from({ length: CLIENTS }, () => new CrashClient(Math.random));
      for (let kill = 0; kill <= KILLS[engine.name]; kill += 1) {
        const server = await startProcess(databaseUrl, "KILL");
        await beginOrVerify(clients, server.scim, kill);
        await expectConsistent(databaseUrl);
        const writing = Promise.all(clients.map((client) => client.write(server.scim)));
        await someWrites(clients);
        await server.stop();
        await writing;
      }
    });
  });
});

describe("A server whose PostgreSQL crashes while clients write", () => {
  forEachEngine(() => {
    it(`keeps all that it answered, and goes on (crashes: ${CRASHES})`, async function () {
      this.timeout((CRASHES + 1) * 60_000);
      const postgres = await startOwnPostgres({ isDurable: true });
      const server = await startProcess(postgres.databaseUrl);
      const clients = Array.from({ length: CLIENTS }, () => new CrashClient(Math.random));
      try {
        for (let crash = 0; crash <= CRASHES; crash += 1) {
          await beginOrVerify(clients, server.scim, crash);
          await expectConsistent(postgres.databaseUrl);
          if (crash === CRASHES) break;
          const writing = Promise.all(clients.map((client) => client.write(server.scim)));
          await someWrites(clients);
          postgres.crash();
          await writing;
          while ((await server.scim.get("/Users?count=0")).status !== 200) await wait(50);
        }
      } finally {
        await server.stop();
        await postgres.stop();
      }
    });
  }, ["PostgreSQL"]);
});

const beginOrVerify = (clients: readonly CrashClient[], scim: ScimClient, round: number) =>
  Promise.all(clients.map((client) => (round === 0 ? client.begin(scim) : client.verify(scim))));

/** Waits for at least one write of each, and then for some time. */
async function someWrites(clients: readonly CrashClient[]): Promise<void> {
  const before = clients.map(({ answered }) => answered);
  const hasWritten = () => clients.every(({ answered }, index) => answered > (before[index] ?? 0));
  while (!hasWritten()) await wait(5);
  await wait(Math.random() * LONGEST_MS);
}
