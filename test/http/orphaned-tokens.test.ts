import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Answer, Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, omit, unique } from "../support/factories.js";
import { MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ADMIN = [{ value: "organization-admin" }];

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

describe("Orphaned access tokens", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let acme: Body;
    let own: ScimClient;
    let noor: Body;
    /** Another administrator, who is not active. */
    let away: Body;
    let plain: Body;
    let orphan: Body;
    /** The clients of an orphaned token of the organization, and of one of the provider. */
    let orphaned: ScimClient;
    let orphanedEverywhere: ScimClient;

    const bearer = (secret: unknown) => new ScimClient(() => ({ url: scim.url, token: String(secret) }));
    const made = async (client: ScimClient, name = unique("token")) =>
      expectStatus(await client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name }), 201);
    const refused = (answer: Answer) => {
      expectError(answer, { status: 403, detail: /orphaned.*may not .*keep it or revoke it/ });
    };
    const addressOf = ({ id }: Body) => [{ value: `${id}@private.example`, primary: true }];

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start() });
      scim = server.scim;
      acme = await createGroup(scim, [], { displayName: "Acme" });
      own = await clientWith(server, { organization: acme.id });
      const dana = await createUser(own, { roles: ADMIN, displayName: "Dana Reyes" });
      noor = await createUser(own, { roles: ADMIN });
      away = await createUser(own, { roles: ADMIN, active: false });
      plain = await createUser(own);
      const danas = await clientWith(server, { organization: acme.id, userName: dana.userName });
      orphan = await made(danas, "Okta of Acme");
      orphaned = bearer(orphan.token);
      expectStatus(await own.patch(`/Users/${dana.id}`, replace("roles", [])), 200);

      const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
      const everywhere = await made(await clientWith(server, { userName: admin.userName }));
      orphanedEverywhere = bearer(everywhere.token);
      expectStatus(await scim.patch(`/Users/${admin.id}`, replace("roles", [])), 200);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    it("are told of to the other administrators, once", async () => {
      const mail = await mailbox.expect(noor.userName);
      expect(mail.subject).to.equal(
        "Please review access tokens of Acme: their creator is no longer an administrator",
      );
      for (const part of [mail.text, String(mail.html).replaceAll("&lt;", "<").replaceAll("&gt;", ">")]) {
        expect(part).to.include("Okta of Acme").and.include("created by Dana Reyes").and.include(orphan.id);
        expect(part).to.include("/AccessTokens/<id>/keep").and.not.include(String(orphan.token));
      }
      for (const none of [away, plain]) expect(mailbox.to(none.userName)).to.have.lengthOf(0);
      expectStatus(await own.patch(`/Users/${plain.id}`, replace("active", false)), 200);
      expectStatus(await own.patch(`/Users/${plain.id}`, replace("active", true)), 200);
      const unsent = () =>
        server.database((session) => session.rows("select 1 from muster_outbox where ended_at is null"));
      while ((await unsent()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(mailbox.to(noor.userName)).to.have.lengthOf(1);
    });

    it("go on with the sync", async () => {
      for (const client of [orphaned, orphanedEverywhere]) {
        const user = await createUser(client, {
          roles: [{ value: "a role of an app" }],
          password: "a long enough passphrase 93",
        });
        expectStatus(await client.put(`/Users/${user.id}`, { ...omit(user, "id", "meta"), title: "x" }), 200);
        expectStatus(
          await client.patch(
            `/Users/${user.id}`,
            replace("emails", addressOf(user)),
            replace("active", false),
          ),
          200,
        );
        expectStatus(await client.patch(`/Users/${user.id}`, replace("active", true)), 200);
        const addition = { op: "add", path: "members", value: [{ value: plain.id }] };
        expectStatus(await client.patch(`/Groups/${acme.id}`, addition), 204);
        const team = {
          ...{ schemas: [TEAM], displayName: unique("Team"), organization: { value: acme.id } },
          members: [{ value: plain.id }],
        };
        const created = expectStatus(await client.post("/Teams", team), 201);
        expectStatus(await client.delete(`/Teams/${created.id}`), 204);
        expectStatus(await client.delete(`/Users/${user.id}`), 204);
      }
    });

    it("change what people with a role are called, take roles away, and deactivate", async () => {
      const user = await createUser(own, { roles: ADMIN });
      expectStatus(await orphaned.patch(`/Users/${user.id}`, replace("displayName", "New")), 200);
      const { Resources } = expectStatus(await orphaned.get(`/Users?filter=id%20eq%20"${user.id}"`), 200);
      expectStatus(
        await orphaned.put(`/Users/${user.id}`, { ...omit(Resources[0] ?? {}, "id", "meta"), title: "x" }),
        200,
      );
      expectStatus(await orphaned.patch(`/Users/${user.id}`, replace("active", false)), 200);
      refused(await orphaned.patch(`/Users/${user.id}`, replace("active", true)));
      expectStatus(await orphaned.patch(`/Users/${user.id}`, replace("roles", [])), 200);
      expectStatus(await orphaned.patch(`/Users/${user.id}`, replace("active", true)), 200);
    });

    it("bring nobody back into a role in a team", async () => {
      const user = await createUser(own, { roles: ADMIN });
      const again = { schemas: [CORE_USER], userName: user.userName };
      expectStatus(await own.patch(`/Users/${user.id}`, replace("active", false)), 200);
      expectStatus(await orphaned.post("/Users", again), 201);
      expect(await read(own, `/Users/${user.id}`)).to.not.have.property("roles");
      const members = [{ value: user.id, role: "team-admin" }];
      const team = { schemas: [TEAM], displayName: unique("Team"), members };
      expectStatus(await own.post("/Teams", team), 201);
      expectStatus(await own.patch(`/Users/${user.id}`, replace("active", false)), 200);
      refused(await orphaned.post("/Users", again));
      expect(await read(own, `/Users/${user.id}`)).to.include({ active: false });
    });

    it("give no role", async () => {
      for (const value of ["organization-admin", "Organization-Billing-Manager"]) {
        const roles = [{ value }];
        const person = { schemas: [CORE_USER], userName: unique("new"), roles };
        refused(await orphaned.post("/Users", person));
        refused(await orphaned.patch(`/Users/${plain.id}`, { op: "add", path: "roles", value: roles }));
        refused(await orphaned.patch(`/Users/${plain.id}`, { op: "add", value: { roles } }));
        const { userName } = plain;
        refused(await orphaned.put(`/Users/${plain.id}`, { schemas: [CORE_USER], userName, roles }));
        refused(
          await orphanedEverywhere.patch(`/Users/${plain.id}`, {
            op: "add",
            path: `${MEMBERSHIP}:organizationRoles`,
            value: [{ value, organization: acme.id }],
          }),
        );
      }
      const everything = [{ value: "provider-admin" }];
      refused(await orphanedEverywhere.patch(`/Users/${plain.id}`, replace("roles", everything)));
      refused(
        await orphanedEverywhere.post("/Users", {
          ...{ schemas: [CORE_USER], userName: unique("new"), roles: everything },
        }),
      );
      expect(await read(own, `/Users/${plain.id}`)).to.not.have.property("roles");
    });

    it("give no role in a Bulk", async () => {
      const Operations = [
        {
          method: "POST",
          path: "/Users",
          bulkId: "a",
          data: { schemas: [CORE_USER], userName: unique("bulk") },
        },
        {
          method: "PATCH",
          path: "/Users/bulkId:a",
          data: { schemas: [PATCH_OP], Operations: [replace("roles", ADMIN)] },
        },
      ];
      const answer = await orphaned.post("/Bulk", { schemas: [BULK], Operations });
      expect((expectStatus(answer, 200).Operations as Body[]).map(({ status }) => status)).to.deep.equal([
        "201",
        "403",
      ]);
    });

    it("give no role in a team", async () => {
      const organization = { value: acme.id };
      const displayName = unique("Team");
      const members = [{ value: plain.id, role: "team-admin" }];
      refused(await orphaned.post("/Teams", { schemas: [TEAM], displayName, organization, members }));
      const team = expectStatus(
        await own.post("/Teams", { schemas: [TEAM], displayName, members: [{ value: plain.id }] }),
        201,
      );
      const role = replace(`members[value eq "${plain.id}"].role`, "team-manager");
      refused(await orphaned.patch(`/Teams/${team.id}`, role));
      refused(await orphaned.patch(`/Teams/${team.id}`, replace("members", members)));
      refused(await orphanedEverywhere.put(`/Teams/${team.id}`, { ...omit(team, "meta"), members }));
      expectStatus(await own.patch(`/Teams/${team.id}`, role), 204);
      expectStatus(await own.delete(`/Teams/${team.id}`), 204);
    });

    it("make and change no token and no invitation, and see no link of one", async () => {
      const token = await made(own);
      const invitation = expectStatus(await own.post("/Invitations", { schemas: [INVITATION] }), 201);
      const path = `/Invitations/${invitation.id}`;
      for (const client of [orphaned, orphanedEverywhere]) {
        const organization = { value: acme.id };
        refused(await client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "x", organization }));
        refused(await client.patch(`/AccessTokens/${token.id}`, replace("name", "x")));
        refused(await client.post(`/AccessTokens/${token.id}/rotate`, {}));
        refused(await client.post("/Invitations", { schemas: [INVITATION], organization }));
        refused(await client.patch(path, replace("enabled", false)));
        refused(await client.post(`${path}/resend`, {}));
        expect(expectStatus(await client.get(path), 200)).to.not.have.property("link");
      }
      expect(invitation).to.have.property("link");
    });

    it("write no password, address or userName of anybody with a role", async () => {
      const seat = await createUser(own);
      const team = {
        schemas: [TEAM],
        displayName: unique("Team"),
        members: [{ value: seat.id, role: "team-admin" }],
      };
      expectStatus(await own.post("/Teams", team), 201);
      const billing = await createUser(own, { roles: [{ value: "organization-billing-manager" }] });
      const inAll = await createUser(scim, { roles: [{ value: "provider-admin" }] });
      for (const [client, user] of [
        [orphaned, noor],
        [orphaned, seat],
        [orphaned, billing],
        [orphanedEverywhere, noor],
        [orphanedEverywhere, billing],
        [orphanedEverywhere, inAll],
      ] as const) {
        for (const change of [
          replace("password", "a long enough passphrase 93"),
          replace("emails", addressOf(user)),
          replace("userName", unique("renamed")),
          { op: "add", path: `${MEMBERSHIP}:sendSetupEmail`, value: true },
        ]) {
          refused(await client.patch(`/Users/${user.id}`, change));
        }
        const whole = { ...omit(user, "id", "meta"), emails: addressOf(user) };
        refused(await client.put(`/Users/${user.id}`, whole));
      }
      // What is refused anyway is not judged or hashed before.
      const weak = "password123";
      refused(await orphaned.patch(`/Users/${billing.id}`, replace("password", weak)));
      refused(await orphanedEverywhere.patch(`/Users/${billing.id}`, replace("password", weak)));
      const roles = [{ op: "add", path: "roles", value: ADMIN }, replace("password", weak)];
      refused(await orphaned.patch(`/Users/${plain.id}`, ...roles));
      expectStatus(await own.patch(`/Users/${billing.id}`, replace("active", false)), 200);
      refused(
        await orphaned.post("/Users", {
          ...{ schemas: [CORE_USER], userName: billing.userName, password: weak },
        }),
      );
    });

    it("are refused in the audit log, and nothing of it shows in another realm", async () => {
      const name = unique("audited");
      refused(await orphaned.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name }));
      const filter = `token.value eq "${orphan.id}" and result eq "refused" and target.type eq "AccessToken"`;
      // Refusals that repeat may be one event, so that it need not be the last.
      const events = expectList(await own.find("/AuditEvents", `${filter} and action eq "create"`));
      expect(events.at(-1)).to.include({ action: "create", status: 403 });
      const globex = await createGroup(scim);
      const stranger = await clientWith(server, { organization: globex.id });
      expectList(await stranger.find("/AuditEvents", `target.value eq "${orphan.id}"`), 0);
      expectError(await stranger.get(`/AccessTokens/${orphan.id}`), { status: 404 });
    });

    it("of the provider are told of to its administrators", async () => {
      const [first, second] = [
        await createUser(scim, { roles: [{ value: "provider-admin" }] }),
        await createUser(scim, { roles: [{ value: "provider-admin" }] }),
      ];
      const globex = await createGroup(scim, [], { displayName: "Globex" });
      const firsts = await clientWith(server, { userName: first.userName });
      const body = { schemas: [ACCESS_TOKEN], name: "of Globex", organization: { value: globex.id } };
      const everywhere = await made(firsts, "of all");
      expectStatus(await firsts.post("/AccessTokens", body), 201);
      expectStatus(await scim.delete(`/Users/${first.id}`), 204);
      const last = await mailbox.expect(second.userName, 2);
      expect(last.text).to.be.a("string");
      const subjects = mailbox.to(second.userName).map(({ subject }) => subject);
      // Globex has no administrator of its own.
      expect(subjects).to.have.members([
        "Please review access tokens: their creator is no longer an administrator",
        "Please review access tokens of Globex: their creator is no longer an administrator",
      ]);
      expect((await read(scim, `/AccessTokens/${everywhere.id}`)).orphaned).to.equal(true);
    });
  });
});
