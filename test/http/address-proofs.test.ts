import { expect } from "chai";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { Links } from "../../src/services/invitations/links.js";
import { act, fillIn, look, openPage } from "../support/links.js";
import { codeIn, linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const PASSWORD = "correct horse battery staple 9";
const ANN = { givenName: "Ann", familyName: "Lee", password: PASSWORD };
const YESTERDAY = "2020-01-01T00:00:00.000Z";

const address = (domain = "example.com") => `${unique("Visitor")}@${domain}`;

describe("Proving an address", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let organization: Body;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start() });
      scim = server.scim;
      organization = await createGroup(scim);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const invite = async (...emails: string[]): Promise<Body> =>
      expectStatus(
        await scim.post("/Invitations", {
          schemas: [INVITATION],
          organization: { value: organization.id },
          ...(emails.length > 0 && { emails: emails.map((value) => ({ value })) }),
        }),
        201,
      );
    const openLink = async (...emails: string[]) => String((await invite(...emails)).link);
    const members = async (userName: string) => {
      const client = await clientWith(server, { organization: organization.id });
      return expectList(await client.find("/Users", `userName eq "${userName}"`));
    };
    const codeFor = async (link: string, email: string) => {
      const count = mailbox.to(email).length + 1;
      const sent = await act(link, "codes", { email });
      expect(sent.status, sent.text).to.equal(202);
      expect(sent.body).to.include({ email });
      expect(Date.parse(String(sent.body.expiresAt))).to.be.greaterThan(Date.now() + 800_000);
      return codeIn(await mailbox.expect(email, count));
    };
    const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

    it("comes before everything else for whoever has an open link", async () => {
      const link = await openLink();
      const email = address();
      const offer = await look(link);
      expect(offer.body).to.include({ takes: "address" }).and.not.have.property("email");
      expect((await act(link, "accept", ANN)).status).to.equal(403);
      const code = await codeFor(link, email);
      expect((await act(link, "proof", { email, code: wrong(code) })).status).to.equal(403);
      const proof = await act(link, "proof", { email, code: `${code.slice(0, 3)} ${code.slice(3)}` });
      expect(proof.body, proof.text).to.include({ takes: "account", email });
      const accepted = await act(String(proof.body.link), "accept", ANN);
      expect(accepted.status, accepted.text).to.equal(200);
      expect(await members(email)).to.have.length(1);
      // The link is for whoever else has it, too.
      expect((await look(link)).status).to.equal(200);
      expect((await look(String(proof.body.link))).body).to.include({ reason: "member" });
    });

    it("is needed for a link that says no address, even if the invitation has one", async () => {
      const email = address();
      const link = await openLink(email);
      expect((await look(link)).body).to.include({ takes: "address" });
      expect((await act(link, "codes", { email: address() })).status).to.equal(403);
      await mailbox.expect(email);
      const code = await codeFor(link, email);
      const proof = await act(link, "proof", { email, code });
      expect((await act(String(proof.body.link), "accept", ANN)).status).to.equal(200);
      expect((await act(link, "codes", { email })).body).to.include({ reason: "accepted" });
    });

    it("takes addresses of the domain alone that the invitation is for", async () => {
      const link = await openLink("*@Acme.test");
      expect((await look(link)).body).to.deep.include({ domains: ["Acme.test"] });
      for (const email of [
        address("acme.test.evil.test"),
        address("sub.acme.test"),
        "x@notacme.test",
        "x",
        "",
      ]) {
        const answer = await act(link, "codes", { email });
        expect(answer.status, email).to.equal(email.includes("@") ? 403 : 400);
      }
      const email = address("ACME.test");
      const proof = await act(link, "proof", { email, code: await codeFor(link, email) });
      expect((await act(String(proof.body.link), "accept", ANN)).status).to.equal(200);
      expect(await members(email)).to.have.length(1);
    });

    it("is of a mailbox, letter by letter, and not of a name that looks alike", async () => {
      const exact = await openLink("boss@strasse.test");
      const domain = await openLink("*@strasse.test");
      for (const link of [exact, domain]) {
        expect((await act(link, "codes", { email: "boss@straße.test" })).status).to.equal(403);
      }
      const name = unique("anna");
      await createUser(scim, { userName: `${name}@strasse.test` });
      const email = `${name}@straße.test`;
      const open = await openLink();
      expect((await act(open, "codes", { email })).status).to.equal(202);
      const code = codeIn(await mailbox.expect(email));
      const proof = await act(open, "proof", { email, code });
      expect([proof.status, proof.body.reason]).to.deep.equal([409, "taken"]);
    });

    it("sends the code to the address as whoever invited wrote it", async () => {
      const email = address();
      const link = await openLink(email);
      const sent = await act(link, "codes", { email: email.toUpperCase() });
      expect(sent.body).to.include({ email });
    });

    it("is refused, and nothing worse, when the invitation goes in the same moment", async () => {
      for (let round = 0; round < 10; round += 1) {
        const { id, link } = await invite();
        const [deleted, ...answers] = await Promise.all([
          scim.delete(`/Invitations/${id}`),
          ...[1, 2, 3, 4].map(() => act(String(link), "codes", { email: address() })),
        ]);
        expectStatus(deleted, 204);
        for (const { status } of answers) expect(status).to.be.oneOf([202, 404, 429]);
      }
    });

    it("does not make the password needless of somebody who has one", async () => {
      const user = await createUser(scim, { userName: address(), password: PASSWORD });
      const link = await openLink();
      const code = await codeFor(link, user.userName);
      const proof = await act(link, "proof", { email: user.userName, code });
      expect(proof.body).to.include({ takes: "password" });
      const own = String(proof.body.link);
      expect((await act(own, "accept", {})).status).to.equal(403);
      expect((await act(own, "accept", { password: PASSWORD })).body.user).to.deep.include({
        value: user.id,
      });
    });

    it("takes a code once, the latest, in time, for its address and its invitation", async () => {
      const [link, other] = [await openLink(), await openLink()];
      const email = address();
      const first = await codeFor(link, email);
      const second = await codeFor(link, email);
      const prove = (code: string, at = link, of = email) => act(at, "proof", { email: of, code });
      if (first !== second) expect((await prove(first)).status).to.equal(403);
      expect((await prove(second, other)).status).to.equal(403);
      expect((await prove(second, link, address())).status).to.equal(403);
      expect((await prove(second)).status).to.equal(200);
      expect((await prove(second)).status).to.equal(403);
      const late = await codeFor(other, email);
      await server.database((session) =>
        session.rows("update muster_invitation_codes set expires_at = ?", [YESTERDAY]),
      );
      expect((await prove(late, other)).status).to.equal(403);
    });

    it("locks out whoever guesses a code, even with the right one then, and has it in the audit log", async () => {
      const invitation = await invite();
      const link = String(invitation.link);
      const email = address();
      const code = await codeFor(link, email);
      const guess = (each: string) => act(link, "proof", { email, code: each });
      for (let n = 0; n < 5; n += 1) expect((await guess(wrong(code))).status).to.equal(403);
      const locked = await guess(code);
      expect(locked.status).to.equal(429);
      expect(Number(locked.headers.get("retry-after"))).to.be.within(1, 900);
      const admin = await clientWith(server, { organization: organization.id });
      const events = expectList(await admin.find("/AuditEvents", `target.value eq "${invitation.id}"`));
      const refused = events.filter(({ result }) => result === "refused");
      expect(refused).to.have.length(6);
      expect(refused.map(({ status }) => Number(status)).sort()).to.deep.equal([
        403, 403, 403, 403, 403, 429,
      ]);
      expect(JSON.stringify(refused)).to.include("locked out").and.not.include(code);
      for (const { address: from } of refused) expect(from).to.equal("127.0.0.1");
      // Others are not.
      const another = address();
      const proof = await act(link, "proof", { email: another, code: await codeFor(link, another) });
      expect(proof.status).to.equal(200);
    });

    it("counts guesses that come at the same instant", async () => {
      const link = await openLink();
      const email = address();
      const code = await codeFor(link, email);
      const guard = Array.from({ length: 20 }, () => act(link, "proof", { email, code: wrong(code) }));
      const statuses = (await Promise.all(guard)).map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([403, 403, 403, 403, 403, ...Array.from({ length: 15 }, () => 429)]);
    });

    it("sends so many codes an hour to an address, and no more", async () => {
      const email = address();
      for (let n = 0; n < 5; n += 1) await codeFor(await openLink(), email);
      const refused = await act(await openLink(), "codes", { email });
      expect(refused.status).to.equal(429);
      expect(Number(refused.headers.get("retry-after"))).to.be.within(1, 3600);
    });

    it("counts for an hour, and then has to be done again", async () => {
      const link = await openLink();
      const email = address();
      const proof = await act(link, "proof", { email, code: await codeFor(link, email) });
      const own = String(proof.body.link);
      const [payload = ""] = (own.split("/").at(-1) ?? "").split(".");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as string[];
      const minutes = (Date.parse(claims[3] ?? "") - Date.now()) / 60_000;
      expect(minutes).to.be.within(58, 60);
      const forged = Buffer.from(JSON.stringify([...claims.slice(0, 3), "2999-01-01T00:00:00.000Z"]));
      expect((await look(own.replace(payload, forged.toString("base64url")))).status).to.equal(404);
      const key = await server.database((session) =>
        session.first<{ value: string }>("select value from muster_keys where name = 'links'"),
      );
      const current = Buffer.from(key?.value ?? "", "base64");
      const links = new Links(() => ({ current, known: [current] }), new URL(link).origin);
      const [invitationId = "", , , provedUntil = ""] = claims;
      const given = { invitationId, revision: 1, address: email };
      expect((await look(links.toInvitation({ ...given, provedUntil }))).body).to.include({
        takes: "account",
      });
      const late = links.toInvitation({ ...given, provedUntil: YESTERDAY });
      expect((await look(late)).body).to.include({ takes: "address" });
      expect((await act(late, "accept", ANN)).status).to.equal(403);
    });

    it("is not asked of somebody whom the mailed link is enough for", async () => {
      const email = address();
      await invite(email);
      const link = linkIn(await mailbox.expect(email));
      expect((await act(link, "codes", { email })).status).to.equal(400);
      expect((await act(link, "proof", { code: "123456" })).status).to.equal(400);
    });

    it("has pages of its own, that work without scripts", async () => {
      const link = await openLink("*@acme.test");
      const email = address("acme.test");
      expect((await openPage(link)).text).to.include("It must end in @acme.test");
      const refused = await fillIn(link, "codes", { email: "eve@evil.test" });
      expect(refused.status).to.equal(403);
      expect(refused.text).to.include('value="eve@evil.test"').and.include("not for that address");
      const asked = await fillIn(link, "codes", { email });
      expect(asked.status).to.equal(200);
      expect(asked.text).to.include("Enter the code").and.include(email);
      const code = codeIn(await mailbox.expect(email));
      const missed = await fillIn(link, "proof", { email, code: wrong(code) });
      expect(missed.status).to.equal(403);
      expect(missed.text).to.include("Enter the code").and.include("The code is wrong or no longer valid");
      const proved = await fillIn(link, "proof", { email, code });
      expect(proved.status).to.equal(303);
      const own = new URL(proved.headers.get("location") ?? "", link).href;
      expect((await openPage(own)).text).to.include("Create my account and join");
      const again = await openPage(`${link}/codes`);
      expect([again.status, again.headers.get("location")]).to.deep.equal([303, new URL(link).pathname]);
    });
  });
});
