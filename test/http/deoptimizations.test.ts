import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { createUsers, severalAtATime } from "../support/factories.js";
import { startProcess } from "../support/server.js";
import type { ServerProcess } from "../support/server.js";
import type { Body } from "../support/client.js";

/** How many requests V8 gets to learn what the code does, and how many are watched then. */
const WARM_UP = 8000;
const WATCHED = 2000;

/** Before one dispatch took the place of nested routers, there was one for every fourth request, for ever. */
const MOST = WATCHED / 100;

describe("V8", function () {
  this.timeout(180_000);

  forEachEngine(
    (engine) => {
      let server: ServerProcess;
      let trace: string;

      before(async () => {
        trace = join(scratchFolder(), "trace.txt");
        const flags = ["--trace-deopt", "--redirect-code-traces", `--redirect-code-traces-to=${trace}`];
        server = await startProcess(await engine.migratedDatabaseUrl(), "TERM", {}, [], flags);
      });
      after(() => server.stop());

      const deoptimizations = () => readFileSync(trace, "utf8").split("bailout (kind").length - 1;

      it("is done with compiling what reads one person, after some thousand requests", async () => {
        const { scim } = server;
        const people = await createUsers(scim, 50);
        const read = async ({ id, userName }: Body, number: number) => {
          const { status } = await (number % 2 === 0
            ? scim.get(`/Users/${id}`)
            : scim.find("/Users", `userName eq "${userName}"`));
          expect(status).to.equal(200);
        };
        const send = async (count: number) => {
          for (let sent = 0; sent < count; sent += people.length) {
            await severalAtATime([...people.entries()], ([place, person]) =>
              read(person, sent / people.length + place),
            );
          }
        };
        await send(WARM_UP);
        const before = deoptimizations();
        expect(before, "while it learned").to.be.above(0);
        await send(WATCHED);
        expect(deoptimizations() - before).to.be.below(MOST);
      });
    },
    ["SQLite"],
  );
});
