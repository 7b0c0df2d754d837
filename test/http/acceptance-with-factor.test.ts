import { expect } from "chai";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { act, fillIn, look } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { codeOf, enterCode, setUpFactor, wrongCodeOf } from "../support/second-factor.js";
import type { App } from "../support/second-factor.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const PASSWORD = "correct horse battery staple 9";

describe("Accepting an invitation with a password that a second factor guards", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let acme: Body;
    let own: ScimClient;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start() });
      scim = server.scim;
      acme = await createGroup(scim);
      own = await clientWith(server, { organization: acme.id });
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    /** A person with a factor, who is invited. */
    const invited = async (): Promise<{
      link: string;
      app: App;
      user: Body;
      known: BrowserOfPerson;
      id: string;
    }> => {
      const user = await createUser(scim, { userName: `${unique("dana")}@example.com`, password: PASSWORD });
      const invitation = { schemas: [INVITATION], organization: { value: acme.id } };
      const emails = [{ value: user.userName }];
      const { id } = expectStatus(await scim.post("/Invitations", { ...invitation, emails }), 201);
      const link = linkIn(await mailbox.expect(user.userName));
      const known = new BrowserOfPerson(() => server);
      await known.signIn(user.userName, PASSWORD);
      const app = await setUpFactor(known, PASSWORD);
      return { user, app, known, id, link };
    };
    const membersLike = async ({ userName }: Body) =>
      expectList(await own.find("/Users", `userName eq "${userName}"`));

    it("asks for the code after the right password alone, and joins with both", async () => {
      const { user, app, link } = await invited();
      expect((await look(link)).text).to.not.match(/factor|code/i);
      const wrong = await act(link, "accept", { password: "a wrong passphrase 22", code: codeOf(app) });
      expect([wrong.status, wrong.body.field]).to.deep.equal([403, "password"]);
      const asked = await act(link, "accept", { password: PASSWORD });
      expect([asked.status, asked.body.field]).to.deep.equal([403, "code"]);
      const refused = await act(link, "accept", { password: PASSWORD, code: wrongCodeOf(app) });
      expect([refused.status, refused.body.field]).to.deep.equal([403, "code"]);
      expect(await membersLike(user)).to.have.length(0);
      const accepted = await act(link, "accept", { password: PASSWORD, code: codeOf(app) });
      expect(accepted.status, accepted.text).to.equal(200);
      expect(await membersLike(user)).to.have.length(1);
    });

    it("takes a code once: not the one that signed somebody in, and a recovery code", async () => {
      const { user, app, link } = await invited();
      const signingIn = new BrowserOfPerson(() => server);
      await signingIn.signIn(user.userName, PASSWORD);
      const code = codeOf(app);
      expect((await enterCode(signingIn, code)).status).to.equal(200);
      expect((await act(link, "accept", { password: PASSWORD, code })).status).to.equal(403);
      const [recovery = ""] = app.recoveryCodes;
      const body = { password: PASSWORD, code: recovery.toUpperCase() };
      const accepted = await act(link, "accept", body);
      expect(accepted.status, accepted.text).to.equal(200);
      const again = new BrowserOfPerson(() => server);
      await again.signIn(user.userName, PASSWORD);
      expect((await enterCode(again, recovery)).status).to.equal(403);
    });

    it("tells the organization nothing of the factor", async () => {
      const { app, link, id } = await invited();
      await act(link, "accept", { password: PASSWORD, code: wrongCodeOf(app) });
      await act(link, "accept", { password: PASSWORD, code: app.recoveryCodes[0] });
      const events = expectList(await own.find("/AuditEvents", `target.value eq "${id}"`));
      expect(events).to.not.be.empty;
      const all = expectStatus(await own.get("/AuditEvents?count=100"), 200);
      expect(JSON.stringify(all)).to.not.match(/second ?factor|recovery/i);
    });

    it("shares the limit of wrong codes with signing in, but for a browser that is known", async () => {
      const { user, app, link, known } = await invited();
      const statuses: number[] = [];
      for (let guess = 0; guess < 11; guess += 1) {
        statuses.push((await act(link, "accept", { password: PASSWORD, code: wrongCodeOf(app) })).status);
      }
      expect(statuses).to.deep.equal([...Array.from({ length: 10 }, () => 403), 429]);
      expect((await act(link, "accept", { password: PASSWORD, code: codeOf(app) })).status).to.equal(429);
      const stranger = new BrowserOfPerson(() => server);
      await stranger.signIn(user.userName, PASSWORD);
      expect((await enterCode(stranger, codeOf(app))).status).to.equal(429);
      const path = `${new URL(link).pathname}/accept`;
      const accepted = await known.send("POST", path, { password: PASSWORD, code: codeOf(app) });
      expect(accepted.status, accepted.text).to.equal(200);
    });

    it("asks by a form, too", async () => {
      const { user, app, link } = await invited();
      const asked = await fillIn(link, "accept", { password: PASSWORD });
      expect(asked.status).to.equal(403);
      expect(asked.text).to.match(/<input[^>]* name="code"/);
      const wrong = await fillIn(link, "accept", { password: "a wrong passphrase 22", code: codeOf(app) });
      expect(wrong.text).to.match(/<input[^>]* name="code"/);
      const joined = await fillIn(link, "accept", { password: PASSWORD, code: codeOf(app) });
      expect(joined.status, joined.text).to.equal(200);
      expect(await membersLike(user)).to.have.length(1);
    });
  });
});
