import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { BULK_REQUEST } from "../support/bulk.js";
import type { BulkOperation } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import { AS_IF, askDry, dryBulk, dryRun } from "../support/dry-run.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

describeServer(
  "A dry run leaves",
  (scim, server) => {
    let acme: Body;
    let own: ScimClient;
    let ana: Body;

    beforeEach(async () => {
      ana = await createUser(scim);
      acme = await createGroup(scim, [ana]);
      own = await clientWith(server(), { organization: acme.id });
    });

    const eventsOf = async (id: string, client = scim) =>
      expectList(await client.find("/AuditEvents", `target.value eq "${id}"`, "&sortBy=timestamp"));

    it("an event in the audit log of the realm that says what would have come of it", async () => {
      await dryRun(own, "DELETE", `/Users/${ana.id}`);
      const event = (await eventsOf(ana.id, own)).at(-1);
      expect(event).to.deep.include({
        action: "dry-run",
        result: "success",
        status: 200,
        request: { method: "DELETE", path: `/Users/${ana.id}` },
        understood: ["Muster-Dry-Run: nothing was written"],
        detail: "would end 1 membership; would leave 1 organization without members",
      });
      expect(event?.target).to.deep.include({ type: "User", value: ana.id, display: ana.userName });
    });

    it("one event for a Bulk, and one for each operation that would be refused", async () => {
      const missing = "01a21ef3-b146-7666-9800-8c255117b824";
      const tokens = expectList(await scim.get("/AccessTokens?sortBy=id&sortOrder=descending&count=1"));
      await dryBulk(own, [
        { method: "DELETE", path: `/Users/${ana.id}` },
        { method: "DELETE", path: `/Users/${missing}` },
      ]);
      expect(tokens).to.have.length(1);
      const filter = `token.value eq "${tokens[0]?.id ?? ""}"`;
      const events = expectList(await scim.find("/AuditEvents", filter));
      const said = events.map(({ action, result, detail }) => [action, result, detail]);
      expect(said).to.have.deep.members([
        ["dry-run", "success", "would end 1 membership; would leave 1 organization without members"],
        ["delete", "refused", `Dry run: User '${missing}' not found`],
      ]);
    });

    it("no event of the provider's realm where an organization sees it", async () => {
      const before = expectList(await own.get("/AuditEvents")).length;
      await dryRun(scim, "DELETE", `/Groups/${acme.id}`);
      expectList(await own.get("/AuditEvents"), before);
    });

    it("a refusal in the audit log, like the request itself", async () => {
      const reader = await clientWith(server(), { organization: acme.id, readOnly: true });
      expectError(await askDry(reader, "DELETE", `/Users/${ana.id}`), { status: 403 });
      const event = (await eventsOf(ana.id)).at(-1);
      expect(event).to.include({ action: "delete", result: "refused", status: 403 });
      expect(event?.detail).to.match(/^Dry run: /);
    });

    it("no mail, which counts for its limits all the same", async () => {
      const emails = [{ value: `${unique("guest")}@example.com` }];
      const body = { schemas: [INVITATION], emails };
      for (let mail = 0; mail < 2; mail += 1) await dryRun(own, "POST", "/Invitations", body);
      expectError(await askDry(own, "POST", "/Invitations", body), { status: 429 });
      expectError(await own.post("/Invitations", body), { status: 429 });
      const written = await server().database((session) =>
        session.rows("select 1 from muster_outbox where address = ?", [emails[0]?.value ?? ""]),
      );
      expect(written).to.deep.equal([]);
    });
  },
  { MAIL_PER_ADDRESS: "2" },
);

