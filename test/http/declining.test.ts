import { expect } from "chai";
import { expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, unique } from "../support/factories.js";
import { act, fillIn, look, openPage } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const ANN = { givenName: "Ann", familyName: "Lee", password: "correct horse battery staple 9" };

const address = () => `${unique("Guest")}@example.com`;

describe("Declining an invitation", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let organization: Body;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start() });
      scim = server.scim;
      organization = await createGroup(scim);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const invite = async (...emails: string[]): Promise<Body> => {
      const invitation = {
        schemas: [INVITATION],
        organization: { value: organization.id },
        emails: emails.map((value) => ({ value })),
      };
      return expectStatus(await scim.post("/Invitations", invitation), 201);
    };

    it("ends it for the person, tells administrators, and gets no more mail", async () => {
      const email = address();
      const invitation = await invite(email);
      const link = linkIn(await mailbox.expect(email));
      expect((await act(link, "decline")).status).to.equal(204);
      for (const answer of [await look(link), await act(link, "accept", ANN), await act(link, "decline")]) {
        expect(answer.status).to.equal(410);
        expect(answer.body).to.deep.include({
          reason: "declined",
          organization: { value: organization.id, display: organization.displayName },
        });
      }
      const after = await read(scim, `/Invitations/${invitation.id}`);
      expect(after).to.deep.include({ status: "declined", declinedBy: [{ value: email }] });
      const found = `id eq "${invitation.id}" and status eq "declined" and declinedBy.value eq "${email}"`;
      expectList(await scim.find("/Invitations", found), 1);
      expectStatus(await scim.post(`/Invitations/${invitation.id}/resend`, {}), 400);
      const events = expectList(await scim.find("/AuditEvents", `target.value eq "${invitation.id}"`));
      expect(events.find(({ detail }) => detail === "declined")).to.deep.include({
        action: "change",
        changes: ["declinedBy"],
        detail: "declined",
      });
    });

    it("leaves it to the others, and a new offer is one to everybody again", async () => {
      const [one, two] = [address(), address()];
      const invitation = await invite(one, two);
      const [first, second] = [linkIn(await mailbox.expect(one)), linkIn(await mailbox.expect(two))];
      await act(first, "decline");
      expect(await read(scim, `/Invitations/${invitation.id}`)).to.include({ status: "pending" });
      expect((await look(second)).status).to.equal(200);
      const change = { op: "add", path: "roles", value: [{ value: "other" }] };
      expectStatus(await scim.patch(`/Invitations/${invitation.id}`, change), 200);
      const again = linkIn(await mailbox.expect(one, 2));
      expect((await act(again, "accept", ANN)).status).to.equal(200);
      expect((await look(first)).status).to.equal(410);
    });

    it("is no matter of a link that is nobody's own", async () => {
      const open = expectStatus(
        await scim.post("/Invitations", {
          schemas: [INVITATION],
          organization: { value: organization.id },
        }),
        201,
      );
      expect((await act(String(open.link), "decline")).status).to.equal(400);
    });

    it("has a page, and happens by its form alone", async () => {
      const email = address();
      const invitation = await invite(email);
      const link = linkIn(await mailbox.expect(email));
      expect((await openPage(link)).text).to.include("Decline");
      const question = await openPage(`${link}/decline`);
      expect(question.status).to.equal(200);
      expect(question.text).to.include("Decline the invitation to <bdi>");
      expect(await read(scim, `/Invitations/${invitation.id}`)).to.include({ status: "pending" });
      expect((await fillIn(link, "decline", {})).text).to.include("You have declined");
      expect(await read(scim, `/Invitations/${invitation.id}`)).to.include({ status: "declined" });
    });
  });
});
