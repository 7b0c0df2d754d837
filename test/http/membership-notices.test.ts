import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const address = () => `${unique("reader")}@example.com`;

describe("Notices of memberships", () => {
  for (const [mode, byMachine, byPerson] of [
    ["off", false, false],
    ["people", false, true],
    ["all", true, true],
  ] as const) {
    describe(`set to '${mode}'`, () => {
      forEachEngine((engine) => {
        const mailbox = new MailServer();
        let server: ServerInProcess;

        before(async () => {
          server = await startServer(engine, {
            SMTP_URL: await mailbox.start(),
            MEMBERSHIP_NOTICES: mode,
            ACCEPTED_URL: "https://app.example.com/",
          });
        });
        after(async () => {
          await server.stop();
          await mailbox.stop();
        });

        if (mode === "all")
          it("do not fill anybody's mailbox", async () => {
            const { scim } = server;
            const user = await createUser(scim, { userName: address() });
            const organization = await createGroup(scim);
            const sent = () => mailbox.to(user.userName).length;
            for (let round = 1; round <= 4; round += 1) {
              for (const op of ["add", "remove"]) {
                const change =
                  op === "add"
                    ? { op, path: "members", value: [{ value: user.id }] }
                    : { op, path: `members[value eq "${user.id}"]` };
                expectStatus(await scim.patch(`/Groups/${organization.id}`, change), 204);
                const ended = () =>
                  server.database((session) =>
                    session.rows("select 1 from muster_outbox where account_id = ? and ended_at is null", [
                      user.id,
                    ]),
                  );
                while ((await ended()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
              }
            }
            expect(sent()).to.equal(6);
          });

        for (const [who, isTold] of [
          ["a machine", byMachine],
          ["a person", byPerson],
        ] as const) {
          it(`${isTold ? "tell" : "do not tell"} people whom ${who} adds and removes`, async () => {
            const { scim } = server;
            const admin = await createUser(scim, { roles: [{ value: "provider-admin" }] });
            const client = who === "a person" ? await clientWith(server, { userName: admin.userName }) : scim;
            const organization = await createGroup(scim, [admin], { displayName: unique("Bakery") });
            expectStatus(
              await scim.patch(`/Users/${admin.id}`, {
                op: "add",
                path: `${MEMBERSHIP}:organizationRoles`,
                value: [{ value: "organization-admin", organization: organization.id }],
              }),
              200,
            );
            const inside = await clientWith(server, {
              organization: organization.id,
              ...(who === "a person" && { userName: admin.userName }),
            });
            const people = await Promise.all(
              [1, 2, 3].map(() => createUser(scim, { userName: address(), displayName: "Ann Lee" })),
            );
            const [first, second, third] = people.map(({ userName }) => userName);
            const members = people.slice(0, 2).map(({ id }) => ({ value: id }));
            const add = { op: "add", path: "members", value: members };
            expectStatus(await client.patch(`/Groups/${organization.id}`, add), 204);
            expectStatus(await inside.post("/Users", { schemas: [CORE_USER], userName: third }), 201);
            if (isTold) {
              for (const to of [first, second, third]) {
                const mail = await mailbox.expect(String(to));
                expect(mail.subject).to.equal(`You are now a member of ${String(organization.displayName)}`);
                expect(mail.text).to.include("Hello Ann Lee,").and.include("https://app.example.com/");
              }
            }
            const path = `members[value eq "${String(people[0]?.id)}"]`;
            expectStatus(await client.patch(`/Groups/${organization.id}`, { op: "remove", path }), 204);
            expectStatus(await inside.delete(`/Users/${String(people[2]?.id)}`), 204);
            if (isTold) {
              for (const to of [first, third]) {
                expect((await mailbox.expect(String(to), 2)).subject).to.include("no longer a member");
              }
            }
            // Whatever was written before has been sent by the time that this is.
            const last = address();
            expectStatus(
              await scim.post("/Invitations", {
                schemas: [INVITATION],
                organization: { value: organization.id },
                emails: [{ value: last }],
              }),
              201,
            );
            await mailbox.expect(last);
            expect([first, second, third].map((to) => mailbox.to(String(to)).length)).to.deep.equal(
              isTold ? [2, 1, 2] : [0, 0, 0],
            );
          });
        }
      });
    });
  }
});
