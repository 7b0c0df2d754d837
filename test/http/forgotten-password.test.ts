import { expect } from "chai";
import { request as httpRequest } from "node:http";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { act, fillIn, look, openPage } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
const NEW = "another long passphrase 41";

describe("A forgotten password", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;

    before(async () => {
      const TRUSTED_PROXIES = "127.0.0.1,::1";
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), TRUSTED_PROXIES });
      scim = server.scim;
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const address = () => `${unique("sam")}@example.com`;
    const browser = () => new BrowserOfPerson(() => server);
    const person = (attributes: object = {}) =>
      createUser(scim, { userName: address(), password: PASSWORD, ...attributes });
    const squatted = async (organization: Body, attributes: object) => {
      const own = await clientWith(server, { organization: organization.displayName ?? "" });
      const body = { schemas: [CORE_USER], password: PASSWORD, ...attributes };
      return expectStatus(await own.post("/Users", body), 201);
    };
    let client = 0;
    const ask = (userName: string, organization?: string, headers: Readonly<Record<string, string>> = {}) =>
      browser().send(
        "POST",
        `/console/forgotten-password${organization === undefined ? "" : `/${organization}`}`,
        { userName },
        { "X-Forwarded-For": `192.0.2.${(client += 1)}`, ...headers },
      );
    const linkFor = async (userName: string, to = userName, organization?: string, count = 1) => {
      expect((await ask(userName, organization)).status).to.equal(202);
      return linkIn(await mailbox.expect(to, count));
    };
    const complete = async (link: string, password = NEW) =>
      (await act(link, "complete", { password })).status;
    const signIn = async (userName: string, password: string, organization?: string) =>
      (await browser().signIn(userName, password, organization)).status;

    it("is replaced by a link that works once, and ends the sessions of the old one", async () => {
      const sam = await person();
      const before = browser();
      await before.signIn(sam.userName, PASSWORD);
      const link = await linkFor(sam.userName.toUpperCase(), sam.userName);
      expect((await look(link)).body).to.include({ userName: sam.userName });
      expect(await complete(link)).to.equal(200);
      expect((await before.send("GET", "/console/session")).status).to.equal(401);
      expect(await signIn(sam.userName, PASSWORD)).to.equal(403);
      expect(await signIn(sam.userName, NEW)).to.equal(200);
      expect(await complete(link, PASSWORD)).to.equal(410);
      expect(await signIn(sam.userName, NEW)).to.equal(200);
      const events = expectList(await scim.find("/AuditEvents", `target.value eq "${sam.id}"`));
      const details = events.map(({ detail }) => detail);
      expect(details).to.include("a link to a new password was asked for");
      expect(details).to.include("set by the link for a forgotten password");
      expect(JSON.stringify(events)).to.not.include(NEW);
    });

    it("sets one password, however many use the link at the same time", async () => {
      const link = await linkFor((await person()).userName);
      const statuses = await Promise.all([1, 2, 3].map((n) => complete(link, `${NEW} ${n}`)));
      expect(statuses.sort()).to.deep.equal([200, 410, 410]);
    });

    it("is answered alike, without mail, for unknown and inactive people and those without an address", async () => {
      const sam = await person();
      const gone = await person({ active: false });
      const nowhere = await person({ userName: unique("plain") });
      const names = [sam.userName, gone.userName, nowhere.userName, address(), "x".repeat(2000), ""];
      const answers = await Promise.all(names.map((name) => ask(name)));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).to.equal(1);
      await mailbox.expect(sam.userName);
      expect(mailbox.to(gone.userName)).to.have.length(0);
    });

    it("has a link that is void after a newer one, another password, or an hour", async () => {
      const sam = await person();
      const first = await linkFor(sam.userName);
      const second = await linkFor(sam.userName, sam.userName, undefined, 2);
      expect(await complete(first)).to.equal(410);
      await scim.patch(`/Users/${sam.id}`, { op: "replace", path: "password", value: `${PASSWORD} x` });
      expect(await complete(second)).to.equal(410);
      const third = await linkFor(sam.userName, sam.userName, undefined, 3);
      await server.database((session) =>
        session.rows("update muster_password_resets set expires_at = ? where account_id = ?", [
          ...["2020-01-01T00:00:00.000Z", sam.id],
        ]),
      );
      expect((await look(third)).body).to.include({ reason: "expired" });
      expect(await complete(third)).to.equal(410);
    });

    it("has a link that is void for somebody who was deactivated, or whose address is no longer theirs", async () => {
      const [gone, moved] = [await person(), await person()];
      const links = [await linkFor(gone.userName), await linkFor(moved.userName)];
      await scim.patch(`/Users/${gone.id}`, { op: "replace", path: "active", value: false });
      await scim.patch(`/Users/${moved.id}`, { op: "replace", path: "userName", value: address() });
      expect(await Promise.all(links.map((link) => complete(link)))).to.deep.equal([403, 410]);
    });

    it("has a link of the public address, whatever Host a request names, and of no other purpose", async () => {
      const sam = await person();
      const body = JSON.stringify({ userName: sam.userName });
      const headers = {
        ...{ Host: "evil.test", "X-Forwarded-Host": "evil.test", Forwarded: "host=evil.test" },
        ...{ "Content-Type": "application/json", "Content-Length": body.length },
      };
      const url = new URL("/console/forgotten-password", server.scim.url);
      await new Promise((resolve, reject) => {
        httpRequest(url, { method: "POST", headers }, resolve).on("error", reject).end(body);
      });
      const mail = await mailbox.expect(sam.userName);
      expect(`${mail.text ?? ""}${String(mail.html)}`).to.not.include("evil");
      const link = linkIn(mail);
      expect((await look(link.replace("password-reset", "account-setup"))).status).to.equal(404);
      expect((await look(`${link.slice(0, -43)}${"A".repeat(43)}`)).status).to.equal(404);
    });

    it("of an organization's people gives a password that opens this organization alone", async () => {
      const acme = await createGroup(scim);
      const name = unique("jdoe");
      const own = address();
      await squatted(acme, { userName: name, emails: [{ value: own, primary: true }] });
      const link = await linkFor(name, own, acme.id);
      expect((await look(link)).body.organization).to.include({ value: acme.id });
      expect(await complete(link)).to.equal(200);
      const session = browser();
      const begun = await session.signIn(name, NEW, acme.id);
      expect(begun.json).to.include({ credential: "organization", realm: acme.id });
      expect((await session.switchTo("provider")).status).to.equal(403);
      expect(await signIn(name, PASSWORD, acme.id)).to.equal(403);
    });

    it("never comes to an address that an organization wrote for a name that it squats on", async () => {
      const acme = await createGroup(scim);
      const [victim, evil, local] = [address(), address(), unique("local")];
      const squat = await squatted(acme, { userName: victim, emails: [{ value: evil, primary: true }] });
      const link = await linkFor(victim);
      expect(await complete(link)).to.equal(200);
      expect(mailbox.to(evil)).to.have.length(0);
      const session = browser();
      expect((await session.signIn(victim, NEW)).json).to.include({ credential: "person" });
      // The organization's own password stays as it was.
      expect(await signIn(victim, PASSWORD, acme.id)).to.equal(200);
      // Under another name in its record, the organization gets mail for its own password alone.
      const own = await clientWith(server, { organization: acme.displayName ?? "" });
      await own.patch(`/Users/${squat.id}`, { op: "replace", path: "userName", value: local });
      const ofAcme = await linkFor(local, evil, acme.id);
      expect(await complete(ofAcme, `${NEW} acme`)).to.equal(200);
      const inAcme = browser();
      const begun = await inAcme.signIn(local, `${NEW} acme`, acme.id);
      expect(begun.json).to.include({ credential: "organization" });
    });

    it("is not sent by an organization that did not create the account, but to the person", async () => {
      const sam = await person();
      const acme = await createGroup(scim, [sam]);
      const own = await clientWith(server, { organization: acme.displayName ?? "" });
      const evil = address();
      await own.patch(`/Users/${sam.id}`, { op: "replace", path: "emails", value: [{ value: evil }] });
      const link = await linkFor(sam.userName, sam.userName, acme.id);
      expect((await look(link)).body.organization).to.equal(undefined);
      expect(mailbox.to(evil)).to.have.length(0);
      const globex = await createGroup(scim);
      expect((await ask(sam.userName, globex.id)).status).to.equal(202);
      expect(mailbox.to(sam.userName)).to.have.length(1);
      expect((await ask(sam.userName, "nonsense")).status).to.equal(404);
    });

    it("is mailed five times an hour to one person, and asked for thirty times by one network", async () => {
      const sam = await person();
      for (let n = 1; n <= 7; n += 1) {
        expect((await ask(sam.userName)).status).to.equal(202);
        await mailbox.expect(sam.userName, Math.min(n, 5));
      }
      const from = { "X-Forwarded-For": "198.51.100.7" };
      const answers = await Promise.all(Array.from({ length: 31 }, () => ask(address(), undefined, from)));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).to.have.length(1);
      expect(Number(refused[0]?.headers.get("retry-after"))).to.be.within(1, 3600);
      expect(mailbox.to(sam.userName)).to.have.length(5);
    });

    it("has pages, whose forms need the token that they came with", async () => {
      const sam = await person();
      const base = `${server.scim.url.replace("/scim/v2", "")}/console`;
      expect((await openPage(`${base}/sign-in`)).text).to.include('href="/console/forgotten-password"');
      const page = await openPage(`${base}/forgotten-password`);
      const cookie = page.headers.get("set-cookie")?.split(";")[0] ?? "";
      const csrf = /name="csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? "";
      const send = (token: string) =>
        fetch(`${base}/forgotten-password`, {
          method: "POST",
          headers: { accept: "text/html", cookie },
          body: new URLSearchParams({ csrf: token, userName: sam.userName }),
        });
      expect((await send("made up")).status).to.equal(403);
      const sent = await send(csrf);
      expect(sent.status).to.equal(200);
      expect(await sent.text()).to.include("If there is such an account");
      const link = linkIn(await mailbox.expect(sam.userName));
      expect((await fillIn(link, "complete", { csrf: "made up", password: NEW })).status).to.equal(403);
      const weak = await fillIn(link, "complete", { password: "short" });
      expect(weak.status).to.equal(400);
      expect((await fillIn(link, "complete", { password: NEW })).text).to.include("ready");
      expect((await openPage(link)).text).to.include("This link does not work");
      expect(await signIn(sam.userName, NEW)).to.equal(200);
    });
  });
});
