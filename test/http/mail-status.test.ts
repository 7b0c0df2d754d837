import { expect } from "chai";
import { UndeliverableError } from "../../src/delivery/mail/transport.js";
import { expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { Outgoing } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const SETUP = `${MEMBERSHIP}:setupMailStatus`;

const outgoing = new Outgoing();

describeServer(
  "What became of mail",
  (scim, server) => {
    let acme: Body;
    let own: ScimClient;
    let others: ScimClient;

    before(async () => {
      acme = await createGroup(scim);
      own = await clientWith(server(), { organization: acme.id });
      others = await clientWith(server(), { organization: (await createGroup(scim)).id });
    });
    afterEach(() => {
      outgoing.fault = undefined;
    });

    /** Waits until it is so. */
    async function until<T>(value: () => Promise<T>, expected: T): Promise<void> {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const found = await value();
        if (found === expected) return;
        if (Date.now() > deadline) expect(found).to.equal(expected);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    const invite = async (...addresses: string[]) =>
      expectStatus(
        await own.post("/Invitations", {
          ...{ schemas: [INVITATION], emails: addresses.map((value) => ({ value })) },
        }),
        201,
      );
    const addresses = async ({ id }: Body) =>
      (await read(own, `/Invitations/${id}?attributes=emails`)).emails as {
        value: string;
        mailStatus?: string;
        mailStatusAt?: string;
      }[];
    const statusOf = async (invitation: Body) => (await addresses(invitation))[0]?.mailStatus;

    it("is told for each address of an Invitation, on request", async () => {
      const [one, two] = [`${unique("Guest")}@Example.com`, `${unique("guest")}@example.com`];
      const invitation = await invite(one, two, "*@example.org");
      expect(invitation.emails).to.deep.equal([{ value: one }, { value: two }, { value: "*@example.org" }]);
      await until(
        async () => (await addresses(invitation)).filter(({ mailStatus }) => mailStatus === "sent").length,
        2,
      );
      const [first, , domain] = await addresses(invitation);
      expect(first?.mailStatusAt).to.match(/^\d{4}-/);
      expect(domain).to.deep.equal({ value: "*@example.org" });
      for (const client of [own, scim]) {
        const found = await client.find(
          "/Invitations",
          `id eq "${invitation.id}" and emails[mailStatus eq "sent"]`,
        );
        expectList(found, 1);
      }
      expectList(await others.find("/Invitations", `emails.mailStatus eq "sent"`), 0);
    });

    it("is that it waits while the mail server does not take it, and that it was sent later", async () => {
      outgoing.fault = new Error("busy");
      const invitation = await invite(`${unique("guest")}@example.com`);
      expect(await statusOf(invitation)).to.equal("waiting");
      outgoing.fault = undefined;
      await server().ahead(60_000, async () => {
        await until(() => statusOf(invitation), "sent");
      });
    });

    it("is that it was given up", async () => {
      outgoing.fault = new UndeliverableError("no such mailbox");
      const invitation = await invite(`${unique("guest")}@example.com`);
      await until(() => statusOf(invitation), "failed");
      outgoing.fault = undefined;
      await server().ahead(120_000, async () => {
        expectStatus(await own.post(`/Invitations/${invitation.id}/resend`, {}), 200);
        await until(() => statusOf(invitation), "sent");
      });
    });

    it("stays as it is when a client sends it back", async () => {
      const invitation = await invite(`${unique("guest")}@example.com`);
      await until(() => statusOf(invitation), "sent");
      const emails = (await addresses(invitation)).map((email) => ({ ...email, mailStatus: "failed" }));
      expectStatus(
        await own.put(`/Invitations/${invitation.id}`, { ...invitation, emails, name: "New" }),
        200,
      );
      expect(await statusOf(invitation)).to.equal("sent");
    });

    it("is told of the mail to set up an account, to the realm that asked for it", async () => {
      const status = async (client: ScimClient, { id }: Body) =>
        (
          (await read(client, `/Users/${id}?attributes=${SETUP}`))[MEMBERSHIP] as
            { setupMailStatus: string } | undefined
        )?.setupMailStatus;
      outgoing.fault = new UndeliverableError("no such mailbox");
      const userName = `${unique("erin")}@example.com`;
      const erin = await createUser(own, { userName, [MEMBERSHIP]: { sendSetupEmail: true } });
      await until(() => status(own, erin), "failed");
      expect(await status(scim, erin)).to.equal("failed");
      expectList(await own.find("/Users", `${SETUP} eq "failed"`), 1);
      expectList(await own.find("/Users", `${SETUP} eq "sent"`), 0);
      outgoing.fault = undefined;
      await server().ahead(120_000, async () => {
        const again = { op: "add", path: `${MEMBERSHIP}:sendSetupEmail`, value: true };
        expectStatus(await own.patch(`/Users/${erin.id}`, again), 200);
        await until(() => status(own, erin), "sent");
      });
      await scim.patch(`/Groups/${others.url === "" ? "" : (await read(others, "/Realm")).id}`, {
        ...{ op: "add", path: "members", value: [{ value: erin.id }] },
      });
      expect(await status(others, erin)).to.equal(undefined);
    });
  },
  {},
  outgoing.options,
);
