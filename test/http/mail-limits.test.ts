import { expect } from "chai";
import { expectError, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, unique } from "../support/factories.js";
import { MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const address = () => `${unique("reader")}@example.com`;

describe("Mail has limits", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let organization: Body;

    before(async () => {
      server = await startServer(engine, {
        SMTP_URL: await mailbox.start(),
        MAIL_PER_TOKEN: "5",
        MAIL_PER_ORGANIZATION: "8",
        MAIL_PER_ADDRESS: "3",
      });
    });
    beforeEach(async () => {
      organization = await createGroup(server.scim);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const machine = () => clientWith(server, {});
    const invitation = (emails: readonly string[], within = organization) => ({
      schemas: [INVITATION],
      organization: { value: within.id },
      ...(emails.length > 0 && { emails: emails.map((value) => ({ value })) }),
    });

    it("by token, and what is refused is not half done", async () => {
      const client = await machine();
      const invite = (count: number) =>
        client.post("/Invitations", invitation(Array.from({ length: count }, address)));
      expectStatus(await invite(4), 201);
      const late = invitation([address(), address()]);
      const refused = await client.post("/Invitations", late);
      expectError(refused, { status: 429 });
      expect(Number(refused.headers["retry-after"])).to.be.within(1, 86_400);
      // What was refused has not been counted.
      expectStatus(await invite(1), 201);
      expectError(await client.post("/Invitations", invitation([])), { status: 429 });
      expectStatus(await (await machine()).post("/Invitations", late), 201);
      for (const { value } of late.emails ?? []) await mailbox.expect(value);
    });

    it("by organization, whoever invites", async () => {
      const other = await createGroup(server.scim);
      for (let n = 0; n < 2; n += 1) {
        const four = Array.from({ length: 4 }, address);
        expectStatus(await (await machine()).post("/Invitations", invitation(four)), 201);
      }
      expectError(await (await machine()).post("/Invitations", invitation([address()])), { status: 429 });
      expectStatus(await (await machine()).post("/Invitations", invitation([address()], other)), 201);
    });

    it("by address, in any case", async () => {
      const to = address();
      for (const each of [to, to.toUpperCase(), to]) {
        expectStatus(await (await machine()).post("/Invitations", invitation([each])), 201);
      }
      const fourth = await (await machine()).post("/Invitations", invitation([to]));
      expectError(fourth, { status: 429 });
      await mailbox.expect(to, 3);
    });

    it("in Bulk, where each operation has its own answer", async () => {
      const client = await machine();
      const { Operations } = expectStatus(
        await client.post("/Bulk", {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
          Operations: Array.from({ length: 7 }, (_, n) => ({
            method: "POST",
            path: "/Invitations",
            bulkId: String(n),
            data: invitation([address()]),
          })),
        }),
        200,
      ) as unknown as { Operations: { status: string }[] };
      expect(Operations.map(({ status }) => status)).to.deep.equal([
        ...["201", "201", "201", "201", "201"],
        ...["429", "429"],
      ]);
    });

    it("for all processes on one database", async () => {
      const second = await startServer(engine, {
        DATABASE_URL: server.databaseUrl,
        SMTP_URL: mailbox.url,
        MAIL_PER_ORGANIZATION: "8",
      });
      const four = () => invitation(Array.from({ length: 4 }, address));
      expectStatus(await (await machine()).post("/Invitations", four()), 201);
      expectStatus(await (await clientWith(second, {})).post("/Invitations", four()), 201);
      expectError(await (await machine()).post("/Invitations", invitation([address()])), { status: 429 });
      await second.stop();
    });
  });
});
