import { expect } from "chai";
import express from "express";
import type { ErrorRequestHandler } from "express";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMuster, DatabaseUnavailableError, SettingsError } from "../../src/index.js";
import type { Logger, MusterOptions } from "../../src/index.js";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { BULK_REQUEST, sendBulk, statusesOf } from "../support/bulk.js";
import { ScimClient } from "../support/client.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser } from "../support/factories.js";
import { hostKnex, PREFIX, startHost } from "../support/host.js";
import type { Host } from "../support/host.js";
import { ask, openPage } from "../support/links.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

describe("A host that mounts Muster", () => {
  forEachEngine((engine) => {
    for (const connections of [1, 10]) {
      it(`lends it a pool of ${connections}, and has it back, open and as it was`, async () => {
        const database = hostKnex(await engine.databaseUrl(), connections);
        await database.schema.createTable("products", (table) => table.text("name"));
        const host = await startHost({ database });
        const { scim } = host;
        const users = await Promise.all(Array.from({ length: 12 }, () => createUser(scim)));
        await database("products").insert({ name: "the host's own" });
        const group = await createGroup(scim, users);
        const answer = await sendBulk(scim, [
          {
            method: "POST",
            path: "/Users",
            bulkId: "a",
            data: { schemas: [CORE_USER], userName: "a@x.test", password: "t1meMa$heen" },
          },
          {
            method: "POST",
            path: "/Groups",
            bulkId: "b",
            data: { schemas: [CORE_GROUP], displayName: "b", members: [{ value: "bulkId:a" }] },
          },
        ]);
        expect(statusesOf(answer)).to.deep.equal([201, 201]);
        const found = await Promise.all(
          users.map(({ userName }) => scim.find("/Users", `userName eq "${userName}"`)),
        );
        for (const each of found) expectList(each, 1);
        // Members go with their group: on SQLite, by foreign keys, which a host need not have on.
        expectStatus(await scim.delete(`/Groups/${group.id}`), 204);
        expect(await read(scim, `/Users/${users[0]!.id}`)).to.not.have.property("groups");
        expect((await ask(`${host.origin}${PREFIX}/readyz`)).status).to.equal(200);
        await host.stop();
        expect(await database("products").select()).to.deep.equal([{ name: "the host's own" }]);
        await database.destroy();
      });
    }

    it("gets 503 with Retry-After for a request that finds no connection", async () => {
      const database = hostKnex(await engine.databaseUrl(), 1);
      const host = await startHost({ database, databaseTimeouts: { wait: 1 }, logger: SILENT });
      const held = await database.transaction();
      const answer = await host.scim.get("/Users");
      await held.rollback();
      expectError(answer, { status: 503 });
      expect(answer.headers["retry-after"]).to.equal("5");
      expectList(await host.scim.get("/Users"));
      await host.stop();
      await database.destroy();
    });

    it("finds its prefix in all locations, and in links that work", async () => {
      const host = await startHost({
        database: await engine.migratedDatabaseUrl(),
        mail: { from: "Acme <acme@x.test>" },
      });
      const { scim, origin, mails } = host;
      const { meta } = await createUser(scim);
      expect(meta.location.startsWith(`${origin}${PREFIX}/scim/v2/Users/`)).to.equal(true);
      const types = expectList(await scim.get("/ResourceTypes"));
      for (const type of types)
        expect(type.meta.location).to.match(new RegExp(`^${origin}${PREFIX}/scim/v2/`));
      const { id } = await createGroup(scim);
      const offer = { schemas: [INVITATION], organization: { value: id }, emails: [{ value: "ann@x.test" }] };
      expectStatus(await scim.post("/Invitations", offer), 201);
      while (mails.length === 0) await new Promise((done) => setTimeout(done, 20));
      const [mail] = mails;
      expect(mail).to.include({ to: "ann@x.test", from: "Acme <acme@x.test>" });
      const link = /http:\S+/.exec(mail!.text)?.[0] ?? "";
      expect(link.startsWith(`${origin}${PREFIX}/invitations/`)).to.equal(true);
      const page = await openPage(link);
      expect(page.status).to.equal(200);
      expect(page.text).to.include(`action="${new URL(link).pathname}/`);
      await host.stop();
    });

    it("can have two of them in one process, which know nothing of each other", async () => {
      const hosts: Host[] = [];
      const logs: string[][] = [[], []];
      for (const [index, log] of logs.entries()) {
        hosts.push(
          await startHost({
            database: await engine.migratedDatabaseUrl(),
            publicUrl: `https://${index}.example.com/scim`,
            clock: () => Date.parse(`203${index}-01-01T00:00:00.000Z`),
            logger: { ...SILENT, warn: (_fields, message) => log.push(message) },
            bulk: { maxOperations: 1 + index },
          }),
        );
      }
      for (const [index, { scim, origin }] of hosts.entries()) {
        const { id, meta } = await createUser(scim, { userName: "same@x.test" });
        expect(meta.location).to.equal(`https://${index}.example.com/scim/scim/v2/Users/${id}`);
        expect(meta.created).to.equal(`203${index}-01-01T00:00:00.000Z`);
        expectList(await scim.get("/Users"), 1);
        const { bulk } = await read(scim, "/ServiceProviderConfig");
        expect(bulk).to.have.property("maxOperations", 1 + index);
        const two = [1, 2].map((number) => ({ method: "DELETE", path: `/Users/${number}` }));
        const answer = await scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: two });
        expect(answer.status).to.equal(index === 0 ? 413 : 200);
        if (index === 0) {
          await ask(`${origin}${PREFIX}/scim/v2/Users`, { headers: { authorization: "Bearer of-nobody" } });
          expect(logs).to.deep.equal([["An access token was refused"], []]);
        }
      }
      await hosts[0]!.stop();
      expectList(await hosts[1]!.scim.get("/Users"), 1);
      await hosts[1]!.stop();
    });
  });

  it("keeps its own settings, paths, errors and answers, also when Muster has stopped", async () => {
    const host = await startHost({ database: sqlite() });
    const { app, origin, muster } = host;
    app.get(`${PREFIX}/own`, (_request, response) => {
      response.send("below the prefix");
    });
    app.get("/broken", () => {
      throw new Error("the host's");
    });
    app.use(((error: Error, _request, response, _next) => {
      response.status(500).send(`handled: ${error.message}`);
    }) satisfies ErrorRequestHandler);
    const lookAround = async () => {
      const own = await ask(`${origin}/own`);
      expect(own).to.include({ status: 200, text: "the host's own" });
      expect(own.headers.get("x-powered-by")).to.equal("Express");
      expect(own.headers.get("etag")).to.be.a("string");
      expect(own.headers.get("connection")).to.not.equal("close");
      expect((await ask(`${origin}${PREFIX}/own`)).text).to.equal("below the prefix");
      expect((await ask(`${origin}${PREFIX}/nothing`)).status).to.equal(404);
      expect((await ask(`${origin}/broken`)).text).to.equal("handled: the host's");
    };
    await lookAround();
    expect(app.get("trust proxy")).to.equal(false);
    await muster.stop();
    await lookAround();
    expectError(await host.scim.get("/Users"), { status: 503 });
    await host.stop();
  });

  it("may read bodies before Muster does", async () => {
    const host = await startHost({ database: sqlite() }, (app) => {
      app.use(express.json({ type: ["application/json", "application/scim+json"] }));
    });
    await createUser(host.scim);
    const answer = await sendBulk(host.scim, [
      { method: "POST", path: "/Users", bulkId: "a", data: { schemas: [CORE_USER], userName: "a@x.test" } },
    ]);
    expect(statusesOf(answer)).to.deep.equal([201]);
    await host.stop();
  });

  it("serves requests without the jobs, which another process can do", async () => {
    const database = sqlite();
    const first = createMuster({ publicUrl: "http://x", database, logger: SILENT });
    await first.migrate();
    const { secret } = await first.services.operator.issueToken("a token");
    await first.close();
    const mails: unknown[] = [];
    const second = createMuster({
      ...{ publicUrl: "http://x", database, logger: SILENT },
      mailer: { send: (message) => Promise.resolve(mails.push(message)) },
    });
    const server = createServer(second.app).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const scim = new ScimClient(() => ({ url: `http://127.0.0.1:${port}/scim/v2`, token: secret }));
    const { id } = await createGroup(scim);
    const offer = { schemas: [INVITATION], organization: { value: id }, emails: [{ value: "ann@x.test" }] };
    const { link } = expectStatus(await scim.post("/Invitations", offer), 201);
    expect(String(link).startsWith("http://x/invitations/")).to.equal(true);
    server.close();
    server.closeAllConnections();
    expect(await second.stop()).to.equal("orderly");
    expect(mails).to.deep.equal([]);
  });

  it("can start and stop it twice, which is once", async () => {
    let sent = 0;
    let atOnce = 0;
    let mostAtOnce = 0;
    const mailer = {
      send: async () => {
        mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
        await new Promise((resolve) => setTimeout(resolve, 100));
        atOnce -= 1;
        sent += 1;
      },
    };
    const host = await startHost({ database: sqlite(), mailer });
    await Promise.all([host.muster.start(), host.muster.start()]);
    const { id } = await createGroup(host.scim);
    const emails = Array.from({ length: 30 }, (_, number) => ({ value: `ann${number}@x.test` }));
    const offer = { schemas: [INVITATION], organization: { value: id }, emails };
    expectStatus(await host.scim.post("/Invitations", offer), 201);
    while (sent < emails.length) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(mostAtOnce).to.equal(10);
    const running = createUser(host.scim, { password: "t1meMa$heen" });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const stops = [host.muster.stop(), host.muster.stop()];
    await running;
    expect(await Promise.all(stops)).to.deep.equal(["orderly", "orderly"]);
    await host.muster.close();
    await host.stop();
  });

  it("gives new things ids of its own", async () => {
    const newId = () => `019b0000-0000-7000-8000-${String((last += 1)).padStart(12, "0")}`;
    let last = 0;
    const host = await startHost({ database: sqlite(), newId });
    expect((await createUser(host.scim)).id).to.match(/^019b0000-0000-7000-8000-/);
    await host.stop();
  });

  it("has secrets and values of rows kept out of its log", () => {
    const lines: object[] = [];
    const logger = { ...SILENT, warn: (fields: object) => lines.push(fields) };
    const { logger: own } = createMuster({ publicUrl: "http://x", logger });
    own.warn(
      { password: "x", a: { token: "y", b: 1 }, err: Object.assign(new Error("z"), { detail: "row" }) },
      "",
    );
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.deep.include({ password: "[redacted]", a: { token: "[redacted]", b: 1 } });
    expect(lines[0])
      .to.have.property("err")
      .that.includes({ message: "z" })
      .and.does.not.have.property("detail");
  });

  it("has nothing opened or made before it asks for it", async () => {
    const dataDir = join(scratchFolder(), "data");
    const muster = createMuster({ publicUrl: "http://x", dataDir, logLevel: "silent" });
    expect(existsSync(dataDir)).to.equal(false);
    await muster.migrate();
    expect(existsSync(join(dataDir, "muster.sqlite"))).to.equal(true);
    await muster.close();

    const unreachable = createMuster({
      publicUrl: "http://x",
      database: "postgres://x@127.0.0.1:1/x",
      logLevel: "silent",
    });
    const fault: unknown = await unreachable.migrate().catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(DatabaseUnavailableError);
    await unreachable.close();
  });

  const wrong: [object, string][] = [
    [{}, "publicUrl is not set"],
    [{ publicUrl: "ftp://x" }, 'publicUrl ("ftp://x"): must be an http or https address'],
    [{ cursorTimeout: 0 }, 'cursorTimeout ("0"): must be a whole number'],
    [{ mail: { perToken: "many" } }, "mail.perToken"],
    [{ mail: { form: "x@x.test" } }, "mail.form is unknown"],
    [{ mail: "x@x.test" }, "mail is unknown, or no group"],
    [{ publicURL: "http://x" }, "publicURL is unknown"],
    [{ database: "mysql://x" }, "database: must be sqlite:"],
    [{ database: () => undefined }, "database must be a Knex"],
    [{ logger: console.log }, "logger must have the methods"],
    [{ mailer: {} }, "mailer must have the method send"],
    [{ processes: 0 }, "processes must be a whole number"],
    [{ passwordCost: { N: 3, r: 1, p: 1 } }, "passwordCost"],
  ];
  for (const [options, says] of wrong) {
    it(`is told what is wrong with ${Object.keys(options).join() || "no options"}: ${says}`, () => {
      const all = Object.keys(options).length === 0 ? options : { publicUrl: "http://x", ...options };
      expect(() => createMuster(all as MusterOptions)).to.throw(SettingsError, says);
    });
  }
});

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

const sqlite = () => `sqlite:${join(scratchFolder(), "muster.sqlite")}`;
