import { expect } from "chai";
import { whileOthersAreServed } from "../support/bystander.js";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { act, ask, fillIn, look, openPage } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const PASSWORD = "correct horse battery staple 9";

describe("Setting up an account by mail", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), PRODUCT_NAME: "Acme Suite" });
      scim = server.scim;
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const newcomer = (attributes: object = {}) => ({
      schemas: [CORE_USER, MEMBERSHIP],
      userName: `${unique("Newcomer")}@Example.com`,
      [MEMBERSHIP]: { sendSetupEmail: true },
      ...attributes,
    });
    const create = async (attributes: object = {}, client = scim): Promise<Body> =>
      expectStatus(await client.post("/Users", newcomer(attributes)), 201);
    const linkFor = async ({ userName }: Body, count = 1) => linkIn(await mailbox.expect(userName, count));
    const ask4Another = { op: "replace", path: `${MEMBERSHIP}:sendSetupEmail`, value: true };
    /** As if a while had passed since the last mail. */
    const later = (user: Body) =>
      server.database((session) =>
        session.rows("update muster_account_setups set sent_at = ? where account_id = ?", [
          "2020-01-01T00:00:00.000Z",
          user.id,
        ]),
      );
    const stateOf = async ({ id }: Body) =>
      ((await read(scim, `/Users/${id}`))[MEMBERSHIP] as { state?: string } | undefined)?.state;

    it("sends a personal e-mail, shows 'invited', and lets the owner choose a password", async () => {
      const user = await create({ name: { givenName: "Ann", familyName: "Lee" }, displayName: "Ann Lee" });
      expect(user[MEMBERSHIP]).to.deep.equal({ state: "invited" });
      expect(user.schemas).to.include(MEMBERSHIP);
      const mail = await mailbox.expect(user.userName);
      expect(mail.subject).to.equal("Set up your account on Acme Suite");
      expect(mail.text).to.include("Hello Ann,").and.include(user.userName);
      const link = linkIn(mail);
      expect(link).to.match(/\/account-setup\/[\w-]+\.[\w-]{43}$/);
      expect((await look(link)).body).to.include({ userName: user.userName, displayName: "Ann Lee" });
      expect(await stateOf(user)).to.equal("invited");
      const done = await act(link, "complete", { password: PASSWORD });
      expect(done.status, done.text).to.equal(200);
      expect(done.body).to.deep.equal({ userName: user.userName });
      const after = await read(scim, `/Users/${user.id}`);
      expect(after).to.not.have.property(MEMBERSHIP);
      expect(after.meta.version).to.not.equal(user.meta.version);
      for (const answer of [await look(link), await act(link, "complete", { password: PASSWORD })]) {
        expect(answer.status).to.equal(410);
        expect(answer.body).to.include({ reason: "used" });
      }
      const events = expectList(await scim.find("/AuditEvents", `target.value eq "${user.id}"`));
      const setUp = events.find(({ user: by }) => (by as Body | undefined)?.value === user.id);
      expect(setUp).to.deep.include({ action: "change", changes: ["password"] });
      expect(JSON.stringify(events)).to.not.include(PASSWORD);
    });

    it("takes the primary address for the mail, else the first, else a user name that is one", async () => {
      const [first, primary] = [`${unique("first")}@x.test`, `${unique("primary")}@x.test`];
      await create({ emails: [{ value: first }, { value: primary, primary: true }] });
      await mailbox.expect(primary);
      expect(mailbox.to(first)).to.have.length(0);
      await create({ userName: unique("plain"), emails: [{ value: first }] });
      await mailbox.expect(first);
      const nowhere = newcomer({ userName: unique("plain") });
      expectError(await scim.post("/Users", nowhere), { status: 400, scimType: "invalidValue" });
      expectList(await scim.find("/Users", `userName eq "${nowhere.userName}"`), 0);
    });

    it("sends nothing unless it is asked to, and nothing together with a password", async () => {
      const quiet = await createUser(scim);
      const off = await create({ [MEMBERSHIP]: { sendSetupEmail: false } });
      expectError(await scim.post("/Users", newcomer({ password: PASSWORD })), {
        status: 400,
        scimType: "invalidValue",
      });
      await mailbox.expect((await create()).userName);
      for (const user of [quiet, off]) {
        expect(mailbox.to(user.userName)).to.have.length(0);
        expect(await stateOf(user)).to.equal(undefined);
      }
    });

    it("is found by state, and never says whether a mail was asked for", async () => {
      const user = await create();
      const found = await scim.find("/Users", `id eq "${user.id}" and ${MEMBERSHIP}:state eq "Invited"`);
      expectList(found, 1);
      const asked = await scim.get(`/Users/${user.id}?attributes=${MEMBERSHIP}:sendSetupEmail`);
      expect(JSON.stringify(asked.body)).to.not.include("sendSetupEmail");
      expectError(await scim.find("/Users", `${MEMBERSHIP}:sendSetupEmail eq true`), {
        status: 400,
        scimType: "invalidFilter",
      });
    });

    it("goes out again when a PATCH asks for it, a minute later, and only the latest link counts", async () => {
      const user = await create();
      const first = await linkFor(user);
      const soon = await scim.patch(`/Users/${user.id}`, ask4Another);
      expectError(soon, { status: 429 });
      expect(Number(soon.headers["retry-after"])).to.be.within(1, 60);
      await later(user);
      expectStatus(await scim.patch(`/Users/${user.id}`, ask4Another), 200);
      const second = await linkFor(user, 2);
      expect((await look(first)).body).to.include({ reason: "changed" });
      expect((await act(second, "complete", { password: PASSWORD })).status).to.equal(200);
      await later(user);
      expectError(await scim.patch(`/Users/${user.id}`, ask4Another), {
        status: 400,
        scimType: "invalidValue",
      });
    });

    for (const [what, change] of [
      ["another address", { op: "replace", path: "emails", value: [{ value: "other@example.com" }] }],
      ["a password from elsewhere", { op: "replace", path: "password", value: PASSWORD }],
    ] as const) {
      it(`has a link that is void after ${what}`, async () => {
        const user = await create();
        const link = await linkFor(user);
        expectStatus(await scim.patch(`/Users/${user.id}`, change), 200);
        expect((await act(link, "complete", { password: `${PASSWORD} x` })).status).to.equal(410);
      });
    }

    it("has a link that is void while the account is not active, and afterwards", async () => {
      const user = await create();
      const link = await linkFor(user);
      await scim.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: false });
      expect((await look(link)).status).to.equal(403);
      await scim.patch(`/Users/${user.id}`, { op: "replace", path: "active", value: true });
      expect((await look(link)).status).to.equal(410);
      await scim.delete(`/Users/${user.id}`);
      expect((await look(link)).status).to.equal(404);
    });

    it("is asked for by whole resources as often as a client likes, and sent once", async () => {
      const user = await create();
      const whole = (more: object) => ({ ...newcomer({ userName: user.userName }), ...more });
      const put = async (more: object = {}) =>
        expectStatus(await scim.put(`/Users/${user.id}`, whole(more)), 200);
      const link = await linkFor(user);
      expect((await put()).meta.version).to.equal(user.meta.version);
      expect((await look(link)).status).to.equal(200);
      await put({ emails: [{ value: `${unique("moved")}@x.test` }] });
      expect((await look(link)).status).to.equal(410);
      const moved = await put({ emails: [{ value: `${unique("moved")}@x.test` }] });
      const address = (moved.emails as { value: string }[])[0]?.value ?? "";
      const latest = linkIn(await mailbox.expect(address));
      expect((await act(latest, "complete", { password: PASSWORD })).status).to.equal(200);
      expect(await put({ active: false })).to.include({ active: false });
      expect(mailbox.to(user.userName)).to.have.length(1);
    });

    it("is not for somebody who is not active", async () => {
      const user = await create({ active: false });
      expect(user).to.not.have.property(MEMBERSHIP);
      expectError(await scim.patch(`/Users/${user.id}`, ask4Another), {
        status: 400,
        scimType: "invalidValue",
      });
      const both = [ask4Another, { ...ask4Another, value: false }];
      expectStatus(await scim.patch(`/Users/${user.id}`, ...both), 200);
      expect(mailbox.to(user.userName)).to.have.length(0);
    });

    it("has a link that expires, and is worth nothing changed or made up", async () => {
      const user = await create();
      const link = await linkFor(user);
      await server.database((session) =>
        session.rows("update muster_account_setups set expires_at = ? where account_id = ?", [
          "2020-01-01T00:00:00.000Z",
          user.id,
        ]),
      );
      expect((await look(link)).body).to.include({ status: "410", reason: "expired" });
      const madeUp = await look(`${link.slice(0, -43)}${"A".repeat(43)}`);
      expect(madeUp.body).to.include({
        status: "404",
        detail: "This link is unknown, or has been withdrawn",
      });
      // A link of one purpose is none for another.
      expect((await look(link.replace("account-setup", "invitations"))).status).to.equal(404);
    });

    it("refuses a password that is easy to guess, and sets one once, however many try at the same time", async () => {
      const user = await create({ displayName: "Winnifred Pooh" });
      const link = await linkFor(user);
      for (const password of [undefined, "short", "password123", "winnifredpooh"]) {
        const answer = await act(link, "complete", { password });
        expect(answer.status, password).to.equal(400);
      }
      const answers = await Promise.all(
        [1, 2, 3].map((n) => act(link, "complete", { password: `${PASSWORD} ${n}` })),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 410, 410]);
    });

    it("counts passwords that will not do before it judges them, and keeps nobody else waiting", async () => {
      const link = await linkFor(await create());
      const answers = await whileOthersAreServed(await clientWith(server, {}), () =>
        Promise.all(Array.from({ length: 12 }, () => act(link, "complete", { password: "a4@8".repeat(18) }))),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([...Array.from({ length: 10 }, () => 400), 429, 429]);
      const locked = await act(link, "complete", { password: PASSWORD });
      expect(locked.status).to.equal(429);
      expect(Number(locked.headers.get("retry-after"))).to.be.within(1, 900);
    });

    it("has a page, whose form needs the token that it came with", async () => {
      const user = await create();
      const link = await linkFor(user);
      const page = await openPage(link);
      expect(page.text).to.include("Set up your account").and.include(user.userName);
      expect(page.headers.get("referrer-policy")).to.equal("no-referrer");
      const body = new URLSearchParams({ password: PASSWORD });
      const strange = await ask(`${link}/complete`, {
        method: "POST",
        headers: { accept: "text/html" },
        body,
      });
      expect(strange.status).to.equal(403);
      const weak = await fillIn(link, "complete", { password: "password1" });
      expect(weak.status).to.equal(400);
      expect(weak.text).to.include("easy to guess").and.not.include("password1");
      const done = await fillIn(link, "complete", { password: PASSWORD });
      expect(done.text).to.include("Your account is ready").and.include(user.userName);
      expect((await openPage(link)).text).to.include("already set up");
    });

    it("works in Bulk, for each by itself", async () => {
      const users = Array.from({ length: 20 }, () => newcomer());
      const broken = newcomer({ userName: unique("plain") });
      const answer = await scim.post("/Bulk", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        Operations: [...users, broken].map((data, n) => ({
          method: "POST",
          path: "/Users",
          bulkId: String(n),
          data,
        })),
      });
      const { Operations } = expectStatus(answer, 200) as unknown as { Operations: { status: string }[] };
      expect(Operations.map(({ status }) => status)).to.deep.equal([...users.map(() => "201"), "400"]);
      for (const { userName } of users) await mailbox.expect(userName);
    });

    /** Who has a password: the person, and organizations of their own. */
    const passwordsOf = ({ id }: Body) =>
      server.database(async (session) => {
        const [account] = await session.rows<{ password_hash: string | null }>(
          "select password_hash from muster_accounts where id = ?",
          [id],
        );
        const own = await session.rows<{ organization_id: string }>(
          "select organization_id from muster_memberships where account_id = ? and password_hash is not null",
          [id],
        );
        return {
          person: typeof account?.password_hash === "string",
          organizations: own.map((row) => row.organization_id),
        };
      });

    describe("in an organization", () => {
      let organization: Body;
      let client: ScimClient;

      before(async () => {
        organization = await createGroup(scim, [], { displayName: unique("Bakery") });
        client = await clientWith(server, { organization: organization.id });
      });

      it("comes from the organization, for accounts that it manages", async () => {
        const user = await create({}, client);
        expect(user[MEMBERSHIP]).to.deep.equal({ state: "invited" });
        expect((await mailbox.expect(user.userName)).text).to.include(String(organization.displayName));
        await later(user);
        expectStatus(await client.patch(`/Users/${user.id}`, ask4Another), 200);
        const link = await linkFor(user, 2);
        const bakery = { organization: { value: organization.id, display: organization.displayName } };
        expect((await look(link)).body).to.deep.include(bakery);
        expectStatus(await client.delete(`/Users/${user.id}`), 204);
        const ended = await look(link);
        expect(ended.status).to.equal(410);
        expect(ended.body).to.deep.include(bakery);
        expect((await openPage(link)).text).to.match(/an administrator of <bdi>Bakery/);
      });

      it("takes a person back who has a password of their own, without a mail", async () => {
        const user = await create({}, client);
        const link = await linkFor(user);
        expect((await act(link, "complete", { password: PASSWORD })).status).to.equal(200);
        expectStatus(await client.delete(`/Users/${user.id}`), 204);
        const back = await create({ userName: user.userName }, client);
        expect(back.id).to.equal(user.id);
        expect(back).to.not.have.property(MEMBERSHIP);
        const events = expectList(await client.find("/AuditEvents", `target.value eq "${user.id}"`));
        expect(events.at(-1)).to.include({ action: "create" }).and.to.not.have.property("ignored");
        await mailbox.expect((await create({}, client)).userName);
        expect(mailbox.to(user.userName)).to.have.length(1);
      });

      it("sends mail to a person who comes back, since the organization's own password ended with the membership", async () => {
        const userName = `${unique("Back")}@example.com`;
        const person = { schemas: [CORE_USER], userName, password: PASSWORD };
        const { id } = expectStatus(await client.post("/Users", person), 201);
        expectStatus(await client.delete(`/Users/${id}`), 204);
        const back = await create({ userName }, client);
        expect(back).to.include({ id }).and.have.property(MEMBERSHIP);
        await mailbox.expect(userName);
      });

      it("leaves people alone whose accounts it did not create, and says in the audit log what it ignored", async () => {
        const user = await createUser(scim, { userName: `${unique("Other")}@example.com` });
        const taken = await create({ userName: user.userName }, client);
        expect(taken.id).to.equal(user.id);
        expect(taken).to.not.have.property(MEMBERSHIP);
        expectStatus(await client.patch(`/Users/${user.id}`, ask4Another), 200);
        const events = expectList(await client.find("/AuditEvents", `target.value eq "${user.id}"`), 2);
        for (const event of events) expect(event.ignored).to.deep.equal(["sendSetupEmail"]);
        await mailbox.expect((await create({}, client)).userName);
        expect(mailbox.to(user.userName)).to.have.length(0);
      });

      it("gives a password of the person at the account's user name, which stays good when others take the person", async () => {
        const user = await create({}, client);
        const link = await linkFor(user);
        const theirs = await clientWith(server, { organization: (await createGroup(scim)).id });
        expectStatus(await theirs.post("/Users", { schemas: [CORE_USER], userName: user.userName }), 201);
        expect((await act(link, "complete", { password: PASSWORD })).status).to.equal(200);
        expect(await passwordsOf(user)).to.deep.equal({ person: true, organizations: [] });
      });

      it("does not tell an organization of a password that is the person's own", async () => {
        const [at, elsewhere] = [await create({}, client), await create({}, client)];
        for (const user of [at, elsewhere]) {
          await linkFor(user);
          await later(user);
          expectStatus(
            await scim.patch(`/Users/${user.id}`, { op: "add", path: "password", value: PASSWORD }),
            200,
          );
        }
        expectStatus(await client.patch(`/Users/${at.id}`, ask4Another), 200);
        const emails = [{ value: `${unique("Own")}@example.com` }];
        const changed = { op: "add", path: "emails", value: emails };
        expectStatus(await client.patch(`/Users/${elsewhere.id}`, changed, ask4Another), 200);
        await mailbox.expect(emails[0]?.value ?? "");
        expect(mailbox.to(at.userName)).to.have.length(1);
      });

      it("gives a password that opens the organization alone, at an address that the organization wrote", async () => {
        const emails = [{ value: `${unique("Squatter")}@example.com` }];
        const user = await create({ emails }, client);
        const link = linkIn(await mailbox.expect(emails[0]?.value ?? ""));
        expect((await act(link, "complete", { password: PASSWORD })).status).to.equal(200);
        expect(await passwordsOf(user)).to.deep.equal({ person: false, organizations: [organization.id] });
        // So the provider can still have the person choose one, at the account's own address.
        expectStatus(await scim.patch(`/Users/${user.id}`, ask4Another), 200);
        await mailbox.expect(user.userName);
      });

      for (const [what, happens] of [
        [
          "the person is taken out of it",
          async (user: Body, of: Body) => {
            const path = `members[value eq "${user.id}"]`;
            expectStatus(await scim.patch(`/Groups/${of.id}`, { op: "remove", path }), 204);
            expect(await stateOf(user)).to.equal(undefined);
          },
        ],
        [
          "the person is not active in it any more",
          async (user: Body, of: Body) => {
            const own = await clientWith(server, { organization: of.id });
            const change = { op: "replace", path: "active", value: false };
            expectStatus(await own.patch(`/Users/${user.id}`, change), 200);
          },
        ],
        [
          "it is deleted",
          async (user: Body, of: Body) => {
            expectStatus(await scim.delete(`/Groups/${of.id}`), 204);
            expect(await stateOf(user)).to.equal(undefined);
          },
        ],
        [
          "the person gets power over the provider",
          async (user: Body) => {
            const change = { op: "replace", path: "roles", value: [{ value: "provider-admin" }] };
            expectStatus(await scim.patch(`/Users/${user.id}`, change), 200);
          },
        ],
      ] as const) {
        it(`has sent a link that is void when ${what}`, async () => {
          const of = await createGroup(scim);
          const own = await clientWith(server, { organization: of.id });
          const user = await create({}, own);
          const link = await linkFor(user);
          expect((await look(link)).status).to.equal(200);
          await happens(user, of);
          for (const answer of [await look(link), await act(link, "complete", { password: PASSWORD })]) {
            expect(answer.status).to.equal(410);
          }
        });
      }

      it("makes way for the provider, when it does not manage the account any more", async () => {
        const user = await create({}, client);
        await linkFor(user);
        const other = await clientWith(server, { organization: (await createGroup(scim)).id });
        expectStatus(await other.post("/Users", { schemas: [CORE_USER], userName: user.userName }), 201);
        expectStatus(await scim.put(`/Users/${user.id}`, newcomer({ userName: user.userName })), 200);
        const link = await linkFor(user, 2);
        expect((await act(link, "complete", { password: PASSWORD })).status).to.equal(200);
      });

      it("does not see that another organization waits for somebody", async () => {
        const other = await createGroup(scim, [], { displayName: unique("Brewery") });
        const theirs = await clientWith(server, { organization: other.id });
        const user = await create({}, theirs);
        const mine = expectStatus(
          await client.post("/Users", { schemas: [CORE_USER], userName: user.userName }),
          201,
        );
        expect(mine).to.not.have.property(MEMBERSHIP);
        expectList(await client.find("/Users", `id eq "${user.id}" and ${MEMBERSHIP}:state eq "invited"`), 0);
        expect((await read(theirs, `/Users/${user.id}`))[MEMBERSHIP]).to.deep.equal({ state: "invited" });
      });

      it("cannot be asked for by a token that only reads", async () => {
        const reader = await clientWith(server, { organization: organization.id, readOnly: true });
        expectError(await reader.post("/Users", newcomer()), { status: 403 });
      });
    });
  });
});
