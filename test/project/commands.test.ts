import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import { Transactions } from "../../src/repositories/transactions.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { TYPESCRIPT } from "../support/server.js";

const run = promisify(execFile);

/** These serve requests, so they send mail. */
const SERVING = ["serve", "demo"];

describe("The commands that serve nothing", function () {
  this.timeout(240_000);

  forEachEngine((engine) => {
    it("leave the mail that is queued alone, and log nothing on standard output", async () => {
      const databaseUrl = await engine.migratedDatabaseUrl();
      const dataDir = scratchFolder();
      const muster = (...command: string[]) =>
        run(process.execPath, [...TYPESCRIPT, "src/main.cts", ...command], {
          env: {
            ...{
              PATH: process.env.PATH,
              DATABASE_URL: databaseUrl,
              MUSTER_DATA_DIR: dataDir,
              LOG_LEVEL: "trace",
            },
            MUSTER_BOOTSTRAP_TOKEN: "a-token-for-automation",
          },
        });
      await queueMail(databaseUrl);
      const queue = await outbox(databaseUrl);

      const made = await muster("token", "create", "--name", "Okta");
      expect(made.stdout).to.match(/^\S{20,}\n$/);
      const list = await muster("token", "list");
      expect(list.stdout).to.match(/^\S+ .* Okta\n$/);
      const [id = ""] = list.stdout.split(" ");
      const unknown: unknown = await muster("user", "remove-second-factor", "nobody@example.com").catch(
        (error: unknown) => error,
      );
      expect(unknown)
        .to.include({ stdout: "" })
        .and.have.property("stderr")
        .that.includes("nobody@example.com");
      const ran = [
        await muster("token", "rotate", id),
        await muster("token", "revoke", id),
        await muster("migrate"),
        await muster("check"),
        ...(engine.name === "SQLite" ? [await muster("backup", dataDir)] : []),
        await muster("admin", "create"),
        await muster("key", "rotate"),
        await muster("key", "rotate", "--now"),
        await muster("--help"),
      ];
      for (const { stdout } of ran) expect(stdout).to.not.include('"level"');

      expect(await outbox(databaseUrl)).to.deep.equal(queue);
      expect(queue).to.have.lengthOf(3);
      expect(existsSync(join(dataDir, "mail"))).to.equal(false);
      const known = [
        ...commandsIn(ran.at(-1)!.stdout),
        ...commandsIn((await muster("token", "--help")).stdout),
        ...commandsIn((await muster("admin", "--help")).stdout),
        ...commandsIn((await muster("user", "--help")).stdout),
        ...commandsIn((await muster("key", "--help")).stdout),
      ];
      expect(known.sort(), "all commands are run here").to.deep.equal(
        [
          ...[...SERVING, "admin", "create", "user", "remove-second-factor", "key", "rotate"],
          ...["token", "create", "list", "rotate", "revoke", "migrate", "check", "backup"],
        ].sort(),
      );
    });
  });
});

const commandsIn = (help: string) =>
  [...(/Commands:\n([^]*?)(\n\n|$)/.exec(help)?.[1] ?? "").matchAll(/^ {2}([\w-]+)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "help");

async function queueMail(url: string): Promise<void> {
  const database = await openDatabase(readSettings({ DATABASE_URL: url }).database);
  const createdAt = "2026-01-01T00:00:00.000Z";
  await new Transactions(database).write(PROVIDER_REALM, ({ outbox: queue }) =>
    queue.insert(
      [1, 2, 3].map((number) => ({
        ...{ id: `019b0000-0000-7000-8000-00000000000${number}`, createdAt, kind: "account-setup" as const },
        ...{ revision: 1, address: `${number}@x.test` },
      })),
    ),
  );
  await database.close();
}

async function outbox(url: string): Promise<unknown[]> {
  const database = await openDatabase(readSettings({ DATABASE_URL: url }).database);
  const rows = await database.reader.rows("select * from muster_outbox order by id");
  await database.close();
  return rows;
}
