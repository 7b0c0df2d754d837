import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { simpleParser } from "mailparser";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine, scratchFolder } from "../support/engines.js";
import type { Engine } from "../support/engines.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

const address = () => `${unique("guest")}@example.com`;

async function invite(scim: ScimClient, attributes: object): Promise<Body> {
  return expectStatus(await scim.post("/Invitations", { schemas: [INVITATION], ...attributes }), 201);
}

describe("Mail", () => {
  forEachEngine((engine: Engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let organization: { value: string };

    before(async () => {
      const SMTP_URL = await mailbox.start();
      server = await startServer(engine, {
        SMTP_URL,
        MAIL_FROM: "Acme Suite <no-reply@acme.test>",
        PRODUCT_NAME: "Acme Suite",
      });
      scim = server.scim;
      organization = { value: (await createGroup(scim, [], { displayName: "Bäckerei <b>&</b> Co" })).id };
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    it("goes to each address that is invited, with who invites to what", async () => {
      const admin = await createUser(scim, {
        displayName: "Ada Admin",
        roles: [{ value: "provider-admin" }],
      });
      const client = await clientWith(server, { userName: admin.userName });
      const [one, two] = [address(), address()];
      await invite(client, {
        organization,
        emails: [{ value: one }, { value: two }, { value: "*@example.com" }],
        description: "See <you>",
        roles: [{ value: "organization-admin" }],
      });
      const mail = await mailbox.expect(one);
      expect(mail.subject).to.equal("Ada Admin invites you to Bäckerei <b>&</b> Co");
      expect(mail.from?.text).to.equal('"Acme Suite" <no-reply@acme.test>');
      expect(mail.text).to.include("Acme Suite").and.include("Organization admin").and.include("See <you>");
      expect(mail.html).to.include("Bäckerei &lt;b&gt;&amp;&lt;/b&gt; Co").and.not.include("<you>");
      expect(linkIn(mail)).to.not.equal(linkIn(await mailbox.expect(two)));
    });

    it("takes nothing that is in a name for a header or another address", async () => {
      const to = address();
      const group = await createGroup(scim);
      // No client can write such a name any more; it may be there from before.
      await server.database((session) =>
        session.rows("update muster_organizations set display_name = ? where id = ?", [
          "Eve\r\nBcc: eve@example.com",
          group.id,
        ]),
      );
      await invite(scim, { organization: { value: group.id }, emails: [{ value: to }] });
      const mail = await mailbox.expect(to);
      expect(mail.headers.has("bcc")).to.equal(false);
      expect(mail.subject).to.include("Eve Bcc: eve@\u2060example.\u2060com");
      expect(mailbox.to("eve@example.com")).to.have.length(0);
    });

    it("says what an organization wrote in one line of bounded length, and without links", async () => {
      const to = address();
      const displayName = `Log in at https://evil.example/login ${"x".repeat(300)}`;
      const group = await createGroup(scim, [], { displayName });
      const description = `Your account is locked.\n\nUnlock it: www.evil.example ${"y".repeat(400)}`;
      await invite(scim, { organization: { value: group.id }, emails: [{ value: to }], description });
      const { subject = "", text = "", html } = await mailbox.expect(to);
      for (const part of [subject, text, String(html)]) {
        expect(part).to.not.match(/evil\.example|https:\/\/evil/);
        expect(part).to.not.include("x".repeat(101));
      }
      expect(text).to.include("Your account is locked. Unlock it: www.\u2060evil.\u2060example yyy");
      const long = {
        schemas: [INVITATION],
        organization,
        emails: [{ value: to }],
        description: "d".repeat(501),
      };
      expectError(await scim.post("/Invitations", long), { status: 400, scimType: "invalidValue" });
    });

    it("is not sent for what was not done, or taken back meanwhile", async () => {
      const [refused, gone, kept] = [address(), address(), address()];
      const bad = { schemas: [INVITATION], organization, emails: [{ value: refused }], quota: 0 };
      expectError(await scim.post("/Invitations", bad), { status: 400, scimType: "invalidValue" });
      mailbox.refuse(gone, { code: 451, times: 1 });
      const { id } = await invite(scim, { organization, emails: [{ value: gone }] });
      await scim.delete(`/Invitations/${id}`);
      await invite(scim, { organization, emails: [{ value: kept }] });
      await mailbox.expect(kept);
      expect([...mailbox.to(refused), ...mailbox.to(gone)]).to.have.length(0);
    });

    it("is sent again when asked for, but not at once", async () => {
      const to = address();
      const { id } = await invite(scim, { organization, emails: [{ value: to }] });
      await mailbox.expect(to);
      const answer = await scim.post(`/Invitations/${id}/resend`, {});
      expectError(answer, { status: 429 });
      expect(Number(answer.headers["retry-after"])).to.be.within(1, 60);
      await server.database((session) =>
        session.rows("update muster_outbox set created_at = ? where invitation_id = ?", [
          "2020-01-01T00:00:00.000Z",
          id,
        ]),
      );
      expect(expectStatus(await scim.post(`/Invitations/${id}/resend`, {}), 200).id).to.equal(id);
      const again = await mailbox.expect(to, 2);
      expect(linkIn(again)).to.equal(linkIn(mailbox.to(to)[0] ?? again));
    });

    it("is not sent again for what nobody can accept, or nobody is addressed in", async () => {
      const off = await invite(scim, { organization, emails: [{ value: address() }], enabled: false });
      const open = await invite(scim, { organization });
      for (const { id } of [off, open]) {
        const answer = await scim.post(`/Invitations/${id}/resend`, {});
        expectError(answer, { status: 400, scimType: "invalidValue" });
      }
    });

    it("goes out anew when the offer changes, with another link", async () => {
      const [to, next] = [address(), address()];
      const { id, link } = await invite(scim, { organization, emails: [{ value: to }] });
      const first = await mailbox.expect(to);
      const path = `/Invitations/${id}`;
      await scim.patch(path, { op: "replace", path: "name", value: "Another name" });
      const value = [{ value: to }, { value: next }];
      const changed = expectStatus(await scim.patch(path, { op: "replace", path: "emails", value }), 200);
      await mailbox.expect(next);
      expect(linkIn(await mailbox.expect(to, 2))).to.not.equal(linkIn(first));
      expect(changed.link).to.not.equal(link);
    });

    it("is tried again when a server does not take it now, and given up when it never will", async () => {
      const [later, never] = [address(), address()];
      mailbox.refuse(later, { code: 451, times: 1 });
      mailbox.refuse(never, { code: 550, times: 100 });
      const { id } = await invite(scim, { organization, emails: [{ value: later }, { value: never }] });
      const rows = () =>
        server.database((session) =>
          session.rows<{ address: string; result: string | null; attempts: number }>(
            "select address, result, attempts from muster_outbox where invitation_id = ? order by id",
            [id],
          ),
        );
      const tried = async () => (await rows()).every(({ attempts }) => attempts === 1);
      while (!(await tried()) || (await rows())[1]?.result !== "failed") {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(mailbox.to(later)).to.have.length(0);
      const events = expectList(await scim.find("/AuditEvents", `target.value eq "${id}"`), 2);
      expect(events.find(({ result }) => result === "warning")).to.deep.include({
        action: "change",
        detail: "mail (invitation) could not be sent; Muster gave up",
      });
      await server.database((session) =>
        session.rows("update muster_outbox set due_at = ? where invitation_id = ?", [
          "2020-01-01T00:00:00.000Z",
          id,
        ]),
      );
      await mailbox.expect(later);
      expect(mailbox.to(never)).to.have.length(0);
    });

    it("is sent by one of several processes", async () => {
      const { databaseUrl } = server;
      const others = await Promise.all(
        [1, 2].map(() => startServer(engine, { DATABASE_URL: databaseUrl, SMTP_URL: mailbox.url })),
      );
      const addresses = Array.from({ length: 40 }, address);
      await invite(scim, { organization, emails: addresses.map((value) => ({ value })) });
      for (const each of addresses) await mailbox.expect(each);
      await Promise.all(others.map((each) => each.stop()));
      expect(addresses.map((each) => mailbox.to(each).length)).to.deep.equal(addresses.map(() => 1));
    });
  });
});

describe("Mail without a mail server", () => {
  forEachEngine((engine: Engine) => {
    it("lands in files, from templates of one's own where there are any", async () => {
      const folder = scratchFolder();
      const templates = `${folder}/templates`;
      await mkdir(`${templates}/de`, { recursive: true });
      await writeFile(`${templates}/de/invitation.subject.txt`, "Willkommen bei <%= it.organizationName %>");
      const server = await startServer(engine, {
        MUSTER_DATA_DIR: folder,
        TEMPLATES_DIR: templates,
        LOCALE: "de",
      });
      const { id } = await createGroup(server.scim, [], { displayName: "Acme" });
      const to = address();
      await invite(server.scim, { organization: { value: id }, emails: [{ value: to }] });
      const files = () => {
        try {
          return readdirSync(`${folder}/mail`).filter((name) => name.endsWith(".eml"));
        } catch {
          return [];
        }
      };
      while (files().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const mail = await simpleParser(readFileSync(`${folder}/mail/${files()[0] ?? ""}`));
      await server.stop();
      expect(mail.subject).to.equal("Willkommen bei Acme");
      expect(linkIn(mail)).to.match(/\/invitations\/[\w-]+\.[\w-]{43}$/);
      expect([mail.to].flat()[0]?.text).to.equal(to);
    });
  });
});
