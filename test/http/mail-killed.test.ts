import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup } from "../support/factories.js";
import { MailServer } from "../support/mail.js";
import { startProcess, startServer } from "../support/server.js";

const MINUTE = 60_000;

describe("The mail of a process that was killed", () => {
  forEachEngine((engine) => {
    it("is taken over by another one within a minute, and not before its claim is over", async () => {
      const mailbox = new MailServer();
      const SMTP_URL = await mailbox.start();
      mailbox.hang(true);
      const databaseUrl = await engine.databaseUrl();
      const killed = await startProcess(databaseUrl, "KILL", { SMTP_URL });
      const organization = { value: (await createGroup(killed.scim, [])).id };
      expectStatus(
        await killed.scim.post("/Invitations", {
          schemas: ["urn:muster:params:scim:schemas:core:2.0:Invitation"],
          organization,
          emails: [{ value: "guest@example.com" }],
        }),
        201,
      );
      await mailbox.expect("guest@example.com");
      await killed.stop();
      mailbox.hang(false);

      let ahead = 0;
      const other = await startServer(
        engine,
        { DATABASE_URL: databaseUrl, SMTP_URL },
        () => Date.now() + ahead,
      );
      const [mail] = await other.database((session) =>
        session.rows<{ claimed_until: string }>("select claimed_until from muster_outbox"),
      );
      expect(Date.parse(mail?.claimed_until ?? "") - Date.now()).to.be.within(1, MINUTE - 1);
      expect(mailbox.to("guest@example.com")).to.have.length(1);
      ahead = MINUTE;
      await mailbox.expect("guest@example.com", 2);
      await other.stop();
      await mailbox.stop();
    });
  });
});
