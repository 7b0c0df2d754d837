import { expect } from "chai";
import { ORGANIZATION, unique } from "../support/factories.js";
import { expectError, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { clientWith } from "../support/realms.js";
import { codeOf, enterCode, GuardedPeople, PASSWORD, setUpFactor } from "../support/second-factor.js";
import { describeServer, startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const PROVIDER_ADMIN = { roles: [{ value: "provider-admin" }] };
const ORGANIZATION_ADMIN = { op: "replace", path: "roles", value: [{ value: "organization-admin" }] };

const statusOf = async (own: BrowserOfPerson, path: string) => (await own.send("GET", path)).status;

describeServer("A second factor that an organization requires of its administrators", (scim, server) => {
  const people = new GuardedPeople(scim, server);
  const path = `${ORGANIZATION}:requiresSecondFactor`;

  /** An organization that requires it, with its token, and an administrator without one. */
  const strict = async (attributes: object = {}) => {
    const sam = await people.person(attributes);
    const { acme, own } = await people.organization([sam]);
    expectStatus(await own.patch(`/Users/${sam.id}`, ORGANIZATION_ADMIN), 200);
    expectStatus(await scim.patch(`/Groups/${acme.id}`, { op: "replace", path, value: true }), 204);
    return { sam, acme, own };
  };

  it("is needed for power at once, at a switch, and to take the requirement back", async () => {
    const sam = await people.person(PROVIDER_ADMIN);
    const { acme, own } = await people.organization([sam]);
    await own.patch(`/Users/${sam.id}`, ORGANIZATION_ADMIN);
    const live = await people.signedIn(sam, PASSWORD, acme.id);
    const users = () => statusOf(live, "/scim/v2/Users");
    expect(await users()).to.equal(200);
    const require = (value: boolean) => ({
      schemas: [PATCH],
      Operations: [{ op: "replace", path, value }],
    });
    const write = async (value: boolean) =>
      (await live.send("PATCH", `/scim/v2/Groups/${acme.id}`, require(value))).status;
    expect(await write(true)).to.equal(204);
    expect(await users()).to.equal(403);
    expect((await live.send("GET", "/console/session")).json).to.include({ needsSecondFactor: true });
    await live.switchTo("provider");
    expect(await users()).to.equal(200);
    expect(await write(false), "from the provider's realm, with a mere password").to.equal(403);
    await live.switchTo(acme.id);
    expect(await users()).to.equal(403);
    await setUpFactor(live, PASSWORD);
    expect(await users()).to.equal(200);
    await server().services.operator.removeSecondFactor(sam.userName);
    expect(await users()).to.equal(401);
    const again = await people.signedIn(sam, PASSWORD, acme.id);
    expect(await statusOf(again, "/scim/v2/Users")).to.equal(403);
    await setUpFactor(again, PASSWORD);
    expect((await again.send("PATCH", `/scim/v2/Groups/${acme.id}`, require(false))).status).to.equal(204);
  });

  it("is asked for at a fresh sign-in of an administrator without one, who is a plain member until then", async () => {
    const { sam, acme } = await strict();
    const own = await people.signedIn(sam, PASSWORD, acme.id);
    const session = (await own.send("GET", "/console/session")).json;
    expect(session).to.include({ needsSecondFactor: true, secondFactor: "none", realm: acme.id });
    for (const endpoint of ["Users", "Groups", "AccessTokens", "Invitations", "AuditEvents"]) {
      const answer = await own.send("GET", `/scim/v2/${endpoint}`);
      expect(answer.status, endpoint).to.equal(403);
      expect(answer.json.detail).to.match(/Until you show a second factor/);
    }
    const invited = await own.send("POST", "/scim/v2/AccessTokens", { name: unique("way round") });
    expect(invited.status).to.equal(403);
    expect(await statusOf(own, "/scim/v2/Me")).to.equal(200);
    const app = await setUpFactor(own, PASSWORD);
    expect((await own.send("GET", "/console/session")).json).to.include({ needsSecondFactor: false });
    expect(await statusOf(own, "/scim/v2/Users")).to.equal(200);
    // The next sign-in asks for the code, and needs nothing else.
    const next = await people.halfSignedIn(sam, PASSWORD, acme.id);
    expect((await enterCode(next, codeOf(app))).json).to.include({ needsSecondFactor: false });
    expect(await statusOf(next, "/scim/v2/Users")).to.equal(200);
  });

  it("is not asked of plain members, of administrators elsewhere, or of tokens", async () => {
    const { sam, own } = await strict();
    const member = await people.person();
    const { acme: other, own: others } = await people.organization([sam, member]);
    expectStatus(await others.patch(`/Users/${sam.id}`, ORGANIZATION_ADMIN), 200);
    const elsewhere = await people.signedIn(sam, PASSWORD, other.id);
    expect(await statusOf(elsewhere, "/scim/v2/Users")).to.equal(200);
    const plain = await people.signedIn(member, PASSWORD, other.id);
    expect((await plain.send("GET", "/console/session")).json).to.include({ needsSecondFactor: false });
    expectStatus(await own.get("/Users"), 200);
  });

  it("is that of the organization's password where the session began with it", async () => {
    const { acme, own } = await strict();
    const dana = await people.createdBy(own, { userName: `${unique("dana")}@example.com` });
    expectStatus(await own.patch(`/Users/${dana.id}`, ORGANIZATION_ADMIN), 200);
    // The role counts only once the person replaced the password by a mail.
    await server().database((session) =>
      session.rows("update muster_memberships set is_password_assigned = ? where account_id = ?", [
        false,
        dana.id,
      ]),
    );
    const inAcme = await people.signedIn(dana, PASSWORD, acme.id);
    expect(await statusOf(inAcme, "/scim/v2/Users")).to.equal(403);
    await setUpFactor(inAcme, PASSWORD);
    expect(await statusOf(inAcme, "/scim/v2/Users")).to.equal(200);
    expectStatus(await own.post(`/Users/${dana.id}/remove-second-factor`, {}), 200);
    const next = await people.signedIn(dana, PASSWORD, acme.id);
    expect(await statusOf(next, "/scim/v2/Users")).to.equal(403);
  });
});

describe("ADMIN_SECOND_FACTOR", () => {
  forEachEngine((engine) => {
    let databaseUrl = "";
    let server: ServerInProcess;
    let people: GuardedPeople;
    const start = async (settings: Readonly<Record<string, string>>) => {
      server = await startServer(engine, { DATABASE_URL: databaseUrl, ...settings });
      people = new GuardedPeople(server.scim, () => server);
    };
    const restart = async (settings: Readonly<Record<string, string>>) => {
      await server.stop();
      await start(settings);
    };

    beforeEach(async () => {
      databaseUrl = await engine.migratedDatabaseUrl();
      await start({ ADMIN_SECOND_FACTOR: "true" });
    });
    afterEach(() => server.stop());

    const READABLE = [
      "Users",
      "Groups",
      "Teams",
      "AccessTokens",
      "Invitations",
      "AuditEvents",
      "Counts",
      "Settings",
    ];

    it("has a provider's administrator set one up at a fresh sign-in before anything else", async () => {
      const boss = await people.person(PROVIDER_ADMIN);
      const own = await people.signedIn(boss);
      const session = (await own.send("GET", "/console/session")).json;
      expect(session).to.include({ realm: "provider", needsSecondFactor: true, secondFactor: "none" });
      for (const endpoint of READABLE) {
        expect(await statusOf(own, `/scim/v2/${endpoint}`), endpoint).to.equal(403);
      }
      const token = { schemas: ["urn:muster:params:scim:schemas:core:2.0:AccessToken"], name: unique("x") };
      for (const [path, body] of [
        ["AccessTokens", token],
        ["Users", { userName: unique("new") }],
        [`Users/${boss.id}/remove-second-factor`, {}],
      ] as const) {
        const answer = await own.send("POST", `/scim/v2/${path}`, body);
        expect(answer.status, path).to.equal(403);
      }
      const bulk = await own.send("POST", "/scim/v2/Bulk", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        Operations: [{ method: "POST", path: "/AccessTokens", bulkId: "a", data: token }],
      });
      expect(bulk.text).to.not.match(/"status":"2/);
      await setUpFactor(own, PASSWORD);
      for (const endpoint of READABLE) {
        expect(await statusOf(own, `/scim/v2/${endpoint}`), endpoint).to.equal(200);
      }
      expect((await own.send("GET", "/console/session")).json).to.include({ needsSecondFactor: false });
    });

    it("leaves /Me, other realms and plain people as they are", async () => {
      const boss = await people.person(PROVIDER_ADMIN);
      const { acme, own: ofAcme } = await people.organization([boss]);
      expectStatus(await ofAcme.patch(`/Users/${boss.id}`, ORGANIZATION_ADMIN), 200);
      const own = await people.signedIn(boss);
      expect(await statusOf(own, "/scim/v2/Me")).to.equal(200);
      const patched = await own.send("PATCH", "/scim/v2/Me", {
        ...{ schemas: [PATCH], Operations: [{ op: "replace", path: "nickName", value: "Boss" }] },
      });
      expect(patched.status, patched.text).to.equal(200);
      expect((await own.switchTo(acme.id)).json).to.include({ needsSecondFactor: false });
      expect(await statusOf(own, "/scim/v2/Users")).to.equal(200);
      expect((await own.switchTo("provider")).json).to.include({ needsSecondFactor: true });
      expect(await statusOf(own, "/scim/v2/Users")).to.equal(403);
      const plain = await people.signedIn(await people.person());
      expect((await plain.send("GET", "/console/session")).json).to.include({ needsSecondFactor: false });
    });

    it("asks no token for one: neither a machine's nor a person's", async () => {
      const boss = await people.person(PROVIDER_ADMIN);
      expectStatus(await server.scim.get("/Users"), 200);
      const token = await clientWith(server, { userName: boss.userName });
      expectStatus(await token.get("/Users"), 200);
      expectError(await token.post(`/Users/${boss.id}/remove-second-factor`, {}), { status: 403 });
    });

    it("takes the power of open sessions when the server starts with it, and gives it back without it", async () => {
      await restart({});
      const boss = await people.person(PROVIDER_ADMIN);
      const own = await people.signedIn(boss);
      expect(await statusOf(own, "/scim/v2/Users")).to.equal(200);
      await restart({ ADMIN_SECOND_FACTOR: "true" });
      const open = new BrowserOfPerson(() => server);
      for (const [name, value] of own.cookies) open.cookies.set(name, value);
      expect(await statusOf(open, "/scim/v2/Users")).to.equal(403);
      const session = (await open.send("GET", "/console/session")).json;
      expect(session).to.include({ needsSecondFactor: true });
      open.csrf = session.csrf;
      const app = await setUpFactor(open, PASSWORD);
      expect(await statusOf(open, "/scim/v2/Users")).to.equal(200);
      await restart({});
      // The factor stays, whatever the setting.
      const half = await people.halfSignedIn(boss);
      const entered = await enterCode(half, codeOf(app));
      expect(entered.json).to.include({ needsSecondFactor: false, secondFactor: "shown" });
    });

    it("asks everybody who gets the role while signed in", async () => {
      const sam: Body = await people.person();
      const own = await people.signedIn(sam);
      expect((await own.send("GET", "/console/session")).json).to.include({ needsSecondFactor: false });
      const role = { op: "replace", path: "roles", value: PROVIDER_ADMIN.roles };
      expectStatus(await server.scim.patch(`/Users/${sam.id}`, role), 200);
      await own.switchTo("provider");
      expect((await own.send("GET", "/console/session")).json).to.include({ needsSecondFactor: true });
      expect(await statusOf(own, "/scim/v2/Users")).to.equal(403);
    });
  });
});