describeServer(
  "A dry run in an organization's realm",
  (scim, server) => {
    let own: ScimClient;
    let acme: Body;
    before(async () => {
      acme = await createGroup(scim);
      own = await clientWith(server(), { organization: acme.id });
    });

    /** What is done with a person whom it creates or takes. */
    const person = (userName: string, more: object = {}): BulkOperation => ({
      method: "POST",
      path: "/Users",
      bulkId: "person",
      data: { schemas: [CORE_USER], userName, ...more },
    });
    const changed = (...operations: readonly object[]): BulkOperation => ({
      method: "PATCH",
      path: "/Users/bulkId:person",
      data: { Operations: operations },
    });
    const mail = { [MEMBERSHIP]: { sendSetupEmail: true } };
    const sendMail = { op: "add", path: `${MEMBERSHIP}:sendSetupEmail`, value: true };

    const cases: [what: string, operations: (userName: string) => BulkOperation[]][] = [
      ["who is added", (name) => [person(name)]],
      ["who is added with a role", (name) => [person(name, { roles: [{ value: "organization-admin" }] })]],
      ["who is added inactive", (name) => [person(name, { active: false })]],
      ["who is added with a password", (name) => [person(name, { password: "a long pass phrase 17" })]],
      ["who gets a mail", (name) => [person(name, mail)]],
      ["who gets a mail, inactive", (name) => [person(name, { ...mail, active: false })]],
      ["who is sent a mail later", (name) => [person(name), changed(sendMail)]],
      [
        "who is sent a mail, with a password",
        (name) => [person(name, { password: "a long pass phrase 17" }), changed(sendMail)],
      ],
      [
        "who is renamed",
        (name) => [person(name), changed({ op: "replace", path: "userName", value: "other" })],
      ],
      [
        "who is deactivated",
        (name) => [person(name), changed({ op: "replace", path: "active", value: false })],
      ],
      ["who is removed again", (name) => [person(name), { method: "DELETE", path: "/Users/bulkId:person" }]],
      ["who is added twice", (name) => [person(name), { ...person(name), bulkId: "twice" }]],
    ];

    for (const [what, operations] of cases) {
      it(`reads alike for a person ${what}, whose account there is and whose there is not`, async () => {
        const elsewhere = await createUser(scim, { password: "another long phrase 23" });
        await createGroup(scim, [elsewhere]);
        const taken = await dryBulk(own, operations(elsewhere.userName));
        const created = await dryBulk(own, operations(`${unique("nobody")}@example.com`));
        const said = ({ operations: all, effects }: typeof taken, name: string) =>
          JSON.stringify([all, effects]).replaceAll(name, "<name>");
        expect(said(taken, elsewhere.userName)).to.equal(said(created, createdName(created)));
      });
    }

    /** The only name that errors can repeat. */
    const createdName = ({ operations }: { operations: readonly object[] }) =>
      /nobody-\d+@example\.com/.exec(JSON.stringify(operations))?.[0] ?? "<none>";

    it("finds nothing of others, by their ids", async () => {
      const stranger = await createUser(scim);
      const globex = await createGroup(scim, [stranger]);
      const random = "01a21ef3-b146-7666-9800-8c255117b824";
      for (const path of ["/Users/", "/Groups/", "/Teams/", "/Invitations/", "/AccessTokens/"]) {
        for (const id of [stranger.id, globex.id]) {
          const real = await askDry(own, "DELETE", path + id);
          const none = await askDry(own, "DELETE", path + random);
          expectError(real, { status: 404 });
          expect(real.text.replaceAll(id, random)).to.equal(none.text);
        }
      }
    });

    it("counts nothing of other organizations, for a person who is in several", async () => {
      const shared = await createUser(scim);
      const globex = await createGroup(scim, [shared]);
      const add = { op: "add", path: "members", value: [{ value: shared.id }] };
      expectStatus(await scim.patch(`/Groups/${acme.id}`, add), 204);
      const other = await clientWith(server(), { organization: globex.id, userName: shared.userName });
      expect(other.token).to.not.equal("");
      const { effects } = await dryRun(own, "DELETE", `/Users/${shared.id}`);
      expect(effects).to.deep.include({ memberships: 1, tokens: 0, accounts: 0 });
    });

    it("can be asked for by scripts of other origins", async () => {
      const preflight = await own.request("OPTIONS", "/Bulk", {
        headers: {
          authorization: null,
          origin: "https://tools.example.com",
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,muster-dry-run",
        },
      });
      expect(preflight.headers["access-control-allow-headers"]).to.include("muster-dry-run");
    });

    it("is announced", async () => {
      const { dryRun: announced } = expectStatus(await own.get("/ServiceProviderConfig"), 200);
      expect(announced).to.deep.equal({ supported: true, maxOperations: 1000 });
    });

    it("of a Bulk with a token that can only read is refused, as the Bulk is", async () => {
      const reader = await clientWith(server(), { organization: acme.id, readOnly: true });
      const body = { schemas: [BULK_REQUEST], Operations: [person("x@example.com")] };
      expectError(await reader.request("POST", "/Bulk", { headers: AS_IF, body }), { status: 403 });
    });
  },
  { CORS_ORIGINS: "https://tools.example.com" },
);
