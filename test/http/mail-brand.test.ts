import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, MEMBERSHIP, unique } from "../support/factories.js";
import { MailServer } from "../support/mail.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

describe("Mail of a brand", () => {
  forEachEngine(
    (engine) => {
      const mailbox = new MailServer();
      let server: ServerInProcess;
      before(async () => {
        server = await startServer(engine, {
          SMTP_URL: await mailbox.start(),
          PRODUCT_NAME: "Acme & Co",
          PRODUCT_COLOR: "#FD0",
          PRODUCT_LOGO_URL: "https://example.com/logo.png",
          PRODUCT_CONTACT: "https://example.com/help/",
          PRODUCT_PRIVACY_URL: "https://example.com/privacy",
          MAIL_REPLY_TO: "Acme support <support@example.com>",
        });
      });
      after(async () => {
        await server.stop();
        await mailbox.stop();
      });

      it("has its logo, its colour where text in it can be read, and says where to ask", async () => {
        const userName = `${unique("ann")}@example.com`;
        const user = { schemas: [CORE_USER, MEMBERSHIP], userName, [MEMBERSHIP]: { sendSetupEmail: true } };
        expectStatus(await server.scim.post("/Users", user), 201);
        const { text = "", html, replyTo } = await mailbox.expect(userName);
        expect(replyTo?.text).to.equal('"Acme support" <support@example.com>');
        expect(text).to.match(/^Hello,\n\nAn account has been created for you on Acme & Co\. /);
        expect(text).to.match(
          /\n-- \nAcme & Co\nQuestions\? example\.com\/help\nPrivacy: https:\S+privacy\n*$/,
        );
        expect(html)
          .to.include('<html lang="en" dir="ltr">')
          .and.include('src="https://example.com/logo.png" alt="Acme &amp; Co"')
          .and.include("background: #7f6e00; color: #ffffff;")
          .and.include('<a class="quiet" href="https://example.com/help/"')
          .and.include('<a class="quiet" href="https://example.com/privacy"');
      });

      it("begins its sentences with a capital, and names roles as people read them", async () => {
        const organization = await createGroup(server.scim);
        const value = `${unique("ann")}@example.com`;
        const invitation = {
          ...{ schemas: [INVITATION], organization: { value: organization.id }, emails: [{ value }] },
          roles: [{ value: "organization-admin" }],
        };
        expectStatus(await server.scim.post("/Invitations", invitation), 201);
        const { text = "", html } = await mailbox.expect(value);
        expect(text)
          .to.match(/^Hello,\n\nYou are invited to join /)
          .and.include("\nYour role: Organization admin\n");
        expect(html).to.include("You are invited to join").and.include("Your role: Organization admin");
      });
    },
    ["SQLite"],
  );
});
