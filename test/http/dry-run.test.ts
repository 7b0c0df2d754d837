import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { BULK_REQUEST } from "../support/bulk.js";
import type { Body, ScimClient } from "../support/client.js";
import { AS_IF, askDry, dryBulk, dryPatch, dryRun, NO_EFFECTS } from "../support/dry-run.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import { tablesOf } from "../support/tables.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

describeServer("A dry run", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let ana: Body;
  let ben: Body;
  let team: Body;

  beforeEach(async () => {
    ana = await createUser(scim);
    ben = await createUser(scim);
    acme = await createGroup(scim, [ana, ben]);
    own = await clientWith(server(), { organization: acme.id });
    const members = [{ value: ana.id, role: "team-admin" }, { value: ben.id }];
    const roles = [{ value: "organization-billing-manager" }];
    const sent = { schemas: [TEAM], displayName: unique("Team"), members, roles };
    team = expectStatus(await own.post("/Teams", sent), 201);
    const administrator = [{ value: "organization-admin" }];
    expectStatus(
      await own.patch(`/Users/${ana.id}`, { op: "add", path: "roles", value: administrator }),
      200,
    );
  });

  const reference = ({ id, displayName }: Body) => ({
    value: id,
    $ref: `${scim.url}/Groups/${id}`,
    display: displayName,
  });

  /** Nothing is in another state after something was done. */
  async function leavesNothing(work: () => Promise<unknown>) {
    const before = await tablesOf(server().databaseUrl);
    await work();
    const after = await tablesOf(server().databaseUrl);
    expect(after.filter((row) => !before.includes(row))).to.deep.equal([]);
    expect(before.filter((row) => !after.includes(row))).to.deep.equal([]);
  }

  describe("tells what a single request would do, and does nothing:", () => {
    it("DELETE of an account, in the provider's realm", async () => {
      await leavesNothing(async () => {
        const { operations, effects } = await dryRun(scim, "DELETE", `/Users/${ana.id}`);
        expect(operations).to.deep.equal([{ method: "DELETE", path: `/Users/${ana.id}`, status: "204" }]);
        expect(effects).to.deep.equal({
          ...NO_EFFECTS,
          // As an administrator and a billing manager of the organization, and as an administrator of the team.
          ...{ memberships: 1, teams: 1, roles: 3, accounts: 1, changed: 1 },
          lastAdministratorOf: [reference(acme)],
        });
      });
    });

    it("DELETE of a person, in the organization's realm", async () => {
      await leavesNothing(async () => {
        const { effects } = await dryRun(own, "DELETE", `/Users/${ana.id}`);
        expect(effects).to.deep.equal({
          ...NO_EFFECTS,
          ...{ memberships: 1, teams: 1, roles: 3 },
          lastAdministratorOf: [reference(acme)],
        });
      });
    });

    it("DELETE of an organization, with all that is in it", async () => {
      await leavesNothing(async () => {
        const { effects } = await dryRun(scim, "DELETE", `/Groups/${acme.id}`);
        // One of its tokens is the one that this suite has.
        expect(effects).to.deep.equal({ ...NO_EFFECTS, memberships: 2, teams: 2, roles: 4, tokens: 1 });
      });
    });

    it("DELETE of a team, which takes the roles that it gives", async () => {
      await leavesNothing(async () => {
        for (const [client, path] of [
          [own, `/Groups/${team.id}`],
          [own, `/Teams/${team.id}`],
          [scim, `/Teams/${team.id}`],
        ] as const) {
          const { effects } = await dryRun(client, "DELETE", path);
          expect(effects).to.deep.equal({ ...NO_EFFECTS, teams: 2, roles: 3 });
        }
      });
    });

    it("PATCH of a team's roles, which some of its members have of their own", async () => {
      const roles = [{ value: "organization-billing-manager", type: "direct" }];
      expectStatus(await own.patch(`/Users/${ben.id}`, { op: "add", path: "roles", value: roles }), 200);
      await leavesNothing(async () => {
        const { effects } = await dryPatch(own, `/Teams/${team.id}`, { op: "remove", path: "roles" });
        expect(effects).to.deep.equal({ ...NO_EFFECTS, roles: 1, changed: 1 });
      });
    });

    it("PATCH of the members of an organization: all of them", async () => {
      await leavesNothing(async () => {
        const { operations, effects } = await dryPatch(scim, `/Groups/${acme.id}`, {
          op: "remove",
          path: "members",
        });
        expect(operations).to.deep.equal([{ method: "PATCH", path: `/Groups/${acme.id}`, status: "204" }]);
        expect(effects).to.deep.equal({
          ...NO_EFFECTS,
          ...{ memberships: 2, teams: 2, roles: 4, changed: 1 },
          lastAdministratorOf: [reference(acme)],
          emptied: [reference(acme)],
        });
      });
    });

    it("PUT of an organization without one of its members", async () => {
      await leavesNothing(async () => {
        const { displayName } = acme;
        const members = [{ value: ben.id }];
        const body = { schemas: [CORE_GROUP], displayName, members };
        const { operations, effects } = await dryRun(scim, "PUT", `/Groups/${acme.id}`, body);
        expect(operations.map(({ status }) => status)).to.deep.equal(["200"]);
        expect(effects).to.deep.include({ memberships: 1, teams: 1, roles: 3, changed: 1, emptied: [] });
      });
    });

    it("PATCH that deactivates the last administrator", async () => {
      await leavesNothing(async () => {
        for (const client of [own, scim]) {
          const { effects } = await dryPatch(client, `/Users/${ana.id}`, {
            op: "replace",
            path: "active",
            value: false,
          });
          const lastAdministratorOf = [reference(acme)];
          expect(effects).to.deep.equal({ ...NO_EFFECTS, changed: 1, lastAdministratorOf });
        }
      });
    });

    it("POST, in both realms", async () => {
      await leavesNothing(async () => {
        for (const [client, path, body] of [
          [scim, "/Users", { schemas: [CORE_USER], userName: unique("new") }],
          [
            own,
            "/Users",
            { schemas: [CORE_USER], userName: unique("new"), password: "a long pass phrase 17" },
          ],
          [
            scim,
            "/Groups",
            { schemas: [CORE_GROUP], displayName: unique("New"), members: [{ value: ana.id }] },
          ],
          [own, "/Groups", { schemas: [CORE_GROUP], displayName: unique("New") }],
          [own, "/Invitations", { schemas: [INVITATION], emails: [{ value: "new@example.com" }] }],
          [own, "/AccessTokens", { schemas: [ACCESS_TOKEN], name: "new" }],
        ] as const) {
          const { operations, effects } = await dryRun(client, "POST", path, body);
          expect(operations).to.deep.equal([{ method: "POST", path, status: "201" }]);
          expect(effects, path).to.deep.equal({ ...NO_EFFECTS, created: 1 });
        }
      });
    });

    it("actions: sending an invitation again, rotating a token", async () => {
      const emails = [{ value: `${unique("guest")}@example.com` }];
      const invitation = expectStatus(await own.post("/Invitations", { schemas: [INVITATION], emails }), 201);
      const token = expectStatus(
        await own.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "old" }),
        201,
      );
      const paths = [`/Invitations/${invitation.id}/resend`, `/AccessTokens/${token.id}/rotate`];
      await leavesNothing(() =>
        // Some time after the first mail.
        server().ahead(120_000, async () => {
          for (const path of paths) {
            const { operations, effects } = await dryRun(own, "POST", path);
            expect(operations).to.deep.equal([{ method: "POST", path, status: "200" }]);
            expect(effects, path).to.deep.equal({ ...NO_EFFECTS, changed: 1 });
          }
        }),
      );
    });

    it("DELETE of a token", async () => {
      const token = expectStatus(
        await own.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "old" }),
        201,
      );
      await leavesNothing(async () => {
        const { effects } = await dryRun(own, "DELETE", `/AccessTokens/${token.id}`);
        expect(effects).to.deep.equal({ ...NO_EFFECTS, tokens: 1 });
      });
    });

    it("without the secret of a token that would be new, nor any id", async () => {
      const answer = await askDry(own, "POST", "/AccessTokens", { schemas: [ACCESS_TOKEN], name: "new" });
      expect(answer.body).to.have.all.keys("schemas", "operations", "effects");
      expect(answer.headers).to.not.have.any.keys("location", "etag");
    });
  });

  describe("of a Bulk", () => {
    it("tells what would come of each operation, of which some refer to others", async () => {
      await leavesNothing(async () => {
        const { operations, effects } = await dryBulk(own, [
          {
            method: "POST",
            path: "/Users",
            bulkId: "new",
            data: { schemas: [CORE_USER], userName: unique("new") },
          },
          {
            method: "PATCH",
            path: `/Teams/${team.id}`,
            data: { Operations: [{ op: "add", path: "members", value: [{ value: "bulkId:new" }] }] },
          },
          { method: "DELETE", path: `/Users/${ben.id}` },
          { method: "DELETE", path: `/Users/${ben.id}` },
          {
            method: "POST",
            path: "/Users",
            bulkId: "again",
            data: { schemas: [CORE_USER], userName: ana.userName },
          },
          { method: "DELETE", path: "/Users/bulkId:new" },
        ]);
        expect(
          operations.map(({ method, path, bulkId, status }) => [method, path, bulkId, status]),
        ).to.deep.equal([
          ["POST", "/Users", "new", "201"],
          ["PATCH", `/Teams/${team.id}`, undefined, "204"],
          ["DELETE", `/Users/${ben.id}`, undefined, "204"],
          ["DELETE", `/Users/${ben.id}`, undefined, "404"],
          ["POST", "/Users", "again", "409"],
          ["DELETE", "/Users/bulkId:new", undefined, "204"],
        ]);
        expect(operations[3]?.error).to.include({ status: "404" });
        expect(operations[4]?.error).to.include({ status: "409", scimType: "uniqueness" });
        expect(effects).to.deep.equal({ ...NO_EFFECTS, memberships: 1, teams: 1, roles: 1, changed: 1 });
      });
    });

    it("counts what single operations would take once, and stops after so many errors", async () => {
      await leavesNothing(async () => {
        const { operations, effects } = await dryBulk(
          scim,
          [
            { method: "DELETE", path: `/Users/${ana.id}` },
            { method: "DELETE", path: `/Groups/${acme.id}` },
            { method: "DELETE", path: `/Groups/${acme.id}` },
            { method: "DELETE", path: `/Users/${ben.id}` },
          ],
          { failOnErrors: 1 },
        );
        expect(operations.map(({ status }) => status)).to.deep.equal(["204", "204", "404"]);
        expect(effects).to.deep.equal({
          ...NO_EFFECTS,
          ...{ memberships: 2, teams: 2, roles: 4, accounts: 1, tokens: 1 },
        });
      });
    });

    it("undoes operations that fail after they have written, and goes on", async () => {
      const other = await createGroup(scim, [], { displayName: unique("Taken") });
      const carla = await createUser(scim);
      await leavesNothing(async () => {
        const { operations, effects } = await dryBulk(scim, [
          {
            method: "PATCH",
            path: `/Groups/${acme.id}`,
            data: {
              Operations: [
                { op: "add", path: "members", value: [{ value: carla.id }] },
                { op: "replace", path: "displayName", value: other.displayName },
              ],
            },
          },
          { method: "DELETE", path: `/Users/${carla.id}` },
        ]);
        expect(operations.map(({ status }) => status)).to.deep.equal(["409", "204"]);
        expect(effects).to.deep.equal({ ...NO_EFFECTS, accounts: 1 });
      });
    });

    it("has at most 1,000 operations, and is refused beyond", async () => {
      const operation = { method: "DELETE", path: `/Users/${ana.id}` };
      const body = { schemas: [BULK_REQUEST], Operations: Array(1001).fill(operation) };
      expectError(await askDry(scim, "POST", "/Bulk", body), { status: 413, detail: /1000.*1001/ });
      await leavesNothing(async () => {
        const { operations } = await dryBulk(scim, Array<typeof operation>(1000).fill(operation));
        expect(operations.map(({ status }) => status)).to.deep.equal([
          "204",
          ...Array<string>(999).fill("404"),
        ]);
      });
    });

    it("is as malformed as the Bulk", async () => {
      expectError(await askDry(scim, "POST", "/Bulk", {}), { status: 400, scimType: "invalidSyntax" });
    });
  });

  describe("answers with the refusal of a request that would be refused:", () => {
    it("of what is not there, or taken, or changed meanwhile, or malformed", async () => {
      await leavesNothing(async () => {
        expectError(await askDry(scim, "DELETE", `/Users/${acme.id}`), { status: 404 });
        const taken = { schemas: [CORE_USER], userName: ana.userName };
        expectError(await askDry(scim, "POST", "/Users", taken), { status: 409, scimType: "uniqueness" });
        const headers = { ...AS_IF, "If-Match": 'W/"99"' };
        expectError(await scim.request("DELETE", `/Users/${ana.id}`, { headers }), { status: 412 });
        expectError(await askDry(scim, "PUT", `/Users/${ana.id}`, { schemas: [CORE_USER] }), {
          ...{ status: 400, scimType: "invalidValue" },
        });
        const weak = { schemas: [CORE_USER], userName: unique("weak"), password: "password1" };
        expectError(await askDry(scim, "POST", "/Users", weak), { status: 400, scimType: "invalidValue" });
      });
    });

    it("of the version that it has, it is done", async () => {
      const { meta } = await read(scim, `/Users/${ana.id}`);
      const headers = { ...AS_IF, "If-Match": meta.version };
      expectStatus(await scim.request("DELETE", `/Users/${ana.id}`, { headers }), 200);
      expectStatus(await scim.get(`/Users/${ana.id}`), 200);
    });

    it("by a token that can only read", async () => {
      const reader = await clientWith(server(), { readOnly: true });
      expectError(await askDry(reader, "DELETE", `/Users/${ana.id}`), { status: 403 });
      const body = { schemas: [BULK_REQUEST], Operations: [{ method: "DELETE", path: `/Users/${ana.id}` }] };
      expectError(await askDry(reader, "POST", "/Bulk", body), { status: 403 });
    });

    it("by a person who would remove the last administrator", async () => {
      const person = await clientWith(server(), { organization: acme.id, userName: ana.userName });
      expectError(await askDry(person, "DELETE", `/Users/${ana.id}`), {
        status: 403,
        detail: /administrator/,
      });
    });
  });

  describe("is asked for by a header", () => {
    it("that is true or false in any case, and nothing else", async () => {
      const ask = (value: string, method = "DELETE") =>
        scim.request(method, `/Users/${ben.id}`, { headers: { "Muster-Dry-Run": value } });
      for (const value of ["maybe", "1", "", "true, true"]) {
        const detail = /'Muster-Dry-Run' must be 'true' or 'false'/;
        expectError(await ask(value), { status: 400, scimType: "invalidValue", detail });
      }
      expectStatus(await ask("TRUE"), 200);
      expectStatus(await ask("maybe", "GET"), 200);
      expectStatus(await ask("False"), 204);
      expectStatus(await scim.get(`/Users/${ben.id}`), 404);
    });

    it("which requests that write nothing ignore", async () => {
      const search = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], count: 1 };
      for (const path of ["/.search", "/Users/.search"]) {
        expectList(await scim.request("POST", path, { headers: AS_IF, body: search }));
      }
    });
  });
});
