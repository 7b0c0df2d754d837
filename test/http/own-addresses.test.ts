import { expect } from "chai";
import { expectStatus, read } from "../support/assertions.js";
import type { ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { act } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PASSWORD = "correct horse battery staple 9";
const NEW = "another long passphrase 41";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const PATH = "/console/session/addresses";
const DAY = 24 * 60 * 60 * 1000;
const FORM = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };

interface Address {
  readonly value: string;
  readonly isUserName: boolean;
  readonly isInProfile: boolean;
  readonly provedAt?: string;
  readonly pendingUntil?: string;
}

describe("The addresses of a person who is signed in", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;

    before(async () => {
      const limits = { TRUSTED_PROXIES: "127.0.0.1,::1", MAIL_PER_ADDRESS: "9", MAIL_PER_ORGANIZATION: "6" };
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), ...limits });
      scim = server.scim;
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const address = (name = "sam") => `${unique(name)}@Example.com`;
    const person = (attributes: object = {}) =>
      createUser(scim, { userName: address(), password: PASSWORD, ...attributes });
    const signedIn = async (userName: string, password = PASSWORD, organization?: string) => {
      const own = new BrowserOfPerson(() => server);
      const answer = await own.signIn(userName, password, organization);
      expect(answer.status, answer.text).to.equal(200);
      return own;
    };
    const signInStatus = async (userName: string, password = PASSWORD) =>
      (await new BrowserOfPerson(() => server).signIn(userName, password)).status;
    const ask = (own: BrowserOfPerson, email: string, currentPassword: string | undefined = PASSWORD) =>
      own.send("POST", PATH, { email, currentPassword });
    const pathOf = (link: string) => new URL(link).pathname;
    /** The path of the link that proves an address. */
    const linkFor = async (own: BrowserOfPerson, email: string, count = 1) => {
      const answer = await ask(own, email);
      expect(answer.status, answer.text).to.equal(202);
      return pathOf(linkIn(await mailbox.expect(email, count)));
    };
    const prove = async (own: BrowserOfPerson, email: string, count = 1) => {
      const answer = await own.send("POST", await linkFor(own, email, count));
      expect(answer.status, answer.text).to.equal(200);
    };
    const addressesOf = async (own: BrowserOfPerson) => {
      const answer = await own.send("GET", PATH);
      expect(answer.status, answer.text).to.equal(200);
      return (JSON.parse(answer.text) as { addresses: Address[] }).addresses;
    };
    const addressIn = async (own: BrowserOfPerson, email: string) =>
      (await addressesOf(own)).find(({ value }) => value === email);
    const makeUserName = (own: BrowserOfPerson, email: string, currentPassword = PASSWORD) =>
      own.send("POST", `${PATH}/user-name`, { email, currentPassword });
    const remove = (own: BrowserOfPerson, email: string, currentPassword = PASSWORD) =>
      own.send("POST", `${PATH}/remove`, { email, currentPassword });
    let client = 0;
    const forgotten = (userName: string) =>
      new BrowserOfPerson(() => server).send(
        "POST",
        "/console/forgotten-password",
        { userName },
        { "X-Forwarded-For": `192.0.2.${(client += 1)}` },
      );
    const expire = (id: string) =>
      server.database((session) =>
        session.rows("update muster_pending_addresses set expires_at = ? where account_id = ?", [
          ...["2020-01-01T00:00:00.000Z", id],
        ]),
      );
    const eventsOf = async (id: string) =>
      (await scim.find("/AuditEvents", `target.value eq "${id}"`, "&count=100")).text;
    const organization = async () => {
      const group = await createGroup(scim);
      return { group, own: await clientWith(server, { organization: group.displayName ?? "" }) };
    };

    describe("are proved by a link in a mail,", () => {
      it("after which they sign in, get a new password, and can be in 'emails'", async () => {
        const sam = await person({ emails: [{ value: "sam@work.example" }] });
        const own = await signedIn(sam.userName);
        const mine = address("private");
        const link = await linkFor(own, mine);
        const waiting = await addressIn(own, mine);
        expect(waiting).to.include({ isUserName: false, isInProfile: false });
        expect(waiting).not.to.have.property("provedAt");
        expect(Date.parse(waiting?.pendingUntil ?? "")).to.be.within(
          Date.now() + DAY - 60_000,
          Date.now() + DAY,
        );
        expect(await signInStatus(mine)).to.equal(403);
        // Opening the link proves nothing.
        expect(JSON.parse((await own.send("GET", link)).text)).to.include({ value: mine });
        expect(await signInStatus(mine)).to.equal(403);
        const done = await own.send("POST", link);
        expect(done.status, done.text).to.equal(200);
        const proved = await addressIn(own, mine);
        expect(proved).not.to.have.property("pendingUntil");
        expect(Date.parse(proved?.provedAt ?? "")).to.be.closeTo(Date.now(), 60_000);
        const listed = await addressesOf(own);
        expect(listed.map(({ value }) => value)).to.deep.equal([sam.userName, "sam@work.example", mine]);
        expect(listed.map(({ isUserName }) => isUserName)).to.deep.equal([true, false, false]);
        expect(listed.map(({ isInProfile }) => isInProfile)).to.deep.equal([false, true, false]);
        expect(await signInStatus(mine.toUpperCase())).to.equal(200);
        const product = await clientWith(server, { checksPasswords: true });
        const checked = await product.post("/PasswordCheck", { userName: mine, password: PASSWORD });
        expect(checked.body).to.include({ result: "accepted", credential: "person" });
        const emails = [{ value: "sam@work.example" }, { value: mine, type: "home" }];
        const patched = await own.send("PATCH", "/scim/v2/Me", {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations: [{ op: "replace", path: "emails", value: emails }],
        });
        expect(patched.status, patched.text).to.equal(200);
        expect(await read(scim, `/Users/${sam.id}`)).to.deep.include({ emails });
        expect((await forgotten(mine)).status).to.equal(202);
        const reset = linkIn(await mailbox.expect(mine, 2));
        expect((await act(reset, "complete", { password: NEW })).status).to.equal(200);
        expect(await signInStatus(mine, NEW)).to.equal(200);
        const events = await eventsOf(sam.id);
        expect(events).to.include("asked for the proof of a new address").and.include("proved an address");
        expect(events).not.to.include(mine);
      });

      it("once, however many open it at the same time", async () => {
        const own = await signedIn((await person()).userName);
        const link = await linkFor(own, address("private"));
        const answers = await Promise.all([1, 2, 3].map(() => own.send("POST", link)));
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 410, 410]);
      });

      it("which is void after a newer one, a day, another password, and when it is removed", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const [mine, other, third] = [address("private"), address("private"), address("private")];
        const first = await linkFor(own, mine);
        const second = await linkFor(own, mine, 2);
        expect((await own.send("POST", first)).status).to.equal(410);
        const removed = await linkFor(own, other);
        expect((await remove(own, other)).status).to.equal(200);
        expect((await own.send("POST", removed)).status).to.equal(410);
        await expire(sam.id);
        const expired = await own.send("POST", second);
        expect(expired.status).to.equal(410);
        expect(JSON.parse(expired.text)).to.include({ reason: "expired" });
        expect(await addressIn(own, mine)).to.equal(undefined);
        const late = await linkFor(own, third);
        const changed = { currentPassword: PASSWORD, newPassword: NEW };
        expect((await own.send("POST", "/console/session/password", changed)).status).to.equal(204);
        expect((await own.send("POST", late)).status).to.equal(410);
        expect(await addressIn(own, third)).to.equal(undefined);
        expect(await signInStatus(mine, NEW)).to.equal(403);
      });

      it("which is void after a reset, and after the account was deactivated, also when it is active again", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const before = await linkFor(own, address("private"));
        await forgotten(sam.userName);
        const reset = linkIn(await mailbox.expect(sam.userName));
        expect((await act(reset, "complete", { password: PASSWORD })).status).to.equal(200);
        expect((await own.send("POST", before)).status).to.equal(401);
        const again = await signedIn(sam.userName);
        expect((await again.send("POST", before)).status).to.equal(410);
        const mine = address("private");
        const link = await linkFor(again, mine);
        for (const value of [false, true]) {
          await scim.patch(`/Users/${sam.id}`, { op: "replace", path: "active", value });
        }
        expect((await again.send("POST", link)).status).to.equal(401);
        const active = await signedIn(sam.userName);
        expect((await active.send("POST", link)).status).to.equal(410);
        expect(await signInStatus(mine)).to.equal(403);
      });

      it("which changes nothing for another account, without a session, or without the CSRF token", async () => {
        const own = await signedIn((await person()).userName);
        const other = await signedIn((await person()).userName);
        const mine = address("private");
        const link = await linkFor(own, mine);
        for (const method of ["GET", "POST"]) {
          const foreign = await other.send(method, link);
          expect(foreign.status).to.equal(403);
          expect(foreign.text).to.include("for another account").and.not.include(mine);
          expect((await new BrowserOfPerson(() => server).send(method, link)).status).to.equal(401);
        }
        const { csrf } = own;
        own.csrf = "";
        expect((await own.send("POST", link)).status).to.equal(403);
        expect((await own.send("POST", link, "csrf=made+up", FORM)).status).to.equal(403);
        own.csrf = csrf;
        for (const broken of [`${link.slice(0, -43)}${"A".repeat(43)}`, `${PATH}/proofs/nonsense`]) {
          expect((await own.send("POST", broken)).status).to.equal(404);
        }
        for (const purpose of ["password-reset", "account-setup", "invitations"]) {
          const elsewhere = link.replace("console/session/addresses/proofs", purpose);
          expect((await own.send("GET", elsewhere)).status, purpose).to.equal(404);
        }
        expect((await own.send("POST", link)).status).to.equal(200);
        expect(await addressesOf(other)).to.have.length(1);
      });

      it("which leads to the sign-in and back", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const link = await linkFor(own, address("private"));
        const html = { Accept: "text/html" };
        const away = new BrowserOfPerson(() => server);
        const sent = await away.send("GET", link, undefined, html);
        expect(sent.status).to.equal(303);
        const signIn = sent.headers.get("location") ?? "";
        expect(signIn).to.equal(`/console/sign-in?return=${encodeURIComponent(link)}`);
        const page = await away.send("GET", signIn, undefined, html);
        const csrf = /name="csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? "";
        const entered = { csrf, userName: sam.userName, password: PASSWORD, return: link };
        const form = new URLSearchParams(entered).toString();
        const back = await away.send("POST", "/console/sign-in", form, FORM);
        expect(back.headers.get("location")).to.equal(link);
        const proof = await away.send("GET", link, undefined, html);
        expect(proof.text).to.include("Confirm the address");
      });
    });

    it("and the user name are refused over SCIM with where to prove them", async () => {
      const sam = await person();
      const own = await signedIn(sam.userName);
      for (const [path, value] of [
        ["userName", address()],
        ["emails", [{ value: address() }]],
      ]) {
        const answer = await own.send("PATCH", "/scim/v2/Me", {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations: [{ op: "replace", path, value }],
        });
        expect(answer.status, answer.text).to.equal(400);
        expect(answer.text).to.include("mutability").and.include(PATH);
      }
    });

    describe("are asked about", () => {
      it("with the current password, the CSRF token, and an address, and no more than ten wrong passwords", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        for (const email of [
          "",
          "sam",
          "*@example.com",
          "a@b",
          "a@example.com\nb",
          `${"x".repeat(300)}@example.com`,
        ]) {
          expect((await ask(own, email)).status, email).to.equal(400);
        }
        expect((await own.send("POST", PATH, { email: [mine], currentPassword: PASSWORD })).status).to.equal(
          400,
        );
        expect((await own.send("POST", PATH, { email: mine })).status).to.equal(400);
        const { csrf } = own;
        own.csrf = "";
        expect((await ask(own, mine)).status).to.equal(403);
        own.csrf = csrf;
        const wrong = await Promise.all(Array.from({ length: 11 }, () => ask(own, mine, NEW)));
        expect(
          wrong
            .map(({ status }) => status)
            .sort()
            .slice(-2),
        ).to.deep.equal([403, 429]);
        expect((await ask(own, mine)).status).to.equal(429);
        expect(await addressesOf(own)).to.have.length(1);
        expect(mailbox.to(mine)).to.have.length(0);
      });

      it("with the same answer, whether or not another account has the address", async () => {
        const own = await signedIn((await person()).userName);
        const taken = await person();
        const proved = address("proved");
        await prove(await signedIn((await person()).userName), proved);
        const answers = [];
        for (const each of [taken.userName, proved, address("free")]) answers.push(await ask(own, each));
        expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).to.equal(1);
        const listed = (await addressesOf(own)).slice(1).map(({ value, pendingUntil, ...rest }) => {
          expect(value).to.be.a("string");
          expect(pendingUntil).to.be.a("string");
          return JSON.stringify(rest);
        });
        expect(listed).to.have.length(3);
        expect(new Set(listed).size).to.equal(1);
      });

      it("five times an hour, and beyond a third of the limit of the address without a mail and without saying so", async () => {
        const mine = address("private");
        const [first, second] = [
          await signedIn((await person()).userName),
          await signedIn((await person()).userName),
        ];
        for (let n = 1; n <= 3; n += 1) await linkFor(first, mine, n);
        expect((await ask(second, mine)).status).to.equal(202);
        expect(await addressIn(second, mine)).to.have.property("pendingUntil");
        await linkFor(second, address("private"));
        expect(mailbox.to(mine)).to.have.length(3);
        for (let n = 3; n <= 5; n += 1) expect((await ask(second, address())).status).to.equal(202);
        const refused = await ask(second, address());
        expect(refused.status).to.equal(429);
        expect(Number(refused.headers.get("retry-after"))).to.be.within(1, 3600);
        expect(await addressesOf(second)).to.have.length(6);
      });

      it("and leave room for other mail to the address, however many people ask", async () => {
        const victim = await person();
        const people = [];
        for (let n = 1; n <= 3; n += 1) {
          const own = await signedIn((await person()).userName);
          await linkFor(own, victim.userName, n);
          people.push(own);
        }
        for (const own of people) {
          for (let n = 2; n <= 5; n += 1) expect((await ask(own, victim.userName)).status).to.equal(202);
        }
        const invitation = {
          schemas: [INVITATION],
          organization: { value: (await createGroup(scim)).id },
          emails: [{ value: victim.userName }],
        };
        expectStatus(await scim.post("/Invitations", invitation), 201);
        expect((await mailbox.expect(victim.userName, 4)).subject).to.include("invite");
        const forgotten = { userName: victim.userName };
        await new BrowserOfPerson(() => server).send("POST", "/console/forgotten-password", forgotten);
        await mailbox.expect(victim.userName, 5);
      });

      it("however much mail the organization has sent that created the account", async () => {
        const { own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: address("jo") };
        const { id, userName } = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${id}`, { op: "replace", path: "password", value: PASSWORD });
        const invite = async () =>
          (await inAcme.post("/Invitations", { schemas: [INVITATION], emails: [{ value: address() }] }))
            .status;
        const statuses = [];
        for (let n = 0; n < 7; n += 1) statuses.push(await invite());
        expect(statuses.slice(-2)).to.deep.equal([201, 429]);
        await prove(await signedIn(userName), address("private"));
      });

      it("within a limit of all people whose accounts the same organization created", async () => {
        const { own: inAcme } = await organization();
        const people = await Promise.all(
          [1, 2].map(async () => {
            const body = { schemas: [CORE_USER], userName: address("jo") };
            const { id, userName } = expectStatus(await inAcme.post("/Users", body), 201);
            await scim.patch(`/Users/${id}`, { op: "replace", path: "password", value: PASSWORD });
            return signedIn(userName);
          }),
        );
        const statuses = [];
        for (let n = 0; n < 4; n += 1) {
          for (const own of people) statuses.push((await ask(own, address("more"))).status);
        }
        expect(statuses.filter((status) => status === 202)).to.have.length(6);
        expect(statuses.slice(-2)).to.deep.equal([429, 429]);
      });

      it("by nobody who signed in with an organization's password", async () => {
        const { group, own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: unique("jo"), password: PASSWORD };
        const { userName } = expectStatus(await inAcme.post("/Users", body), 201);
        const own = await signedIn(userName, PASSWORD, group.id);
        const theirs = await signedIn((await person()).userName);
        const link = await linkFor(theirs, address("private"));
        const answers = [
          await own.send("GET", PATH),
          await ask(own, address("private")),
          await makeUserName(own, address()),
          await remove(own, address()),
          await own.send("GET", link),
          await own.send("POST", link),
        ];
        for (const { status, text } of answers) {
          expect(status, text).to.equal(403);
          expect(text).to.include("opens one organization alone");
        }
      });
    });

    describe("which are proved", () => {
      it("become the user name, with which the person signs in, in the case in which they were written", async () => {
        const { group, own: inAcme } = await organization();
        const sam = await person();
        await scim.patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: sam.id }] });
        const own = await signedIn(sam.userName);
        const mine = address("Private");
        await prove(own, mine);
        const before = await read(scim, `/Users/${sam.id}`);
        const renamed = await makeUserName(own, mine.toLowerCase());
        expect(renamed.status, renamed.text).to.equal(200);
        const after = await read(scim, `/Users/${sam.id}`);
        expect(after).to.include({ userName: mine });
        expect(after.meta.version).not.to.equal(before.meta.version);
        // The organization's record follows the account until the organization writes it.
        expect(await read(inAcme, `/Users/${sam.id}`)).to.include({ userName: mine });
        expect((await addressesOf(own)).find(({ isUserName }) => isUserName)).to.include({ value: mine });
        expect(await signInStatus(mine)).to.equal(200);
        // The provider wrote the old name, and nobody proved it.
        expect(await signInStatus(sam.userName)).to.equal(403);
        expect((await own.send("GET", "/console/session")).status).to.equal(200);
        const again = await makeUserName(own, mine);
        expect(again.status).to.equal(200);
        expect((await read(scim, `/Users/${sam.id}`)).meta.version).to.equal(after.meta.version);
        expect(await eventsOf(sam.id)).to.include("a proved address was made the user name");
      });

      it("become the user name, and are removed, with the current password alone", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, mine);
        for (const path of ["user-name", "remove"]) {
          const missing = await own.send("POST", `${PATH}/${path}`, { email: mine });
          expect(missing.status, path).to.equal(400);
          expect(missing.text).to.include("currentPassword");
        }
        for (const refused of [await makeUserName(own, mine, NEW), await remove(own, mine, NEW)]) {
          expect(refused.status, refused.text).to.equal(403);
        }
        expect(await read(scim, `/Users/${sam.id}`)).to.include({ userName: sam.userName });
        expect(await addressIn(own, mine)).to.have.property("provedAt");
        const wrong = [];
        for (let n = 0; n < 9; n += 1) wrong.push((await remove(own, mine, NEW)).status);
        expect(wrong.at(-1)).to.equal(429);
        expect((await makeUserName(own, mine)).status).to.equal(429);
      });

      it("ask for the password on a page of their own, which says what is wrong", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, mine);
        const send = (path: string, fields: Record<string, string>) => {
          const form = new URLSearchParams({ csrf: own.csrf, email: mine, ...fields }).toString();
          return own.send("POST", `${PATH}/${path}`, form, FORM);
        };
        for (const [path, title] of [
          ["user-name", "Change your user name"],
          ["remove", "Remove an address"],
        ] as const) {
          const asked = await send(path, {});
          expect(asked.status, asked.text).to.equal(200);
          expect(asked.text).to.include(title).and.include(mine).and.include('name="currentPassword"');
          const wrong = await send(path, { currentPassword: NEW });
          expect(wrong.status).to.equal(403);
          expect(wrong.text).to.include(title).and.include('id="currentPassword-error"');
          expect(wrong.text).to.include(`value="${mine}"`);
        }
        expect(await addressIn(own, mine)).to.include({ isUserName: false });
        expect((await send("remove", { currentPassword: PASSWORD })).status).to.equal(303);
        expect(await addressIn(own, mine)).to.equal(undefined);
      });

      it("are made known, and so is a new user name, at an address that the person had before", async () => {
        const sam = await person({ displayName: "Sam" });
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, mine);
        const proved = await mailbox.expect(sam.userName);
        expect(proved.subject).to.match(/^An address was added to your account on /);
        expect(proved.text).to.include("Hello Sam,").and.include("If you did not add it");
        expect((await makeUserName(own, mine)).status).to.equal(200);
        const renamed = await mailbox.expect(sam.userName, 2);
        expect(renamed.subject).to.match(/^The user name of your account on .* was changed$/);
        expect(renamed.text).to.include("If you did not change it");
        // That address may have another reader by now.
        for (const { text, html } of [proved, renamed]) expect(`${text} ${html}`).not.to.include(mine);
        expect((await makeUserName(own, mine)).status).to.equal(200);
        await prove(own, address("more"));
        // The old name was nobody's proof.
        await mailbox.expect(mine, 2);
        expect(mailbox.to(sam.userName)).to.have.length(2);
      });

      it("are made known at the address that was proved before, where the person has no other", async () => {
        const [sam, first] = [await person({ userName: unique("sam") }), address("first")];
        const own = await signedIn(sam.userName);
        await prove(own, first);
        const second = address("second");
        await prove(own, second);
        expect((await mailbox.expect(first, 2)).subject).to.include("An address was added");
        expect((await makeUserName(own, second)).status).to.equal(200);
        expect((await mailbox.expect(first, 3)).subject).to.include("was changed");
        expect(mailbox.to(second)).to.have.length(1);
      });

      it("become no user name that another account has, nor one that is not proved", async () => {
        const [sam, jo] = [await person(), await person()];
        const own = await signedIn(sam.userName);
        await prove(own, jo.userName);
        const refused = await makeUserName(own, jo.userName);
        expect(refused.status, refused.text).to.equal(409);
        expect(refused.text).to.include("Another account has the user name");
        for (const each of [address("free"), "", sam.userName]) {
          expect((await makeUserName(own, each)).status).to.equal(400);
        }
        expect(await read(scim, `/Users/${sam.id}`)).to.include({ userName: sam.userName });
        // The account that has it as its user name is the one that signs in by it.
        const theirs = await signedIn(jo.userName);
        expect((await theirs.send("GET", "/console/session")).json.user.value).to.equal(jo.id);
      });

      it("become the user name of one account alone, when two ask at the same time", async () => {
        const mine = address("shared");
        const people = [await person(), await person()];
        const browsers = await Promise.all(people.map(({ userName }) => signedIn(userName)));
        for (const [n, own] of browsers.entries()) await prove(own, mine, n + 1);
        const answers = await Promise.all(browsers.map((own) => makeUserName(own, mine)));
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
      });

      it("sign in nobody once two accounts have proved them, and reset neither password", async () => {
        const mine = address("shared");
        const [one, two] = [
          await signedIn((await person()).userName),
          await signedIn((await person()).userName),
        ];
        await prove(one, mine);
        expect(await signInStatus(mine)).to.equal(200);
        await prove(two, mine, 2);
        expect(await signInStatus(mine)).to.equal(403);
        expect((await forgotten(mine)).status).to.equal(202);
        expect((await remove(two, mine)).status).to.equal(200);
        expect(await signInStatus(mine)).to.equal(200);
        expect(mailbox.to(mine)).to.have.length(2);
      });

      it("end the care of the organization that created the account, when one becomes the user name", async () => {
        const { own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: address("jo"), displayName: "Jo" };
        const jo = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const own = await signedIn(jo.userName);
        const mine = address("private");
        await prove(own, mine);
        expect((await makeUserName(own, mine)).status).to.equal(200);
        const theirs = address("renamed");
        const rename = { op: "replace", path: "userName", value: theirs };
        expectStatus(await inAcme.patch(`/Users/${jo.id}`, rename), 200);
        expect(await read(scim, `/Users/${jo.id}`)).to.include({ userName: mine });
        expect(await read(inAcme, `/Users/${jo.id}`)).to.include({ userName: theirs });
        expect((await own.send("GET", "/console/session")).status).to.equal(200);
        expect(await addressIn(own, mine)).to.have.property("provedAt");
      });

      it("are gone, and so are links, once the organization that has the account in its care renames it", async () => {
        const { own: inAcme } = await organization();
        const body = { schemas: [CORE_USER], userName: address("jo") };
        const jo = expectStatus(await inAcme.post("/Users", body), 201);
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const own = await signedIn(jo.userName);
        const [mine, pending] = [address("private"), address("private")];
        await prove(own, mine);
        const link = await linkFor(own, pending);
        const renamed = address("other");
        expectStatus(
          await inAcme.patch(`/Users/${jo.id}`, { op: "replace", path: "userName", value: renamed }),
          200,
        );
        expect((await own.send("POST", link)).status).to.equal(401);
        // Even with the same password, which the provider sets again, the link stays void.
        await scim.patch(`/Users/${jo.id}`, { op: "replace", path: "password", value: PASSWORD });
        const again = await signedIn(renamed);
        expect((await again.send("POST", link)).status).to.equal(410);
        expect((await addressesOf(again)).map(({ value }) => value)).to.deep.equal([renamed]);
        expect(await signInStatus(mine)).to.equal(403);
      });

      it("are removed, but neither the user name nor one in 'emails'", async () => {
        const listed = address("listed");
        const sam = await person({ emails: [{ value: listed }] });
        const own = await signedIn(sam.userName);
        const mine = address("private");
        await prove(own, sam.userName);
        // The notice of that comes before the link.
        await mailbox.expect(listed);
        await prove(own, listed, 2);
        await prove(own, mine);
        for (const each of [sam.userName, listed.toUpperCase()]) {
          expect((await remove(own, each)).status, each).to.equal(409);
        }
        expect((await remove(own, address("unknown"))).status).to.equal(400);
        expect((await remove(own, mine)).status).to.equal(200);
        expect(await addressIn(own, mine)).to.equal(undefined);
        expect(await signInStatus(mine)).to.equal(403);
        expect(await addressIn(own, listed)).to.have.property("provedAt");
        expect(await eventsOf(sam.id)).to.include("removed a proved address");
      });

      it("are not told to an organization in its audit log", async () => {
        const { group, own: inAcme } = await organization();
        const sam = await person();
        await scim.patch(`/Groups/${group.id}`, { op: "add", path: "members", value: [{ value: sam.id }] });
        const own = await signedIn(sam.userName);
        await own.switchTo(group.id);
        await prove(own, address("private"));
        const events = await inAcme.find("/AuditEvents", `target.value eq "${sam.id}"`, "&count=100");
        expect(events.text).not.to.include("address");
      });

      it("are twenty at most", async () => {
        const sam = await person();
        const own = await signedIn(sam.userName);
        await server.database(async (session) => {
          for (let n = 0; n < 20; n += 1) {
            await session.rows(
              "insert into muster_proved_addresses (account_id, value_key, address, proved_at) values (?, ?, ?, ?)",
              [sam.id, `N${n}@EXAMPLE.COM`, `n${n}@example.com`, "2026-01-01T00:00:00.000Z"],
            );
          }
        });
        expect((await ask(own, address())).status).to.equal(409);
        expect((await ask(own, "n3@example.com")).text).to.include("already");
        await remove(own, "n3@example.com");
        expect((await ask(own, address())).status).to.equal(202);
      });

      it("get the mail themselves, and never a mailbox that only looks like theirs", async () => {
        const name = unique("ann").toLowerCase();
        const [mine, other] = [`${name}@straße.example`, `${name}@strasse.example`];
        const sam = await person();
        await prove(await signedIn(sam.userName), mine);
        expect((await forgotten(other)).status).to.equal(202);
        // After the notice of the proof.
        await mailbox.expect(sam.userName, 2);
        expect((await forgotten(mine)).status).to.equal(202);
        await mailbox.expect(mine, 2);
        expect(mailbox.to(other)).to.have.length(0);
      });

      it("sign in and get new passwords, although another account has proved one that looks alike", async () => {
        const name = unique("info").toLowerCase();
        const [mine, other] = [`${name}@straße.example`, `${name}@strasse.example`];
        const [sam, stranger] = [await person(), await person({ password: NEW })];
        await prove(await signedIn(sam.userName), mine);
        const theirs = await signedIn(stranger.userName, NEW);
        expect((await ask(theirs, other, NEW)).status).to.equal(202);
        const link = pathOf(linkIn(await mailbox.expect(other)));
        expect((await theirs.send("POST", link)).status).to.equal(200);
        await signedIn(mine);
        await signedIn(other, NEW);
        expect(await signInStatus(mine, NEW)).to.equal(403);
        expect(await signInStatus(other)).to.equal(403);
        expect((await forgotten(mine)).status).to.equal(202);
        await mailbox.expect(mine, 2);
        expect(mailbox.to(other)).to.have.length(1);
      });
    });
  });
});
