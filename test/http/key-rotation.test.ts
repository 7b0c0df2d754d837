import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { createBackend } from "../../src/backend.js";
import { readSettings } from "../../src/config/settings.js";
import { TAKE_UP_MS } from "../../src/services/keys/secret-keys.js";
import { expectError, expectStatus } from "../support/assertions.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { forEachEngine } from "../support/engines.js";
import { look } from "../support/links.js";
import { linkIn, Outgoing } from "../support/mail.js";
import { codeOf, enterCode, PASSWORD, setUpFactor } from "../support/second-factor.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("Keys that are rotated", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const mails = new Outgoing();
    /** Two processes on one database. */
    let one: ServerInProcess;
    let other: ServerInProcess;

    beforeEach(async () => {
      one = await startServer(engine, {}, Date.now, mails.options);
      other = await startServer(engine, { DATABASE_URL: one.databaseUrl }, Date.now, mails.options);
    });
    afterEach(async () => {
      await one.stop();
      await other.stop();
    });

    /** What the command does, beside the servers. @param ahead how many milliseconds from now */
    const rotate = async (drops = false, ahead = 0) => {
      const settings = readSettings({ DATABASE_URL: one.databaseUrl });
      const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const backend = createBackend(settings, { logger, clock: () => Date.now() + ahead });
      try {
        return await backend.keyRotation.rotate({ drops });
      } finally {
        await backend.database.close();
      }
    };
    const takenUp = () => wait(TAKE_UP_MS + 1000);
    const keyNames = (purpose: string) =>
      one.database(async (session) => {
        const rows = await session.rows<{ name: string }>("select name from muster_keys where name like ?", [
          `${purpose}%`,
        ]);
        return rows.map(({ name }) => name).sort();
      });

    const invite = async (attributes: object = {}) => {
      const organization = await createGroup(one.scim);
      const body = { schemas: [INVITATION], organization: { value: organization.id }, ...attributes };
      return expectStatus(await one.scim.post("/Invitations", body), 201);
    };
    const linkOf = async (id: string, server = one) =>
      String((await server.scim.get(`/Invitations/${id}`)).body.link);
    const opens = async (link: string, server = one) => {
      const here = server.scim.url.replace("/scim/v2", "") + new URL(link).pathname;
      return (await look(here)).status;
    };
    const signedIn = async (userName: string, server = one) => {
      const own = new BrowserOfPerson(() => server);
      const answer = await own.signIn(userName, PASSWORD);
      expect(answer.status, answer.text).to.equal(200);
      return own;
    };

    it("keep what they signed valid, in every process, and sign nothing more", async () => {
      const email = `${unique("ann")}@example.com`;
      await invite({ emails: [{ value: email }] });
      const mailed = linkIn(await mails.expect(email));
      const { id } = await invite();
      const earlier = await linkOf(id);
      for (let n = 0; n < 3; n += 1) await createUser(one.scim);
      const page = (await one.scim.get("/Users?count=1&cursor")).body;
      const sam = await createUser(one.scim, { userName: `${unique("s")}@example.com`, password: PASSWORD });
      const own = await signedIn(sam.userName);

      expect(Date.parse(await rotate())).to.be.above(Date.now() + TAKE_UP_MS);
      await takenUp();
      expect(await linkOf(id), "until all processes know the new key").to.equal(earlier);
      await one.ahead(60_000, async () => {
        const later = await linkOf(id);
        expect(later).to.not.equal(earlier);
        for (const server of [one, other]) {
          for (const link of [mailed, earlier, later]) expect(await opens(link, server)).to.equal(200);
        }
        const next = await one.scim.get(`/Users?count=1&cursor=${String(page.nextCursor)}`);
        expectStatus(next, 200);
        expect((await own.send("PATCH", "/console/session", { realm: "provider" })).status).to.equal(200);
      });
    });

    it("are dropped at once when they leaked: links are void, and sessions go on", async () => {
      const { id } = await invite();
      const leaked = await linkOf(id);
      for (let n = 0; n < 3; n += 1) await createUser(one.scim);
      const page = (await one.scim.get("/Users?count=1&cursor")).body;
      const sam = await createUser(one.scim, { userName: `${unique("s")}@example.com`, password: PASSWORD });
      const own = await signedIn(sam.userName);
      const app = await setUpFactor(own, PASSWORD);

      await rotate(true);
      await takenUp();
      for (const server of [one, other]) {
        expect(await opens(leaked, server)).to.equal(404);
        expect(await opens(await linkOf(id, server), server)).to.equal(200);
      }
      expectError(await one.scim.get(`/Users?count=1&cursor=${String(page.nextCursor)}`), {
        ...{ status: 400, scimType: "invalidCursor" },
      });
      expect((await own.send("PATCH", "/console/session", { realm: "provider" })).status).to.equal(403);
      const session = await own.send("GET", "/console/session");
      expect(session.status).to.equal(200);
      own.csrf = session.json.csrf;
      expect((await own.send("PATCH", "/console/session", { realm: "provider" })).status).to.equal(200);
      const again = await signedIn(sam.userName, other);
      expect((await enterCode(again, codeOf(app))).status).to.equal(200);
    });

    it("are forgotten when nothing needs them, after secrets of second factors are encrypted anew", async () => {
      const sam = await createUser(one.scim, { userName: `${unique("s")}@example.com`, password: PASSWORD });
      const app = await setUpFactor(await signedIn(sam.userName), PASSWORD);
      const sealed = () =>
        one.database((session) =>
          session.first<{ secret: string }>("select secret from muster_second_factors where account_id = ?", [
            sam.id,
          ]),
        );
      const before = await sealed();
      const { id } = await one.ahead(-4 * HOUR, () => invite());
      await rotate(false, -3 * HOUR);
      const afterwards = await startServer(engine, { DATABASE_URL: one.databaseUrl });
      try {
        await eventually(async () => (await keyNames("factors")).length === 1);
        expect((await keyNames("factors"))[0]).to.match(/^factors@/);
        expect(await sealed()).to.not.deep.equal(before);
        expect(await keyNames("links")).to.have.lengthOf(2);
        const waiting = new BrowserOfPerson(() => afterwards);
        await waiting.signIn(sam.userName, PASSWORD);
        expect((await enterCode(waiting, codeOf(app))).status).to.equal(200);
      } finally {
        await afterwards.stop();
      }

      const late = () => Date.now() + 402 * DAY;
      const yearLater = await startServer(engine, { DATABASE_URL: one.databaseUrl }, late);
      try {
        await eventually(async () => (await keyNames("devices")).length === 1);
        expect(await keyNames("links"), "an invitation is still open").to.have.lengthOf(2);
      } finally {
        await yearLater.stop();
      }
      expectStatus(await one.scim.delete(`/Invitations/${id}`), 204);
      const atLast = await startServer(engine, { DATABASE_URL: one.databaseUrl }, late);
      try {
        await eventually(async () => (await keyNames("links")).length === 1);
      } finally {
        await atLast.stop();
      }
    });

    it("are at most twenty for each purpose, unless the earlier ones are dropped", async () => {
      for (let n = 1; n < 20; n += 1) await rotate(false, n * 1000);
      const refused = await rotate().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(String(refused)).to.include("there can be no more");
      expect(await keyNames("links")).to.have.lengthOf(20);
    });

    it("are in the audit log of the provider, without the keys", async () => {
      await rotate();
      const { Resources } = (await one.scim.find("/AuditEvents", 'target.type eq "Settings"')).body;
      expect(Resources).to.have.lengthOf(1);
      expect(Resources[0]).to.include({ action: "change", detail: "rotated the secret keys" });
    });
  });
});

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("It did not come to pass");
    await wait(100);
  }
}
