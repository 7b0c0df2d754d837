import { expect } from "chai";
import { expectError, expectList, expectStatus, memberCount, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { act, ask, fillIn, look, openPage } from "../support/links.js";
import { codeIn, linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import type { Reply } from "../support/links.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const PASSWORD = "correct horse battery staple 9";
const ANN = { givenName: "Ann", familyName: "Lee", password: PASSWORD };

const address = () => `${unique("Guest")}@Example.com`;

const accept = (link: string, body: object = ANN) => act(link, "accept", body);

describe("Accepting an invitation", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let acme: Body;
    let bakers: Body;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), PRODUCT_NAME: "Acme Suite" });
      scim = server.scim;
      acme = await createGroup(scim, [], { displayName: "Acme & <Sons>" });
      const team = { schemas: [TEAM], displayName: "Bakers", organization: { value: acme.id } };
      bakers = expectStatus(await scim.post("/Teams", team), 201);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const invite = async (attributes: object = {}, client = scim) => {
      const emails = [{ value: address() }];
      const invitation = { schemas: [INVITATION], organization: { value: acme.id }, emails, ...attributes };
      return expectStatus(await client.post("/Invitations", invitation), 201);
    };
    const emailOf = ({ emails }: Body) => (emails as { value: string }[])[0]?.value ?? "";
    const linkFor = async (invitation: Body) => linkIn(await mailbox.expect(emailOf(invitation)));
    const memberOf = async (organization: Body, userName: string) => {
      const client = await clientWith(server, { organization: organization.id });
      return expectList(await client.find("/Users", `userName eq "${userName}"`))[0];
    };

    it("makes an account for a new person, and the membership with its roles and teams", async () => {
      const before = await memberCount(scim, acme.id);
      const invitation = await invite({
        givenName: "Ann",
        familyName: "Lee",
        roles: [{ value: "organization-admin" }],
        teams: [{ value: bakers.id }],
      });
      const link = await linkFor(invitation);
      const offer = await look(link);
      expect(offer.body).to.deep.equal({
        organization: { value: acme.id, display: acme.displayName },
        email: emailOf(invitation),
        givenName: "Ann",
        familyName: "Lee",
        roles: ["organization-admin"],
        teams: [{ value: bakers.id, display: "Bakers" }],
        takes: "account",
      });
      const accepted = await accept(link);
      expect(accepted.status, accepted.text).to.equal(200);
      const member = await memberOf(acme, emailOf(invitation));
      expect(member).to.deep.include({
        active: true,
        displayName: "Ann Lee",
        name: { formatted: "Ann Lee", familyName: "Lee", givenName: "Ann" },
        emails: [{ value: emailOf(invitation), primary: true }],
        roles: [{ value: "organization-admin", type: "direct" }],
      });
      expect(accepted.body).to.deep.equal({
        user: { value: member?.id, userName: emailOf(invitation) },
        organization: { value: acme.id, display: acme.displayName },
      });
      expect(await memberCount(scim, acme.id)).to.equal(before + 1);
      const team = await read(scim, `/Teams/${bakers.id}`);
      expect(team.members?.map(({ value }) => value)).to.include(member?.id);
      const after = await read(scim, `/Invitations/${invitation.id}`);
      expect(after).to.include({ status: "accepted" });
      expect((after.acceptedBy as Body[])[0]).to.include({ value: member?.id, display: "Ann Lee" });
      expect(after).to.not.have.property("link");
      const found = await scim.find("/Users", `emails.value eq "${emailOf(invitation).toLowerCase()}"`);
      expectList(found, 1);
      expect((await accept(link)).status).to.equal(410);
    });

    it("has a person without a password prove the address by a code, and only then joins", async () => {
      const user = await createUser(scim, { userName: address() });
      const invitation = await invite({ emails: [{ value: user.userName.toLowerCase() }] });
      const link = await linkFor(invitation);
      expect((await look(link)).body).to.include({ takes: "code" });
      expect((await accept(link, {})).status).to.equal(403);
      expect((await act(link, "codes")).body).to.include({ email: user.userName.toLowerCase() });
      const code = codeIn(await mailbox.expect(user.userName, 2));
      const proof = await act(link, "proof", { code });
      expect(proof.body, proof.text).to.include({ takes: "nothing", email: user.userName.toLowerCase() });
      expect((await act(String(proof.body.link), "accept")).body.user).to.deep.include({ value: user.id });
      expect(await memberOf(acme, user.userName)).to.include({ id: user.id });
    });

    it("asks a person with a password for it, and locks guesses out", async () => {
      const user = await createUser(scim, { userName: address(), password: PASSWORD });
      const link = await linkFor(await invite({ emails: [{ value: user.userName }] }));
      expect((await look(link)).body).to.include({ takes: "password" });
      expect((await accept(link, {})).status).to.equal(403);
      expect((await accept(link, { password: "wrong" })).status).to.equal(403);
      expect((await accept(link, { password: PASSWORD })).status).to.equal(200);
      expect(await memberOf(acme, user.userName)).to.include({ id: user.id });

      const other = await createUser(scim, { userName: address(), password: PASSWORD });
      const guessed = await linkFor(await invite({ emails: [{ value: other.userName }] }));
      const statuses: number[] = [];
      for (let guess = 0; guess < 11; guess += 1) {
        statuses.push((await accept(guessed, { password: `guess ${guess}` })).status);
      }
      expect(statuses).to.deep.equal([...Array.from({ length: 10 }, () => 403), 429]);
      expect((await accept(guessed, { password: PASSWORD })).status).to.equal(429);
    });

    for (const [what, body] of [
      ["no name", { password: PASSWORD }],
      ["a name of spaces", { ...ANN, givenName: "  " }],
      ["a name with a line break", { ...ANN, givenName: "Ann\r\nBcc: x" }],
      ["no password", { givenName: "Ann", familyName: "Lee" }],
      ["a short password", { ...ANN, password: "x7#q" }],
      ["a password that everybody has", { ...ANN, password: "password123" }],
      ["the name as password", { ...ANN, password: "annleeannlee" }],
      ["names that are too long", { ...ANN, givenName: "n".repeat(300), familyName: "m".repeat(300) }],
      ["a password that is too long", { ...ANN, password: "x7#q ".repeat(60) }],
    ] as const) {
      it(`takes no new person with ${what}`, async () => {
        const invitation = await invite();
        const answer = await accept(await linkFor(invitation), body);
        expect(answer.status, answer.text).to.equal(400);
        expect(answer.body).to.include({ scimType: "invalidValue" });
        expectList(await scim.find("/Users", `userName eq "${emailOf(invitation)}"`), 0);
      });
    }

    it("makes the same account as SCIM does", async () => {
      const invitation = await invite();
      const link = await linkFor(invitation);
      expect((await accept(link)).status).to.equal(200);
      const other = await createUser(scim, {
        userName: address(),
        displayName: "Ann Lee",
        name: { formatted: "Ann Lee", familyName: "Lee", givenName: "Ann" },
        emails: [{ value: emailOf(invitation), primary: true }],
        active: true,
      });
      const [one, two] = await Promise.all(
        [emailOf(invitation), other.userName].map((userName) =>
          server.database((session) =>
            session.first<Record<string, unknown>>(
              "select profile, search, display_name, display_name_key, family_name_key from muster_accounts where user_name = ?",
              [userName],
            ),
          ),
        ),
      );
      const parsed = (row: Record<string, unknown> | undefined) => ({
        ...row,
        ...Object.fromEntries(
          ["profile", "search"].map((name) => {
            const value = row?.[name];
            return [name, typeof value === "string" ? (JSON.parse(value) as unknown) : value];
          }),
        ),
      });
      expect(parsed(one)).to.deep.equal(parsed(two));
    });

    it("makes it the person's own: it does not follow what the organization writes", async () => {
      const invitation = await invite();
      await accept(await linkFor(invitation));
      const own = await clientWith(server, { organization: acme.id });
      const member = await memberOf(acme, emailOf(invitation));
      const change = { op: "replace", path: "userName", value: address() };
      const path = `/Users/${String(member?.id)}`;
      expect(expectStatus(await own.patch(path, change), 200).userName).to.equal(change.value);
      expect((await read(scim, path)).userName).to.equal(emailOf(invitation));
    });

    it("is possible again when another administrator sends it again", async () => {
      const [first, second] = [await createUser(scim), await createUser(scim)];
      for (const { id } of [first, second]) {
        await scim.patch(`/Users/${id}`, { op: "add", path: "roles", value: [{ value: "provider-admin" }] });
      }
      const invitation = await invite({}, await clientWith(server, { userName: first.userName }));
      const link = await linkFor(invitation);
      await scim.patch(`/Users/${first.id}`, { op: "replace", path: "active", value: false });
      expect((await look(link)).body).to.include({ reason: "withdrawn" });
      await server.database((session) =>
        session.rows("update muster_outbox set created_at = ? where invitation_id = ?", [
          "2020-01-01T00:00:00.000Z",
          invitation.id,
        ]),
      );
      const other = await clientWith(server, { userName: second.userName });
      expectStatus(await other.post(`/Invitations/${invitation.id}/resend`, {}), 200);
      expect((await look(link)).body).to.include({ inviter: second.userName });
      expect((await accept(link)).status).to.equal(200);
    });

    it("is told of to the organization as long as the person is a member", async () => {
      const invitation = await invite();
      await accept(await linkFor(invitation));
      const own = await clientWith(server, { organization: acme.id });
      const member = await memberOf(acme, emailOf(invitation));
      const find = `acceptedBy.value eq "${String(member?.id)}"`;
      expectList(await own.find("/Invitations", find), 1);
      expectStatus(await own.delete(`/Users/${String(member?.id)}`), 204);
      expectList(await own.find("/Invitations", find), 0);
      const seen = await read(own, `/Invitations/${invitation.id}`);
      expect(seen).to.include({ status: "accepted" }).and.not.have.property("acceptedBy");
      expectList(await scim.find("/Invitations", find), 1);
    });

    it("is over when the invitation is", async () => {
      const hour = 60 * 60 * 1000;
      for (const [path, value, passes] of [
        ["enabled", false, 0],
        ["roles", [{ value: "other" }], 0],
        ["expiresAt", new Date(Date.now() + hour).toISOString(), hour],
      ] as const) {
        const invitation = await invite();
        const link = await linkFor(invitation);
        const change = { op: "replace", path, value };
        expectStatus(await scim.patch(`/Invitations/${invitation.id}`, change), 200);
        await server.ahead(passes, async () => {
          for (const answer of [await look(link), await accept(link)]) expect(answer.status).to.equal(410);
          const page = await openPage(link);
          expect(page.status).to.equal(410);
          expect(page.text).to.match(/withdrawn|expired|newer link/);
        });
      }
      const gone = await invite();
      const link = await linkFor(gone);
      expectStatus(await scim.delete(`/Invitations/${gone.id}`), 204);
      expect((await accept(link)).status).to.equal(404);
    });

    it("says so to somebody who is a member already, or deactivated", async () => {
      const user = await createUser(scim, { userName: address() });
      const link = await linkFor(await invite({ emails: [{ value: user.userName }] }));
      await scim.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: false });
      expect((await accept(link)).status).to.equal(403);
      await scim.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: true });
      await scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: [{ value: user.id }] });
      const answer = await accept(link);
      expect(answer.status).to.equal(409);
      expect(answer.body.detail).to.include("already a member of Acme & <Sons>");
    });

    it("gives nothing that the inviter may not give any more", async () => {
      const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
      const client = await clientWith(server, { userName: admin.userName });
      const link = await linkFor(await invite({}, client));
      expect((await look(link)).body).to.include({ inviter: admin.userName });
      await scim.patch(`/Users/${admin.id}`, { op: "replace", path: "active", value: false });
      expect((await accept(link)).status).to.equal(410);

      const { token, secret } = await server.services.operator.issueToken("machine", {
        organization: acme.id,
      });
      const machine = clientLike(scim, secret);
      const other = await linkFor(await invite({}, machine));
      await server.services.operator.revokeToken(token.id);
      expect((await accept(other)).status).to.equal(410);
    });

    it("takes as many as the quota says, even at the same instant", async () => {
      const emails = Array.from({ length: 6 }, () => ({ value: address() }));
      const invitation = await invite({ emails, quota: 2 });
      const links: string[] = [];
      for (const { value } of emails) links.push(linkIn(await mailbox.expect(value)));
      const answers = await Promise.all(links.map((link) => accept(link)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 200, 410, 410, 410, 410]);
      expect(await read(scim, `/Invitations/${invitation.id}`)).to.include({ status: "exhausted" });
      expectList(
        await scim.find("/Users", emails.map(({ value }) => `userName eq "${value}"`).join(" or ")),
        2,
      );
    });

    it("leaves a team as somebody else changes it in the same moment", async () => {
      const created = { schemas: [TEAM], displayName: unique("Team"), organization: { value: acme.id } };
      const team = expectStatus(await scim.post("/Teams", created), 201);
      const link = await linkFor(await invite({ teams: [{ value: team.id }] }));
      const name = unique("Renamed");
      let begun: () => void = () => undefined;
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      const renaming = server.database(async (session) => {
        await session.rows("update muster_teams set display_name = ?, version = version + 1 where id = ?", [
          name,
          team.id,
        ]);
        begun();
        await new Promise((resolve) => setTimeout(resolve, 3000));
      });
      await hasBegun;
      const accepted = accept(link);
      await renaming;
      expect((await accepted).status).to.equal(200);
      const after = await read(scim, `/Teams/${team.id}`);
      expect(after).to.include({ displayName: name });
      expect(after.meta.version).to.equal('W/"3"');
      expect(after.members).to.have.length(1);
    });

    it("happens once, however often somebody clicks", async () => {
      const invitation = await invite();
      const link = await linkFor(invitation);
      const answers = await Promise.all([accept(link), accept(link), accept(link)]);
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses[0]).to.equal(200);
      expect(
        statuses.slice(1).every((status) => [409, 410].includes(status)),
        String(statuses),
      ).to.equal(true);
      expectList(await scim.find("/Users", `userName eq "${emailOf(invitation)}"`), 1);
    });

    it("is not possible by a link that was changed, made up, or sent to nobody", async () => {
      const one = await invite();
      const link = await linkFor(one);
      const [payload = "", signature = ""] = (link.split("/").at(-1) ?? "").split(".");
      const base = link.slice(0, link.lastIndexOf("/"));
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as unknown[];
      const forged = Buffer.from(JSON.stringify([claims[0], claims[1], "eve@example.com"])).toString(
        "base64url",
      );
      for (const token of [
        `${forged}.${signature}`,
        `${payload}.${"A".repeat(43)}`,
        payload,
        "x",
        `${payload}.${signature}.x`,
      ]) {
        expect((await look(`${base}/${token}`)).status, token).to.equal(404);
        expect((await accept(`${base}/${token}`)).status, token).to.equal(404);
      }
      expect((await accept(String((await invite({ emails: [] })).link))).status).to.equal(403);
      expect((await accept(String(one.link))).status).to.equal(403);
      expect((await accept(link)).status).to.equal(200);
    });

    it("is in the audit log, with who it was", async () => {
      const invitation = await invite();
      const accepted = await accept(await linkFor(invitation));
      const { value } = accepted.body.user as { value: string };
      const filter = encodeURIComponent(`user.value eq "${value}"`);
      const events = expectList(await scim.get(`/AuditEvents?filter=${filter}&sortBy=timestamp`), 2);
      expect(events.map(({ action, target }) => [action, (target as { type: string }).type])).to.deep.equal([
        ["create", "User"],
        ["change", "Invitation"],
      ]);
      for (const event of events) {
        expect(event.organization).to.deep.include({ value: acme.id });
        expect(event).to.include({ address: "127.0.0.1" });
        // The link is a secret.
        expect(event.request).to.deep.equal({ method: "POST", path: "/invitations/:token/accept" });
        expect(event).to.not.have.property("token");
      }
    });

    describe("on its page", () => {
      it("shows who invites to what, and accepts nothing by being looked at", async () => {
        const invitation = await invite({ description: "A <script>alert(1)</script> of tea" });
        const link = await linkFor(invitation);
        const page = await openPage(link);
        expect(page.status).to.equal(200);
        expect(page.text).to.include("<title>Join Acme &amp; &lt;Sons&gt;").and.include("Acme Suite");
        expect(page.text).to.not.include("<script>");
        const [nonce, ...others] = [...page.text.matchAll(/<script nonce="([^"]+)">/g)].map(([, own]) => own);
        expect(others).to.deep.equal([]);
        const policy = page.headers.get("content-security-policy") ?? "";
        expect(policy)
          .to.include(`script-src 'nonce-${nonce ?? ""}'`)
          .and.not.include("unsafe");
        expect(page.headers.get("referrer-policy")).to.equal("no-referrer");
        expect(page.headers.get("cache-control")).to.equal("no-store");
        expect(page.headers.get("content-security-policy")).to.include("default-src 'none'");
        const cookie = page.headers.get("set-cookie") ?? "";
        expect(cookie)
          .to.match(/HttpOnly/i)
          .and.match(/SameSite=Lax/i);
        await ask(link, { method: "HEAD" });
        expect(await read(scim, `/Invitations/${invitation.id}`)).to.include({ status: "pending" });
      });

      it("accepts by its form, and only by that", async () => {
        const invitation = await invite();
        const link = await linkFor(invitation);
        const body = new URLSearchParams(ANN);
        const strange = await ask(`${link}/accept`, {
          method: "POST",
          headers: { accept: "text/html" },
          body,
        });
        expect(strange.status).to.equal(403);
        expect(strange.text).to.include("<form");
        const done = await fillIn(link, "accept", ANN);
        expect(done.status, done.text).to.equal(200);
        expect(done.text).to.include("Welcome to <bdi>Acme &amp; &lt;Sons&gt;</bdi>");
        expect((await openPage(link)).text).to.include("You have already accepted this invitation");
      });

      it("takes a form with the token of this page and this cookie alone", async () => {
        const [link, other] = [await linkFor(await invite()), await linkFor(await invite())];
        const [page, otherPage, later] = [await openPage(link), await openPage(other), await openPage(link)];
        const send = (from: Reply, cookieOf: Reply | string) => {
          const csrf = /name="csrf" value="([\w-]+)"/.exec(from.text)?.[1] ?? "";
          const cookie = typeof cookieOf === "string" ? cookieOf : (cookieOf.headers.get("set-cookie") ?? "");
          const headers = { accept: "text/html", cookie: cookie.split(";")[0] ?? "" };
          const body = new URLSearchParams({ csrf, ...ANN, password: "x" });
          return ask(`${link}/accept`, { method: "POST", headers, body });
        };
        const planted = `muster_csrf=${"A".repeat(43)}`;
        expect((await send(page, planted)).status, "a planted cookie").to.equal(403);
        expect((await send(page, later)).status, "another cookie").to.equal(403);
        expect((await send(otherPage, otherPage)).status, "the token of another link").to.equal(403);
        const right = await send(page, page);
        expect(right.status, "a password that is too short").to.equal(400);
        expect(right.headers.get("set-cookie")).to.equal(null);
        const declined = await fillIn(link, "decline", {});
        expect(declined.headers.get("set-cookie"), "ends the cookie").to.match(/^muster_csrf=;.*Max-Age=0/);
      });

      it("comes again with what was said, but for the password, when that will not do", async () => {
        const link = await linkFor(await invite());
        const page = await fillIn(link, "accept", { ...ANN, givenName: '"Ann"', password: "password1" });
        expect(page.status).to.equal(400);
        expect(page.text).to.include("easy to guess").and.include('value="&quot;Ann&quot;"');
        expect(page.text).to.not.include("password1");
      });
    });

    it("answers nonsense with 4xx", async () => {
      const link = await linkFor(await invite());
      const json = { "content-type": "application/json" };
      for (const [url, options, status] of [
        [`${link}/accept`, { method: "POST", headers: json, body: "{" }, 400],
        [
          `${link}/accept`,
          { method: "POST", headers: json, body: JSON.stringify({ x: "y".repeat(20_000) }) },
          413,
        ],
        [`${link}/accept`, { method: "POST", body: "x" }, 415],
        [link, { method: "POST", headers: json, body: "{}" }, 404],
        [link, { method: "DELETE" }, 404],
        [`${link}/other`, {}, 404],
      ] as const) {
        expect((await ask(url, options)).status, JSON.stringify(options).slice(0, 80)).to.equal(status);
      }
    });

    it("goes on when it is taken back in the same moment, by somebody who is locked out", async () => {
      const links: [Body, string][] = [];
      for (let n = 0; n < 5; n += 1) {
        const invitation = await invite();
        links.push([invitation, await linkFor(invitation)]);
      }
      const base = (links[0]?.[1] ?? "").replace(/[^/]*$/, "");
      for (let n = 0; n < 31; n += 1) await look(`${base}x${n}`);
      for (const [{ id }, link] of links) {
        const accepted = accept(link);
        await new Promise((resolve) => setTimeout(resolve, 60));
        await scim.delete(`/Invitations/${id}`);
        expect((await accepted).status).to.be.oneOf([200, 404, 429]);
      }
      expectStatus(await scim.post("/Groups", { schemas: acme.schemas, displayName: unique("Group") }), 201);
    });

    it("locks out whoever tries many links", async () => {
      const base = (await linkFor(await invite())).replace(/[^/]*$/, "");
      let status = 404;
      for (let guess = 0; guess < 40 && status === 404; guess += 1) {
        status = (await look(`${base}${guess}.${"A".repeat(43)}`)).status;
      }
      expect(status).to.equal(429);
      expectError(await scim.get("/Invitations/nobody"), { status: 404 });
    });
  });
});

const clientLike = (scim: ScimClient, token: string): ScimClient =>
  new (scim.constructor as typeof ScimClient)(() => ({ url: scim.url, token }));
