import { expect } from "chai";
import { expectList, expectStatus } from "../support/assertions.js";
import { CORE_USER, unique } from "../support/factories.js";
import { forEachEngine } from "../support/engines.js";
import type { Engine } from "../support/engines.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

/** What is sent as X-Forwarded-For, and where the request comes from by the audit log. */
type Case = [forwarded: string, address: string];

const OWN = "127.0.0.1";

forEachEngine(
  (engine) => {
    const define = (where: string, settings: Record<string, string>, cases: readonly Case[]) => {
      defineCases(engine, where, settings, cases);
    };
    describe("The address of a client", () => {
      define("without trusted proxies", {}, [
        ["203.0.113.7", OWN],
        ["127.0.0.1, 203.0.113.7", OWN],
        ["<script>", OWN],
      ]);
      define("behind an address and a range", { TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8" }, [
        ["203.0.113.7", "203.0.113.7"],
        ["203.0.113.7, 10.1.2.3", "203.0.113.7"],
        ["203.0.113.7, 10.1.2.3, 10.4.5.6", "203.0.113.7"],
        // What the client wrote itself stands before what the proxies added.
        ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
        ["10.9.9.9, 198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"],
        ["<script>, 203.0.113.7", "203.0.113.7"],
        ["203.0.113.7:50123", "203.0.113.7"],
        ["::ffff:203.0.113.7", "203.0.113.7"],
        ["2001:DB8:0:0::1", "2001:db8::1"],
        ["[2001:db8::1]:443", "2001:db8::1"],
        ["fe80::1%eth0", "fe80::1"],
        ["<script>", OWN],
        ["unknown", OWN],
        ["", OWN],
        ["999.1.1.1", OWN],
        [`${"9".repeat(20_000)}, x`, OWN],
      ]);
      define("behind other proxies than this one", { TRUSTED_PROXIES: "10.0.0.0/8,uniquelocal" }, [
        ["203.0.113.7", OWN],
      ]);
      define("behind a range by its name", { TRUSTED_PROXIES: "loopback" }, [["203.0.113.7", "203.0.113.7"]]);
    });
  },
  // No database has a say in it.
  ["SQLite"],
);

function defineCases(
  engine: Engine,
  where: string,
  settings: Record<string, string>,
  cases: readonly Case[],
): void {
  describe(where, () => {
    let server: ServerInProcess;
    before(async () => {
      server = await startServer(engine, settings);
    });
    after(() => server.stop());

    for (const [forwarded, address] of cases) {
      it(`is ${address} for '${forwarded.slice(0, 50)}'`, async () => {
        const { scim } = server;
        const made = await scim.request("POST", "/Users", {
          body: { schemas: [CORE_USER], userName: unique("proxied") },
          headers: { "x-forwarded-for": forwarded },
        });
        const { id } = expectStatus(made, 201);
        const [event] = expectList(await scim.find("/AuditEvents", `target.value eq "${id}"`), 1);
        expect(event?.address).to.equal(address);
      });
    }
  });
}
