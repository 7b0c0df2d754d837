import { expect } from "chai";
import { expectList, expectStatus, read } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, unique } from "../support/factories.js";
import { act, fillIn, look, openPage } from "../support/links.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const PASSWORD = "correct horse battery staple 9";
const DAY = 24 * 60 * 60 * 1000;

describe("The first administrator", () => {
  forEachEngine((engine) => {
    let server: ServerInProcess;

    beforeEach(async () => {
      server = await startServer(engine);
    });
    afterEach(() => server.stop());

    const links = () => server.services.administratorLinks;
    const first = async () => (await links().makeFirst())?.link ?? "";
    const operators = async () => (await links().make()).link;
    const dana = () => ({
      email: `${unique("Dana")}@Example.com`,
      givenName: "Dana",
      familyName: "Reyes",
      password: PASSWORD,
    });
    const administrators = () => server.scim.find("/Users", 'roles.value eq "provider-admin"');
    const makeAdministrator = (active = true) =>
      createUser(server.scim, { active, roles: [{ value: "provider-admin" }] });
    const expectReason = async (link: string, reason: string, status = 410) => {
      for (const answer of [await look(link), await act(link, "complete", dana())]) {
        expect(answer.status, answer.text).to.equal(status);
        expect(answer.body).to.include({ reason });
      }
    };

    it("is made by the link, with the person's own password and an audit event", async () => {
      const link = await first();
      expect(link).to.match(/\/administrator-setup\/[\w-]{43}$/);
      expect((await look(link)).body).to.have.all.keys("expiresAt");
      expectList(await administrators(), 0);
      const person = dana();
      const done = await act(link, "complete", person);
      expect(done.status, done.text).to.equal(201);
      const { value, userName } = done.body.user as { value: string; userName: string };
      expect(userName).to.equal(person.email);
      const user = await read(server.scim, `/Users/${value}`);
      expect(user).to.deep.include({
        active: true,
        displayName: "Dana Reyes",
        emails: [{ value: person.email, primary: true }],
        roles: [{ value: "provider-admin" }],
      });
      const [event] = expectList(
        await server.scim.find("/AuditEvents", `target.value eq "${value}" and action eq "create"`),
      );
      expect(event).to.deep.include({ detail: "by the link for the first administrator" });
      expect((event?.user as { value?: string }).value).to.equal(value);
      const stored = await server.database(async (session) => ({
        account: await session.first<{ password_hash: string }>(
          "select password_hash from muster_accounts where id = ?",
          [value],
        ),
        proved: await session.rows("select * from muster_proved_addresses where account_id = ?", [value]),
        links: await session.rows("select * from muster_administrator_links"),
      }));
      expect(stored.account?.password_hash).to.match(/^scrypt\$/);
      expect(stored.proved).to.deep.equal([]);
      expect(JSON.stringify(stored.links)).to.not.include(link.split("/").at(-1));
      const client = await clientWith(server, { userName });
      expectStatus(await client.get("/Users"), 200);
      await expectReason(link, "used");
    });

    it("is made by a form, which keeps what was entered and says at the field what is wrong", async () => {
      const link = await first();
      const page = await openPage(link);
      expect(page.status).to.equal(200);
      expect(page.text).to.include("<h1>Create the administrator</h1>");
      const person = dana();
      for (const [wrong, field] of [
        [{ password: "password123" }, "password"],
        [{ email: "dana" }, "email"],
        [{ familyName: " " }, "familyName"],
      ] as const) {
        const again = await fillIn(link, "complete", { ...person, ...wrong });
        expect(again.status).to.equal(400);
        expect(again.text).to.include(`id="${field}-error"`).and.include('value="Dana"');
        expect(again.text).to.not.include(person.password);
        expect((await act(link, "complete", { ...person, ...wrong })).body).to.include({ field });
      }
      const done = await fillIn(link, "complete", person);
      expect(done.status).to.equal(201);
      expect(done.text).to.include("Your account is ready").and.include(person.email);
      expect((await openPage(link)).text).to.include("This link has been used");
    });

    it("is one, however many try at the same time", async () => {
      const link = await first();
      const answers = await Promise.all([1, 2, 3].map(() => act(link, "complete", dana())));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 410, 410]);
      expectList(await administrators(), 1);
    });

    it("gets a new link from each start, which ends the last one", async () => {
      const before = await first();
      const after = await first();
      await expectReason(before, "changed");
      expect((await look(after)).status).to.equal(200);
    });

    it("gets no link from a start when there is one, and an old one is void", async () => {
      const link = await first();
      const { id } = await makeAdministrator();
      expect(await links().makeFirst()).to.equal(undefined);
      await expectReason(link, "administered");
      await server.scim.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
      expect(await first()).to.not.equal("");
    });

    it("is not the only one whom the operator can make by a link", async () => {
      await makeAdministrator();
      const [one, two] = [await operators(), await operators()];
      for (const link of [one, two]) expect((await act(link, "complete", dana())).status).to.equal(201);
      await expectReason(one, "used");
      expectList(await administrators(), 3);
    });

    it("has a day for it", async () => {
      const link = await first();
      await server.ahead(DAY - 60_000, async () => expect((await look(link)).status).to.equal(200));
      await server.ahead(DAY + 1000, () => expectReason(link, "expired"));
    });

    it("is nobody who has an account, whose address that is", async () => {
      const { userName } = await createUser(server.scim);
      const link = await first();
      const answer = await act(link, "complete", { ...dana(), email: userName.toUpperCase() });
      expect(answer.status, answer.text).to.equal(userName.includes("@") ? 409 : 400);
      expect(answer.body).to.include({ field: "email" });
      expectList(await administrators(), 0);
      expect((await act(link, "complete", dana())).status).to.equal(201);
    });

    it("is not made by a link that nobody made, or by the same link after many passwords that will not do", async () => {
      const link = await first();
      const madeUp = `${link.slice(0, -43)}${"A".repeat(43)}`;
      for (const answer of [await look(madeUp), await act(madeUp, "complete", dana())]) {
        expect(answer.status).to.equal(404);
      }
      const weak = () => act(link, "complete", { ...dana(), password: "password123" });
      const statuses = (await Promise.all(Array.from({ length: 11 }, weak))).map(({ status }) => status);
      expect(statuses.sort()).to.deep.equal([...Array.from({ length: 10 }, () => 400), 429]);
      expect((await act(link, "complete", dana())).status).to.equal(429);
    });
  });
});
