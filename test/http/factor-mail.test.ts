import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import { forEachEngine } from "../support/engines.js";
import { unique } from "../support/factories.js";
import { MailServer } from "../support/mail.js";
import { GuardedPeople, PASSWORD, setUpFactor } from "../support/second-factor.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

describe("Mail on second factors", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let people: GuardedPeople;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), PRODUCT_NAME: "Acme Suite" });
      people = new GuardedPeople(server.scim, () => server);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    it("says what happened to which account, and what to do if it was another person", async () => {
      const { sam } = await people.guarded({ displayName: "Sam <Example>" });
      const added = await mailbox.expect(sam.userName);
      expect(added.subject).to.equal("A second factor was set up for your account on Acme Suite");
      expect(added.text).to.include(sam.userName).and.include("If you did not set it up");
      expect(added.html).to.include("Hello Sam &lt;Example&gt;").and.include("Forgot your password?");
      expectStatus(await server.scim.post(`/Users/${sam.id}/remove-second-factor`, {}), 200);
      const removed = await mailbox.expect(sam.userName, 2);
      expect(removed.subject).to.equal("The second factor of your account on Acme Suite was removed");
      expect(removed.text).to.include("your password alone is enough to sign in");
    });

    it("names the organization whose password it is about, as that one names the person", async () => {
      const { acme, own } = await people.organization();
      const work = `${unique("work")}@acme.example`;
      const names = { userName: unique("dana"), displayName: "Dana of Acme", emails: [{ value: work }] };
      const dana = await people.createdBy(own, names);
      await setUpFactor(await people.signedIn(dana, PASSWORD, acme.id), PASSWORD);
      const { text = "" } = await mailbox.expect(work);
      expect(text.replaceAll("\u2060", "")).to.include(`your account at ${acme.displayName} on Acme Suite`);
      expect(text).to.include("Hello Dana of Acme").and.include(names.userName);
    });

    it("is no more than six in an hour to one person", async () => {
      const { sam } = await people.guarded();
      for (let turn = 0; turn < 4; turn += 1) {
        expectStatus(await server.scim.post(`/Users/${sam.id}/remove-second-factor`, {}), 200);
        await mailbox.expect(sam.userName, Math.min(6, 2 * turn + 2));
        await setUpFactor(await people.signedIn(sam), PASSWORD);
        await mailbox.expect(sam.userName, Math.min(6, 2 * turn + 3));
      }
      const after = await people.person();
      await setUpFactor(await people.signedIn(after), PASSWORD);
      await mailbox.expect(after.userName);
      expect(mailbox.to(sam.userName)).to.have.length(6);
    });

    it("is not suppressed by what an organization has sent about the factor of its own password", async () => {
      const { acme, own } = await people.organization();
      const [userName, work] = [`${unique("victim")}@example.com`, `${unique("work")}@acme.example`];
      const victim = await people.createdBy(own, { userName, emails: [{ value: work }] });
      for (let turn = 1; turn <= 3; turn += 1) {
        await setUpFactor(await people.signedIn(victim, PASSWORD, acme.id), PASSWORD);
        expectStatus(await own.post(`/Users/${victim.id}/remove-second-factor`, {}), 200);
        await mailbox.expect(work, 2 * turn);
      }
      const chosen = `${PASSWORD} of the person`;
      const write = { op: "replace", path: "password", value: chosen };
      expectStatus(await server.scim.patch(`/Users/${victim.id}`, write), 200);
      await setUpFactor(await people.signedIn(victim, chosen), chosen);
      expect((await mailbox.expect(userName)).subject).to.include("A second factor was set up");
    });
  });
});
