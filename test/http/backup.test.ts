import { expect } from "chai";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { read } from "../support/assertions.js";
import type { ScimClient } from "../support/client.js";
import { muster } from "../support/command-line.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { createGroup, createUser } from "../support/factories.js";
import { startProcess } from "../support/server.js";

describe("A backup", function () {
  this.timeout(120_000);

  forEachEngine(
    (engine) => {
      it("taken while people are written is whole, and a server starts on it", async () => {
        const databaseUrl = await engine.migratedDatabaseUrl();
        const folder = scratchFolder();
        const target = join(folder, "backup.sqlite");
        const server = await startProcess(databaseUrl);
        const group = await createGroup(server.scim, []);
        const load = writing(server.scim, group.id);
        while (load.answered() < 6) await wait(20);
        const before = load.answered();
        const { stdout } = await muster(["backup", target], folder, { DATABASE_URL: databaseUrl });
        const during = load.answered();
        await wait(100);
        const all = await load.stop();
        await server.stop();

        expect(all.length, "writes went on").to.be.greaterThan(before);
        expect(stdout).to.match(/backup\.sqlite \(\d+\.\d MB\)\n$/);
        expect(statSync(target).mode & 0o777).to.equal(0o600);
        expect(readdirSync(folder)).to.deep.equal(["backup.sqlite"]);

        const restored = `sqlite:${target}`;
        const checked = await muster(["check"], folder, { DATABASE_URL: restored });
        expect(checked.stdout).to.not.include("broken");
        const again = await startProcess(restored);
        const { members = [] } = await read(again.scim, `/Groups/${group.id}`);
        // In the order in which they were answered: a part from the beginning on, of those who were there in time.
        expect(members.length).to.be.within(before, during + 1);
        const ids = new Set(members.map(({ value }: { value: string }) => value));
        for (const id of all.slice(0, before)) expect(ids.has(id), "was answered before").to.equal(true);
        await createUser(again.scim);
        await again.stop();
      });

      it("gets a name by the time in a folder, and takes the place of no file", async () => {
        const databaseUrl = await engine.migratedDatabaseUrl();
        const folder = scratchFolder();
        const backup = (target: string) => muster(["backup", target], folder, { DATABASE_URL: databaseUrl });
        await backup(folder);
        const [name = ""] = readdirSync(folder);
        expect(name).to.match(/^muster-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.sqlite$/);
        const mine = join(folder, "mine.txt");
        writeFileSync(mine, "Keep this.");
        const refused: unknown = await backup(mine).catch((error: unknown) => error);
        expect(refused).to.have.property("stderr").that.includes("is there already");
        const nowhere: unknown = await backup(join(folder, "no", "where")).catch((error: unknown) => error);
        expect(nowhere).to.have.property("stderr").that.includes("Cannot make the backup");
        expect(readdirSync(folder)).to.have.members([name, "mine.txt"]);
      });

      it("says so when there is no database", async () => {
        const folder = scratchFolder();
        const ended: unknown = await muster(["backup", folder], folder).catch((error: unknown) => error);
        expect(ended).to.have.property("stderr").that.includes("There is no database at");
        expect(existsSync(join(folder, "data"))).to.equal(false);
      });
    },
    ["SQLite"],
  );

  forEachEngine(
    (engine) => {
      it("of PostgreSQL is left to its own tools", async () => {
        const folder = scratchFolder();
        const ended: unknown = await muster(["backup", folder], folder, {
          DATABASE_URL: await engine.databaseUrl(),
        }).catch((error: unknown) => error);
        expect(ended).to.have.property("stderr").that.includes("pg_dump");
      });
    },
    ["PostgreSQL"],
  );
});

/** Creates people and adds them to a group, one after the other, until it is stopped. */
function writing(scim: ScimClient, groupId: string) {
  const members: string[] = [];
  let isOver = false;
  const run = async () => {
    while (!isOver) {
      const { id } = await createUser(scim);
      const { status } = await scim.patch(`/Groups/${groupId}`, {
        op: "add",
        path: "members",
        value: [{ value: id }],
      });
      if (status === 204 || status === 200) members.push(id);
    }
  };
  const running = run();
  return {
    answered: () => members.length,
    stop: async () => {
      isOver = true;
      await running;
      return members;
    },
  };
}
