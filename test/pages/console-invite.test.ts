import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { enterConsole, expectConsoleUsable, expectTitle, person, useConsole } from "./console-fixture.js";
import { address, fill } from "./fixture.js";

describe("The console, to invite people", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let team: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      acme = await given.organization("Acme");
      team = await given.team(acme, "Support");
    });
    beforeEach(async () => {
      page = await enterConsole(given, admin, "/provider/users");
      await expectTitle(page, "Users");
      await page.getByRole("link", { name: "Invite", exact: true }).click();
      await page.getByRole("dialog", { name: "Invite people" }).waitFor();
    });

    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    const pick = async (label: string, typed: string, option: string) => {
      await page.getByRole("combobox", { name: label }).fill(typed);
      await page.getByRole("option", { name: option }).click();
    };
    const invitationOf = async (email: string) => {
      const found = expectList(await given.scim.find("/Invitations", `emails.value eq "${email}"`));
      return expectStatus(await given.scim.get(`/Invitations/${found[0]?.id}`), 200);
    };

    it("invites one person, with teams and roles", async () => {
      const email = address();
      await fill(page, { "E-mail": email, "First name": "Ann", "Last name": "Lee" });
      await press("Invite");
      await page.getByText("Choose the organization first.").waitFor();
      await pick("Organization", "acm", "Acme");
      await pick("Teams", "sup", "Support");
      await page.getByLabel("Organization billing manager").check();
      await expectConsoleUsable(page, `console to invite ${engine.name}`);
      await press("Invite");
      await page.getByText("Ann Lee was invited.").waitFor();
      const invitation = await invitationOf(email);
      expect(invitation).to.deep.include({ givenName: "Ann", familyName: "Lee" });
      expect((invitation.roles as Body[])[0]?.value).to.equal("organization-billing-manager");
      expect((invitation.teams as Body[])[0]?.value).to.equal(team.id);
      expect((await given.mailbox.expect(email)).to).to.exist;
    });

    it("invites many from a list, and names each line that is wrong before", async () => {
      await page.getByLabel("Many, from a list").check();
      await pick("Organization", "acm", "Acme");
      const [first, second, third] = [address(), address(), address()];
      await page
        .getByLabel("List", { exact: true })
        .fill(
          [
            "First name,Last name,E-mail",
            `Ann,Lee,${first}`,
            `Bob van Stone <${second}>`,
            `"Young, the",Zoe;${third}`,
            "Nobody",
            "bad@address",
            first.toLowerCase(),
          ].join("\n"),
        );
      await page.getByText("3 lines are left out").waitFor();
      await page.getByText("Line 5: There is no e-mail address.").waitFor();
      await page.getByText("Line 6: “bad@address” is no e-mail address.").waitFor();
      await page.getByText("Line 7: The address is in line 2 already.").waitFor();
      await expectConsoleUsable(page, `console to invite many ${engine.name}`);
      await press("Invite 3 people");
      await page.getByText("3 people were invited.").waitFor();
      expect(await invitationOf(second)).to.deep.include({ givenName: "Bob van", familyName: "Stone" });
      expect(await invitationOf(third)).to.deep.include({ givenName: "Young, the", familyName: "Zoe" });
    });

    it("reads names by the titles of columns, whatever their order, and leaves out other columns", async () => {
      await page.getByLabel("Many, from a list").check();
      await pick("Organization", "acm", "Acme");
      const [first, second] = [address(), address()];
      await page
        .getByLabel("List", { exact: true })
        .fill(
          [
            "Department,Last,First,E-mail,Manager's e-mail",
            `Sales,Lee,Ann,${first},boss@x.example`,
            `Law,,Bo,${second},`,
            "Law,Old,Olga,,boss@x.example",
          ].join("\n"),
        );
      await page.getByText("Line 4: There is no e-mail address.").waitFor();
      await press("Invite 2 people");
      await page.getByText("2 people were invited.").waitFor();
      expect(await invitationOf(first)).to.deep.include({ givenName: "Ann", familyName: "Lee" });
      expect(await invitationOf(second))
        .to.deep.include({ givenName: "Bo" })
        .and.not.have.property("familyName");
    });

    it("keeps the list of those who were not invited, and says what is not known", async () => {
      await page.getByLabel("Many, from a list").check();
      await pick("Organization", "acm", "Acme");
      const [first, second] = [address(), address()];
      await page.getByLabel("List", { exact: true }).fill(`${first}\n${second},Ann,"Lee, Dr"`);
      // An answer that breaks off.
      await page.route("**/scim/v2/Bulk", (route) => route.fulfill({ status: 200, body: '{"Opera' }));
      await press("Invite 2 people");
      await page.getByText("It is not known whether this was done for 2 of them").waitFor();
      await page.unroute("**/scim/v2/Bulk");
      await page.getByRole("link", { name: "Invite", exact: true }).click();
      await page.getByText("The list has those who were not invited the last time.").waitFor();
      await press("Invite 2 people");
      await page.getByText("2 people were invited.").waitFor();
      expect(await invitationOf(second)).to.deep.include({ givenName: "Ann", familyName: "Lee, Dr" });
      await page.getByRole("link", { name: "Invite", exact: true }).click();
      await page.getByRole("radio", { name: "One person" }).and(page.locator(":checked")).waitFor();
    });
  });
});
