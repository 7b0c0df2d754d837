import { expect } from "chai";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { scratchFolder } from "../support/engines.js";
import { get, headersOf, muster, post, start, totalUsers } from "../support/command-line.js";
import { CORE_USER } from "../support/factories.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const run = promisify(execFile);

describe("The muster command", function () {
  this.timeout(60_000);

  it("starts with a token that it prints once and that works, and keeps everything", async () => {
    const dataDir = scratchFolder();
    const first = await start("serve", dataDir);
    const token = /export MUSTER_TOKEN=(\S+)/.exec(first.notice())?.[1] ?? "";
    expect(first.notice()).to.include(`${first.baseUrl}/Users`);
    expect(first.log()).to.not.include(token);
    expect(
      (await post(first, token, "/Users", { schemas: [CORE_USER], userName: "dana@example.com" })).status,
    ).to.equal(201);
    expect(await first.interrupt()).to.equal(0);

    const second = await start("serve", dataDir);
    expect(second.notice()).to.not.include("MUSTER_TOKEN");
    expect(await totalUsers(second, token)).to.equal(1);
    expect(await second.interrupt()).to.equal(0);
  });

  it("lets a running request finish when it is interrupted", async () => {
    const server = await start("serve", scratchFolder(), {
      MUSTER_BOOTSTRAP_TOKEN: "a-token-for-automation",
    });
    const body = JSON.stringify({ schemas: [CORE_USER], userName: "x", password: "t1meMa$heen" });
    const slow = request(`${server.baseUrl}/Users`, {
      method: "POST",
      headers: { ...headersOf("a-token-for-automation"), expect: "100-continue" },
    });
    const answered = once(slow, "response");
    slow.flushHeaders();
    // The server has begun with it.
    await once(slow, "continue");
    const code = server.interrupt();
    slow.end(body);
    const [answer] = (await answered) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).to.equal(201);
    expect(await code).to.equal(0);
  });

  it("has more threads than Node's four, unless the environment says how many", async function () {
    // The threads are counted in /proc, which other systems do not have.
    if (process.platform !== "linux") this.skip();
    const folder = scratchFolder();
    for (const name of ["config", "cli"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await writeFile(
      join(folder, "cli/muster.js"),
      'import { readdirSync } from "node:fs"; import { stat } from "node:fs/promises"; await stat("/");' +
        'console.log(readdirSync("/proc/self/task").length);',
    );
    // As they are built: what lets tests run the sources makes threads itself.
    for (const name of ["main", "config/more-threads"]) {
      const { outputText } = ts.transpileModule(await readFile(`src/${name}.cts`, "utf8"), {
        fileName: `${name}.cts`,
        compilerOptions: { module: ts.ModuleKind.NodeNext, verbatimModuleSyntax: true },
      });
      await writeFile(join(folder, `${name}.cjs`), outputText);
    }
    const threads = async (environment: Record<string, string>) => {
      const main = join(folder, "main.cjs");
      return Number((await run(process.execPath, [main], { env: { ...environment } })).stdout);
    };
    const few = await threads({ UV_THREADPOOL_SIZE: "4" });
    expect((await threads({})) - few).to.equal(12);
  });

  it("writes a link for the first administrator where its owner alone can read it, and makes others", async () => {
    const dataDir = scratchFolder();
    const file = join(dataDir, "data", "first-administrator.txt");
    const server = await start("serve", dataDir);
    const first = await readFile(file, "utf8");
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(server.log()).to.include(file);
    expect(server.log() + server.notice()).to.not.include(first.trim());
    const { stdout, stderr } = await muster(["admin", "create"], dataDir);
    expect(stdout).to.match(/^http:\S+\/administrator-setup\/[\w-]{43}\n$/);
    expect(stderr).to.include("It works once");
    const complete = async (link: string) => {
      const path = new URL(link.trim()).pathname;
      return fetch(`${new URL(server.baseUrl).origin}${path}/complete`, {
        method: "POST",
        // A connection that stays open would be waited for, and the next signal ends the server.
        headers: { "content-type": "application/json", connection: "close" },
        body: JSON.stringify({
          email: `${path.slice(-8).toLowerCase()}x@example.com`.replace(/^[-_]/, "a"),
          ...{ givenName: "Dana", familyName: "Reyes", password: "correct horse battery 9" },
        }),
      });
    };
    expect((await complete(first)).status).to.equal(201);
    expect((await complete(first)).status).to.equal(410);
    expect((await complete(stdout)).status).to.equal(201);
    expect(await server.interrupt()).to.equal(0);
    const second = await start("serve", dataDir);
    expect(existsSync(file)).to.equal(false);
    expect(await second.interrupt()).to.equal(0);
  });

  it("makes, lists and revokes tokens for a running server", async () => {
    const dataDir = scratchFolder();
    const server = await start("serve", dataDir, { MUSTER_BOOTSTRAP_TOKEN: "a-token-for-automation" });
    const made = await muster(["token", "create", "--name", "Okta"], dataDir);
    const secret = made.stdout.trim();
    expect(await totalUsers(server, secret)).to.equal(0);

    const list = await muster(["token", "list"], dataDir);
    const id = /^(\S+) .*Okta$/m.exec(list.stdout)?.[1] ?? "";
    expect(list.stdout).to.include("bootstrap").and.not.include(secret);
    expect(list.stdout).to.not.include("made by").and.not.include("orphaned");

    const userName = "dana@example.com";
    const person = { schemas: [CORE_USER], userName, roles: [{ value: "provider-admin" }] };
    const { id: userId } = (await (await post(server, secret, "/Users", person)).json()) as { id: string };
    const danas = await muster(["token", "create", "--name", "Dana's", "--user", userName], dataDir);
    await post(server, danas.stdout.trim(), "/AccessTokens", { schemas: [ACCESS_TOKEN], name: "Entra" });
    await post(server, secret, "/Bulk", {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
      Operations: [
        {
          method: "PATCH",
          path: `/Users/${userId}`,
          data: { schemas: [PATCH_OP], Operations: [{ op: "remove", path: "roles" }] },
        },
      ],
    });
    const after = await muster(["token", "list"], dataDir);
    expect(after.stdout).to.match(/ Entra {2}\(made by dana@example\.com, orphaned since \d{4}-\S+\)$/m);

    await muster(["token", "revoke", id], dataDir);
    expect((await get(server, secret, "/Users")).status).to.equal(401);
    expect(await totalUsers(server, "a-token-for-automation")).to.equal(1);
    await server.interrupt();
  });

  it("makes a token that expires", async () => {
    const dataDir = scratchFolder();
    const made = await muster(["token", "create", "--name", "short", "--expires", "2999-01-31"], dataDir);
    expect(made.stderr).to.include("expires 2999-01-31T00:00:00.000Z");
    const list = await muster(["token", "list"], dataDir);
    expect(list.stdout).to.match(/ expires 2999-01-31T00:00:00\.000Z .* short$/m);
  });

  it("migrates, once", async () => {
    const dataDir = scratchFolder();
    expect((await muster(["migrate"], dataDir)).stdout).to.include("0001_accounts_and_organizations");
    expect((await muster(["migrate"], dataDir)).stdout).to.include("up to date");
  });

  it("teaches its settings and commands", async () => {
    const { stdout } = await muster(["--help"], scratchFolder());
    expect(stdout).to.include("MUSTER_BOOTSTRAP_TOKEN").and.include("muster token create");
  });

  const mistakes: [string[], Record<string, string>, string][] = [
    [["serve"], { PORT: "http" }, "PORT"],
    [["serve"], { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" }, "Cannot open PostgreSQL"],
    [["token", "revoke", "none"], {}, "There is no token none"],
    [["token", "create", "--name", "two\nlines"], {}, "one line of plain text"],
    [["token", "rotate", "none", "--overlap", "x"], {}, "whole number of seconds"],
    [["token", "create", "--name", "x", "--expires", "soon"], {}, "'soon' is not a date"],
    [["token", "create"], {}, "--name"],
    [["demo"], { HOST: "0.0.0.0" }, "HOST"],
  ];
  for (const [command, environment, says] of mistakes) {
    it(`says what is wrong with ${JSON.stringify([command, environment])}`, async () => {
      const error = await muster(command, scratchFolder(), environment).catch((reason: unknown) => reason);
      expect(error).to.have.property("code", 1);
      expect(error).to.have.property("stderr").that.includes(says).and.does.not.include("    at ");
    });
  }
});
