import { expect } from "chai";
import { Passwords } from "../../src/services/passwords/passwords.js";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { forEachEngine } from "../support/engines.js";
import { act, look } from "../support/links.js";
import { linkIn, Outgoing } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { codeOf, enterCode, PASSWORD, setUpFactor } from "../support/second-factor.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const CHECK = "urn:muster:params:scim:api:messages:2.0:PasswordCheck";

/** What passwords cost when they were set, and what they cost now. */
const WEAK = { N: 16, r: 8, p: 1 };
const STRONG = { N: 32, r: 8, p: 2 };

describe("A password whose hash is weaker than new ones are", function () {
  this.timeout(60_000);

  forEachEngine((engine) => {
    const mails = new Outgoing();
    /** The server as it was when passwords were set, and as it is now, on one database. */
    let before: ServerInProcess;
    let now: ServerInProcess;

    beforeEach(async () => {
      before = await startServer(engine, {}, Date.now, { ...mails.options, passwordCost: WEAK });
      const settings = { DATABASE_URL: before.databaseUrl };
      now = await startServer(engine, settings, Date.now, { ...mails.options, passwordCost: STRONG });
    });
    afterEach(async () => {
      await before.stop();
      await now.stop();
    });

    const person = () =>
      createUser(before.scim, { userName: `${unique("Sam")}@example.com`, password: PASSWORD });
    const signedIn = async ({ userName }: Body, server: ServerInProcess, organization?: string) => {
      const own = new BrowserOfPerson(() => server);
      const answer = await own.signIn(userName, PASSWORD, organization);
      expect(answer.status, answer.text).to.equal(200);
      return own;
    };
    const hashOf = (id: string, table = "muster_accounts", key = "id") => storedHash(now, id, table, key);
    const costOf = async (...of: Parameters<typeof hashOf>) =>
      (await hashOf(...of)).split("$").slice(0, 4).join("$");
    const isOpen = async (own: BrowserOfPerson) => (await own.send("GET", "/console/session")).status === 200;

    it("is hashed again when its owner signs in, once, and opens the same as before", async () => {
      const sam = await person();
      expect(await costOf(sam.id)).to.equal("scrypt$16$8$1");
      const version = (await now.scim.get(`/Users/${sam.id}`)).headers.etag;
      expect(await isOpen(await signedIn(sam, now))).to.equal(true);
      expect(await costOf(sam.id)).to.equal("scrypt$32$8$2");
      const hash = await hashOf(sam.id);
      expect(await isOpen(await signedIn(sam, now))).to.equal(true);
      expect(await hashOf(sam.id)).to.equal(hash);
      expect((await now.scim.get(`/Users/${sam.id}`)).headers.etag).to.equal(version);
    });

    it("is left as it is by a wrong password, and by a server whose hashes are weaker", async () => {
      const sam = await person();
      const wrong = await new BrowserOfPerson(() => now).signIn(sam.userName, "another passphrase 41");
      expect(wrong.status).to.equal(403);
      expect(await costOf(sam.id)).to.equal("scrypt$16$8$1");
      await signedIn(sam, now);
      expect(await isOpen(await signedIn(sam, before))).to.equal(true);
      expect(await costOf(sam.id)).to.equal("scrypt$32$8$2");
    });

    it("keeps the sessions, the sign-ins and the links that began with it", async () => {
      const sam = await person();
      const earlier = await signedIn(sam, before);
      const forgotten = await earlier.send("POST", "/console/forgotten-password", { userName: sam.userName });
      expect(forgotten.status).to.equal(202);
      const reset = linkIn(await mails.expect(sam.userName));
      const email = `${unique("more")}@example.com`;
      const asked = await earlier.send("POST", "/console/session/addresses", {
        ...{ email, currentPassword: PASSWORD },
      });
      expect(asked.status, asked.text).to.equal(202);
      const proof = linkIn(await mails.expect(email));
      const app = await setUpFactor(earlier, PASSWORD);
      const waiting = new BrowserOfPerson(() => before);
      expect((await waiting.signIn(sam.userName, PASSWORD)).json).to.have.property("next");

      await new BrowserOfPerson(() => now).signIn(sam.userName, PASSWORD);
      expect(await costOf(sam.id)).to.equal("scrypt$32$8$2");
      expect((await enterCode(waiting, codeOf(app))).status).to.equal(200);
      expect(await isOpen(waiting)).to.equal(true);
      expect(await isOpen(earlier)).to.equal(true);
      expect((await earlier.send("POST", new URL(proof).pathname, {})).status).to.be.within(200, 204);
      expect((await look(here(reset, now))).status).to.equal(200);
      const replaced = await act(here(reset, now), "complete", { password: "another passphrase 41" });
      expect(replaced.status, replaced.text).to.be.within(200, 204);
      expect(await isOpen(earlier)).to.equal(false);
    });

    it("opens a session to each of several browsers that sign in at once", async () => {
      const sam = await person();
      const browsers = await Promise.all(Array.from({ length: 4 }, () => signedIn(sam, now)));
      expect(await Promise.all(browsers.map(isOpen))).to.deep.equal([true, true, true, true]);
      expect(await costOf(sam.id)).to.equal("scrypt$32$8$2");
    });

    it("is hashed again for one organization alone if it opens that one alone", async () => {
      const [acme, other] = [await createGroup(before.scim), await createGroup(before.scim)];
      const own = await clientWith(before, { organization: acme.id });
      const body = { schemas: [CORE_USER], userName: unique("own"), password: PASSWORD };
      const sam = expectStatus(await own.post("/Users", body), 201);
      const theirs = await clientWith(before, { organization: other.id });
      const namesake = expectStatus(await theirs.post("/Users", body), 201);
      expect(await isOpen(await signedIn(sam, now, acme.id))).to.equal(true);
      expect(await costOf(sam.id, "muster_memberships", "account_id")).to.equal("scrypt$32$8$2");
      expect(await costOf(namesake.id, "muster_memberships", "account_id")).to.equal("scrypt$16$8$1");
    });

    it("is hashed again when a product checks it", async () => {
      const sam = await person();
      const product = await clientWith(now, { checksPasswords: true });
      const body = { schemas: [CHECK], userName: sam.userName, password: PASSWORD };
      const answer = expectStatus(await product.post("/PasswordCheck", body), 200);
      expect(answer).to.have.property("result", "accepted");
      expect(await costOf(sam.id)).to.equal("scrypt$32$8$2");
    });
  });
});

