import { expect } from "chai";
import { foldCase } from "../../src/domain/values/text.js";
import { expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { act, fillIn, look } from "../support/links.js";
import { codeIn, linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { codeOf, enterCode, setUpFactor } from "../support/second-factor.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";
import type { PageAnswer } from "../support/signed-in.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const ORGANIZATION = "urn:muster:params:scim:schemas:extension:organization:2.0:Group";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const PASSWORD = "correct horse battery staple 9";
const ADMIN = [{ value: "organization-admin" }];

const address = (domain = "example.com") => `${unique("dana")}@${domain}`;
const bodyOf = ({ text }: PageAnswer) => JSON.parse(text) as Record<string, unknown>;

describe("Accepting an invitation in a session", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let acme: Body;
    let own: ScimClient;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), MEMBERSHIP_NOTICES: "people" });
      scim = server.scim;
      acme = await createGroup(scim);
      own = await clientWith(server, { organization: acme.id });
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const browser = () => new BrowserOfPerson(() => server);
    const person = (attributes: object = {}) =>
      createUser(scim, {
        userName: address(),
        password: PASSWORD,
        displayName: "Dana Miller",
        ...attributes,
      });
    const signedIn = async (attributes: object = {}) => {
      const user = await person(attributes);
      const theirs = browser();
      expect((await theirs.signIn(user.userName, PASSWORD)).status).to.equal(200);
      return { user, theirs };
    };
    const invite = async (attributes: object = {}, client = scim, organization = acme) =>
      expectStatus(
        await client.post("/Invitations", {
          ...{ schemas: [INVITATION], organization: { value: organization.id } },
          ...{ emails: [{ value: address() }], ...attributes },
        }),
        201,
      );
    const emailOf = ({ emails }: Body) => (emails as { value: string }[])[0]?.value ?? "";
    const linkFor = async (invitation: Body) => linkIn(await mailbox.expect(emailOf(invitation)));
    const accept = (theirs: BrowserOfPerson, link: string, headers?: Record<string, string>) =>
      theirs.send("POST", `${new URL(link).pathname}/accept-in-session`, {}, headers);
    const see = (theirs: BrowserOfPerson, link: string) => theirs.send("GET", new URL(link).pathname);
    const membersLike = async (userName: string, client = own) =>
      expectList(await client.find("/Users", `userName eq "${userName}"`));
    const isMember = async ({ userName }: Body) => (await membersLike(userName)).length > 0;

    it("joins the account that is signed in, with roles and teams, and makes no other", async () => {
      const team = { schemas: [TEAM], displayName: unique("Bakers"), organization: { value: acme.id } };
      const bakers = expectStatus(await scim.post("/Teams", team), 201);
      const { user, theirs } = await signedIn();
      const invitation = await invite({ roles: ADMIN, teams: [{ value: bakers.id }] });
      const link = await linkFor(invitation);
      expect((await look(link)).body).to.not.have.property("signedIn");
      expect(bodyOf(await see(theirs, link))).to.deep.include({
        takes: "account",
        signedIn: { value: user.id, userName: user.userName, display: "Dana Miller" },
      });
      const accepted = await accept(theirs, link);
      expect(accepted.status, accepted.text).to.equal(200);
      expect(bodyOf(accepted)).to.deep.equal({
        user: { value: user.id, userName: user.userName },
        organization: { value: acme.id, display: acme.displayName },
      });
      const [member] = await membersLike(user.userName);
      expect(member).to.deep.include({
        id: user.id,
        roles: [{ value: "organization-admin", type: "direct" }],
      });
      expect(member?.displayName).to.equal("Dana Miller");
      const { members } = await read(scim, `/Teams/${bakers.id}`);
      expect(members?.map(({ value }) => value)).to.deep.equal([user.id]);
      expectList(await scim.find("/Users", `userName eq "${emailOf(invitation)}"`), 0);
      const after = await read(own, `/Invitations/${invitation.id}`);
      expect(after).to.include({ status: "accepted" });
      expect((after.acceptedBy as Body[])[0]).to.include({ value: user.id, display: "Dana Miller" });
      // Again, with the same link.
      const again = await accept(theirs, link);
      expect([again.status, bodyOf(again).reason]).to.deep.equal([410, "accepted"]);
    });

    it("says in the audit log and in the notice who it was", async () => {
      const { user, theirs } = await signedIn();
      const invitation = await invite();
      expect((await accept(theirs, await linkFor(invitation))).status).to.equal(200);
      for (const client of [scim, own]) {
        const filter = `target.value eq "${invitation.id}" and action eq "change"`;
        const [event] = expectList(await client.find("/AuditEvents", filter), 1);
        expect(event).to.deep.include({ result: "success", changes: ["acceptedBy"] });
        expect(event?.user).to.include({ value: user.id });
        expect(event).to.not.have.property("token");
        expect(event?.detail).to.include(`added ${user.id}`);
        expect((event?.request as Body).path).to.equal("/invitations/:token/accept-in-session");
      }
      const [notice] = [await mailbox.expect(user.userName)];
      expect(notice.subject).to.include(acme.displayName);
    });

    it("proves the address for its own account, and for no other", async () => {
      const { user, theirs } = await signedIn();
      const invitation = await invite();
      expect((await accept(theirs, await linkFor(invitation))).status).to.equal(200);
      const password = { userName: emailOf(invitation) };
      expect((await browser().send("POST", "/console/forgotten-password", password)).status).to.equal(202);
      expect((await browser().signIn(emailOf(invitation), PASSWORD)).status).to.equal(403);
      const proved = (accountId: string) =>
        server.database((session) =>
          session.rows<{ value_key: string }>(
            "select value_key from muster_proved_addresses where account_id = ?",
            [accountId],
          ),
        );
      expect(await proved(user.id)).to.deep.equal([]);
      // Any later mail would have come before the one to another person.
      const other = await signedIn();
      await other.theirs.send("POST", "/console/forgotten-password", { userName: other.user.userName });
      await mailbox.expect(other.user.userName);
      expect(mailbox.to(emailOf(invitation))).to.have.length(1);

      await invite({ emails: [{ value: other.user.userName.toUpperCase() }] });
      const link = linkIn(await mailbox.expect(other.user.userName.toUpperCase(), 2));
      expect((await accept(other.theirs, link)).status).to.equal(200);
      const keys = (await proved(other.user.id)).map(({ value_key: key }) => key);
      expect(keys).to.deep.equal([foldCase(other.user.userName)]);
    });

    it("needs a session, its CSRF token, and nothing that other sites can send", async () => {
      const { user, theirs } = await signedIn();
      const link = await linkFor(await invite());
      expect((await act(link, "accept-in-session")).status).to.equal(401);
      expect((await accept(theirs, link, { "Muster-CSRF": "" })).status).to.equal(403);
      const other = await signedIn();
      expect((await accept(theirs, link, { "Muster-CSRF": other.theirs.csrf })).status).to.equal(403);
      const cookie = `muster_session=${theirs.cookies.get("muster_session") ?? ""}`;
      for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]) {
        for (const body of ["{}", `session=${theirs.csrf}&csrf=`, `session=${theirs.csrf}`, ""]) {
          const headers = { cookie, "content-type": type, origin: "https://evil.example" };
          const answer = await fetch(`${link}/accept-in-session`, { method: "POST", headers, body });
          expect(answer.status, `${type} ${body}`).to.be.within(400, 499);
        }
      }
      theirs.cookies.set("muster_session", `${theirs.cookies.get("muster_session") ?? ""}x`);
      expect((await accept(theirs, link)).status).to.equal(401);
      expect(await isMember(user)).to.equal(false);
    });

    it("is no longer possible after signing out, another password, or the end of the account's activity", async () => {
      const ends = [
        ({ theirs }: { theirs: BrowserOfPerson }) => theirs.send("DELETE", "/console/session"),
        ({ user }: { user: Body }) =>
          scim.patch(`/Users/${user.id}`, { op: "replace", path: "password", value: `${PASSWORD} x` }),
        ({ user }: { user: Body }) =>
          scim.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: false }),
      ];
      for (const end of ends) {
        const { user, theirs } = await signedIn();
        const link = await linkFor(await invite());
        const secret = theirs.cookies.get("muster_session") ?? "";
        await end({ user, theirs });
        theirs.cookies.set("muster_session", secret);
        expect((await accept(theirs, link)).status).to.equal(401);
        expect(await isMember(user)).to.equal(false);
      }
    });

    describe("that began with an organization's password", () => {
      /** Somebody whose account an organization made, with its password. */
      const ofOrganization = async () => {
        const squatters = await createGroup(scim);
        const theirs = await clientWith(server, { organization: squatters.id });
        const userName = address();
        const body = { schemas: [CORE_USER], userName, password: PASSWORD, roles: ADMIN };
        const user = expectStatus(await theirs.post("/Users", body), 201);
        const session = browser();
        await session.signIn(userName, PASSWORD, squatters.id);
        expect((await session.send("GET", "/console/session")).json.credential).to.equal("organization");
        return { user, userName, session, squatters };
      };

      it("is refused, also to the squatter on the name that is invited", async () => {
        const { userName, session } = await ofOrganization();
        for (const invitation of [await invite(), await invite({ emails: [{ value: userName }] })]) {
          const link = await linkFor(invitation);
          expect(bodyOf(await see(session, link))).to.not.have.property("signedIn");
          const refused = await accept(session, link);
          expect(refused.status, refused.text).to.equal(403);
          expect(refused.json.detail).to.include("one organization alone");
          expect(await read(scim, `/Invitations/${invitation.id}`)).to.include({ status: "pending" });
        }
        expect(await membersLike(userName)).to.have.length(0);
      });

      it("is a member of the organization itself already", async () => {
        const { session, squatters } = await ofOrganization();
        const invitation = await invite({}, scim, squatters);
        const refused = await accept(session, await linkFor(invitation));
        expect([refused.status, bodyOf(refused).reason]).to.deep.equal([409, "member"]);
      });
    });

    it("is refused to a member, active or not, and to an account in place of a member who was invited", async () => {
      const { user, theirs } = await signedIn();
      const add = { op: "add", path: "members", value: [{ value: user.id }] };
      const link = await linkFor(await invite());
      expectStatus(await scim.patch(`/Groups/${acme.id}`, add), 200, 204);
      expect(bodyOf(await see(theirs, link))).to.not.have.property("signedIn");
      for (const active of [true, false]) {
        expectStatus(
          await own.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: active }),
          200,
        );
        const refused = await accept(theirs, link);
        expect(refused.status, refused.text).to.equal(409);
        expect(bodyOf(refused)).to.deep.include({
          reason: "member",
          detail: `You are already a member of ${acme.displayName}`,
          organization: { value: acme.id, display: acme.displayName },
        });
      }
      // Who was deactivated does not come back by an account of another name.
      const left = await createUser(scim, { userName: address() });
      const toLeft = await linkFor(await invite({ emails: [{ value: left.userName }] }));
      expectStatus(
        await own.post("/Users", { schemas: [CORE_USER], userName: left.userName, active: false }),
        201,
      );
      const other = await signedIn();
      const refused = await accept(other.theirs, toLeft);
      expect([refused.status, bodyOf(refused).reason]).to.deep.equal([409, "member"]);
    });

    it("takes back who has left, without the roles of before", async () => {
      const { user, theirs } = await signedIn();
      const first = await accept(theirs, await linkFor(await invite({ roles: ADMIN })));
      expect(first.status, first.text).to.equal(200);
      expectStatus(await own.delete(`/Users/${user.id}`), 204);
      expect((await accept(theirs, await linkFor(await invite()))).status).to.equal(200);
      const [member] = await membersLike(user.userName);
      expect(member).to.include({ id: user.id, active: true }).and.not.have.property("roles");
    });

    it("gives a name of its own to an account whose name another person has in the organization", async () => {
      const { user, theirs } = await signedIn();
      const other = expectStatus(
        await own.post("/Users", { schemas: [CORE_USER], userName: unique("other") }),
        201,
      );
      const rename = { op: "replace", path: "userName", value: user.userName };
      expectStatus(await own.patch(`/Users/${other.id}`, rename), 200);
      const accepted = await accept(theirs, await linkFor(await invite()));
      expect(accepted.status, accepted.text).to.equal(200);
      const member = await read(own, `/Users/${user.id}`);
      expect(member.userName).to.not.equal(user.userName);
      expect((await membersLike(user.userName))[0]).to.include({ id: other.id });
    });

    for (const [reason, status, close] of [
      ["expired", 410, (id: string) => ["muster_invitations", "expires_at = '2020-01-01T00:00:00.000Z'", id]],
      ["disabled", 410, (id: string) => ["muster_invitations", "enabled = false", id]],
      ["changed", 410, (id: string) => ["muster_invitations", "revision = revision + 1", id]],
      ["exhausted", 410, (id: string) => ["muster_invitations", "quota = 1, accepted_count = 1", id]],
    ] as const) {
      it(`is refused for an invitation that is ${reason}, in the words of every way`, async () => {
        const { user, theirs } = await signedIn();
        const invitation = await invite();
        const link = await linkFor(invitation);
        const [table = "", assignment = "", id = ""] = close(invitation.id);
        await server.database((session) =>
          session.rows(`update ${table} set ${assignment} where id = ?`, [id]),
        );
        const refused = await accept(theirs, link);
        expect([refused.status, bodyOf(refused).reason]).to.deep.equal([status, reason]);
        const otherwise = await act(link, "accept", { password: PASSWORD });
        expect(otherwise.body).to.deep.include({ detail: refused.json.detail, reason });
        expect(await isMember(user)).to.equal(false);
      });
    }

    it("is refused for one that was declined, withdrawn or never made", async () => {
      const { theirs } = await signedIn();
      const declined = await linkFor(await invite());
      expect((await act(declined, "decline")).status).to.equal(204);
      const refused = await accept(theirs, declined);
      expect([refused.status, bodyOf(refused).reason]).to.deep.equal([410, "declined"]);
      const withdrawn = await invite();
      const link = await linkFor(withdrawn);
      expectStatus(await scim.delete(`/Invitations/${withdrawn.id}`), 204);
      expect((await accept(theirs, link)).status).to.equal(404);
      expect((await accept(theirs, `${link}x`)).status).to.equal(404);
    });

    it("has the address proved first where the link tells none", async () => {
      const { user, theirs } = await signedIn();
      const domain = `${unique("corp")}.example`;
      for (const emails of [[], [{ value: `*@${domain}` }]]) {
        const organization = await createGroup(scim);
        const invitation = await invite({ emails }, scim, organization);
        const link = String(invitation.link);
        expect((await accept(theirs, link)).status).to.equal(403);
        const email = address(domain);
        await act(link, "codes", { email });
        const code = codeIn(await mailbox.expect(email));
        const proof = await act(link, "proof", { email, code });
        const accepted = await accept(theirs, String(proof.body.link));
        expect(accepted.status, accepted.text).to.equal(200);
        const members = await clientWith(server, { organization: organization.id });
        expect(await membersLike(user.userName, members)).to.have.length(1);
      }
    });

    it("admits one account for each address of a domain, also when the proof is passed on", async () => {
      const domain = `${unique("corp")}.example`;
      const invitation = await invite({ emails: [{ value: `*@${domain}` }], roles: ADMIN });
      const link = String(invitation.link);
      const prove = async (email: string) => {
        await act(link, "codes", { email });
        const proof = await act(link, "proof", { email, code: codeIn(await mailbox.expect(email)) });
        return String(proof.body.link);
      };
      const email = address(domain);
      const proved = await prove(email);
      const people = await Promise.all(Array.from({ length: 3 }, () => signedIn()));
      const answers = await Promise.all(people.map(({ theirs }) => accept(theirs, proved)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409, 409]);
      const refused = answers.find(({ status }) => status === 409);
      expect(bodyOf(refused ?? answers[0]!)).to.deep.include({
        reason: "claimed",
        organization: { value: acme.id, display: acme.displayName },
      });
      // Nor a new account of the address itself.
      const created = { givenName: "Ann", familyName: "Lee", password: PASSWORD };
      const itself = await act(proved, "accept", created);
      expect([itself.status, itself.body.reason]).to.deep.equal([409, "claimed"]);
      expect((await fillIn(proved, "accept", created)).text).to.include("Your address has been used already");
      expectList(await scim.find("/Users", `userName eq "${email}"`), 0);
      const filter = `target.value eq "${invitation.id}" and action eq "change"`;
      const [event] = expectList(await own.find("/AuditEvents", filter), 1);
      expect(event?.detail).to.include(`accepted with the address ${email}`);

      // The one who joined comes back with it, and others join with addresses of their own.
      const joined = people[answers.findIndex(({ status }) => status === 200)];
      expectStatus(await own.delete(`/Users/${joined?.user.id}`), 204);
      expect((await accept(joined!.theirs, proved)).status).to.equal(200);
      const other = people.find((each) => each !== joined);
      expect((await accept(other!.theirs, await prove(address(domain)))).status).to.equal(200);
    });

    it("ends the care of the organization that made the account", async () => {
      const employer = await createGroup(scim);
      const theirs = await clientWith(server, { organization: employer.id });
      const userName = address();
      const user = expectStatus(await theirs.post("/Users", { schemas: [CORE_USER], userName }), 201);
      expectStatus(
        await scim.patch(`/Users/${user.id}`, { op: "replace", path: "password", value: PASSWORD }),
        200,
      );
      const session = browser();
      expect((await session.signIn(userName, PASSWORD)).json.credential).to.equal("person");
      const accepted = await accept(session, await linkFor(await invite()));
      expect(accepted.status, accepted.text).to.equal(200);
      const rename = { op: "replace", path: "displayName", value: "By the employer" };
      expectStatus(await theirs.patch(`/Users/${user.id}`, rename), 200);
      expect((await read(scim, `/Users/${user.id}`)).displayName).to.not.equal("By the employer");
    });

    it("gives the power of a role in this session only with the second factor that the organization requires", async () => {
      const strict = await createGroup(scim);
      const required = { op: "add", path: `${ORGANIZATION}:requiresSecondFactor`, value: true };
      expectStatus(await scim.patch(`/Groups/${strict.id}`, required), 200, 204);
      const { user, theirs } = await signedIn();
      const link = await linkFor(await invite({ roles: ADMIN }, scim, strict));
      const accepted = await accept(theirs, link);
      expect(accepted.status, accepted.text).to.equal(200);
      expect((await theirs.switchTo(strict.id)).status).to.equal(200);
      expect((await theirs.send("GET", "/scim/v2/AuditEvents")).status).to.equal(403);
      const app = await setUpFactor(theirs, PASSWORD);
      expect((await theirs.send("GET", "/scim/v2/AuditEvents")).status).to.equal(200);
      // And one who began with it has the power at once.
      const other = await createGroup(scim);
      expectStatus(await scim.patch(`/Groups/${other.id}`, required), 200, 204);
      const again = browser();
      await again.signIn(user.userName, PASSWORD);
      expect((await enterCode(again, codeOf(app))).status).to.equal(200);
      const second = await accept(again, await linkFor(await invite({ roles: ADMIN }, scim, other)));
      expect(second.status, second.text).to.equal(200);
      expect((await again.switchTo(other.id)).status).to.equal(200);
      expect((await again.send("GET", "/scim/v2/AuditEvents")).status).to.equal(200);
    });

    it("is done once, however many try at the same time", async () => {
      const invitation = await invite();
      const link = await linkFor(invitation);
      const people = await Promise.all(Array.from({ length: 4 }, () => signedIn()));
      const answers = await Promise.all([
        ...people.map(({ theirs }) => accept(theirs, link)),
        act(link, "accept", { givenName: "Ann", familyName: "Lee", password: PASSWORD }),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(
        statuses.filter((status) => status === 200),
        statuses.join(),
      ).to.have.length(1);
      expect(
        statuses.every((status) => [200, 409, 410].includes(status)),
        statuses.join(),
      ).to.equal(true);
      expect((await read(scim, `/Invitations/${invitation.id}`)).acceptedBy).to.have.length(1);

      const { user, theirs } = await signedIn();
      const links = [await linkFor(await invite()), await linkFor(await invite())];
      const both = await Promise.all([...links, ...links].map((each) => accept(theirs, each)));
      const joined = both.map(({ status }) => status);
      expect(
        joined.filter((status) => status === 200),
        joined.join(),
      ).to.have.length(1);
      expect(
        joined.every((status) => [200, 409, 410].includes(status)),
        joined.join(),
      ).to.equal(true);
      expect(await isMember(user)).to.equal(true);
    });

    it("exchanges the addresses of two people without waiting for each other", async () => {
      const organizations = [await createGroup(scim), await createGroup(scim)];
      const people = [await signedIn(), await signedIn()];
      const links = await Promise.all(
        people.map(async ({ user }, index) => {
          const emails = [{ value: user.userName }];
          return linkFor(await invite({ emails }, scim, organizations[index]));
        }),
      );
      const answers = await Promise.all(
        people.map(({ theirs }, index) => accept(theirs, links[1 - index] ?? "")),
      );
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    });

    describe("by a form", () => {
      const page = (theirs: BrowserOfPerson, link: string, query = "") =>
        theirs.send("GET", `${new URL(link).pathname}${query}`, undefined, { Accept: "text/html" });
      const submit = async (theirs: BrowserOfPerson, link: string, fields: object = {}) => {
        const { text } = await page(theirs, link);
        const hidden = [...text.matchAll(/name="(csrf|session)" value="([\w-]+)"/g)];
        const values = Object.fromEntries(hidden.map(([, name, value]) => [name, value])) as object;
        const form = new URLSearchParams({ ...values, ...fields }).toString();
        const path = `${new URL(link).pathname}/accept-in-session`;
        const headers = { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" };
        return theirs.send("POST", path, form, headers);
      };

      it("names the account, and joins it", async () => {
        const { user, theirs } = await signedIn();
        const link = await linkFor(await invite());
        const { text } = await page(theirs, link);
        expect(text.replaceAll(/<\/?(bdi|span)[^>]*>/g, "")).to.include(
          `Accept as Dana Miller (${user.userName})`,
        );
        const joined = await submit(theirs, link);
        expect(joined.status, joined.text).to.equal(200);
        expect(await isMember(user)).to.equal(true);
      });

      it("is shown again, for the account of now, when the person signed in again meanwhile", async () => {
        const { user, theirs } = await signedIn();
        const other = await signedIn();
        const link = await linkFor(await invite());
        const refused = await submit(theirs, link, { session: other.theirs.csrf });
        expect(refused.status).to.equal(403);
        expect(refused.text).to.include(user.userName).and.include("since this page was opened");
        expect(await isMember(user)).to.equal(false);
        expect((await submit(theirs, link)).status).to.equal(200);
      });

      it("leads to signing in when the session has ended", async () => {
        const { theirs } = await signedIn();
        const link = await linkFor(await invite());
        const { text } = await page(theirs, link);
        await theirs.send("DELETE", "/console/session");
        const csrf = /name="csrf" value="([\w-]+)"/.exec(text)?.[1] ?? "";
        const ended = await submit(theirs, link, { csrf, session: "x" });
        expect(ended.status).to.equal(401);
        expect(ended.text).to.include("Sign in to accept with an account that you have");
      });

      it("leaves every other way open, with another account", async () => {
        const { user, theirs } = await signedIn();
        const invitation = await invite();
        const link = await linkFor(invitation);
        expect((await page(theirs, link)).text).to.include("?account=other");
        const { text } = await page(theirs, link, "?account=other");
        expect(text).to.include("Create my account and join");
        const back = encodeURIComponent(new URL(link).pathname);
        expect(text).to.include(`/console/sign-in?return=${back}`);
        const created = { givenName: "Ann", familyName: "Lee", password: PASSWORD };
        const joined = await fillIn(link, "accept", created);
        expect(joined.status, joined.text).to.equal(200);
        expect(await isMember(user)).to.equal(false);
        expect(await membersLike(emailOf(invitation))).to.have.length(1);
      });
    });
  });
});