describe("A wrong password", function () {
  this.timeout(120_000);

  it("takes as long for a weak hash as for a name that nobody has", async () => {
    const turn = { group: "", owner: "" };
    const weak = new Passwords({ N: 2 ** 14, r: 8, p: 1 });
    const passwords = new Passwords();
    try {
      const old = await weak.hash(turn, PASSWORD, []);
      const timed = async (hash: string) => {
        const began = performance.now();
        expect(await passwords.isPassword(turn, "another passphrase 41", hash)).to.equal(false);
        return performance.now() - began;
      };
      const [known, unknown]: [number[], number[]] = [[], []];
      for (let n = 0; n < 4; n += 1) {
        unknown.push(await timed(passwords.decoy()));
        known.push(await timed(old));
      }
      // Without care, it would be a sixth.
      expect(Math.min(...known) / Math.min(...unknown)).to.be.within(0.5, 2);
    } finally {
      await weak.close();
      await passwords.close();
    }
  });
});

async function storedHash(server: ServerInProcess, id: string, table: string, key: string): Promise<string> {
  const row = await server.database((session) =>
    session.first<{ hash: string }>(`select password_hash as hash from ${table} where ${key} = ?`, [id]),
  );
  return row?.hash ?? "";
}

/** A link as another server on the same database has it. */
const here = (link: string, { scim }: ServerInProcess) =>
  scim.url.replace("/scim/v2", "") + new URL(link).pathname;
