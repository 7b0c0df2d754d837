import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import {
  CORE_USER,
  createUser,
  ENTERPRISE_USER as ENTERPRISE,
  MEMBERSHIP,
  unique,
} from "../support/factories.js";
import { expectFocus, expectValue } from "../support/waiting.js";
import { consoleUrl, enterConsole, expectConsoleUsable, person, useConsole } from "./console-fixture.js";
import { address, fill, open } from "./fixture.js";

describe("The form to edit a person in the console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let acme: Body;
    let admin: Body;
    let boss: Body;
    let ann: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      boss = await person(given, "Bea Boss");
      acme = await given.organization("Acme & <Sons>");
      const value = [{ value: boss.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${boss.id}`, { op: "add", path, value: roles }), 200);
    });
    beforeEach(async () => {
      ann = await createUser(given.scim, {
        ...{ schemas: [CORE_USER, ENTERPRISE], userName: address(), displayName: unique("Ann Lee") },
        ...{ name: { givenName: "Ann", familyName: "Lee", formatted: "Ann Lee, MSc" }, title: "Engineer" },
        emails: [
          { value: "ann@work.example", type: "work", primary: true },
          { value: "ann@home.example", type: "home", display: "At home" },
        ],
        phoneNumbers: [{ value: "+49 30 1", type: "work" }],
        addresses: [{ streetAddress: "Main 1", postalCode: "10115", locality: "Berlin", type: "work" }],
        [ENTERPRISE]: { department: "Sales", manager: { value: boss.id } },
      });
    });

    const openForm = async (who: Body, user: Body, realm = "provider") => {
      page = await enterConsole(given, who, `/${realm}/users/${user.id}`);
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("dialog", { name: "Edit the person" }).waitFor();
    };
    const save = () => page.getByRole("button", { name: "Save" }).click();
    const saved = () => page.getByRole("dialog").waitFor({ state: "detached" });
    const accountOf = async ({ id }: Body) => expectStatus(await given.scim.get(`/Users/${id}`), 200);
    const entry = (name: string) => page.getByRole("group", { name, exact: true });

    it("writes what was changed, and leaves the rest as it is", async () => {
      await openForm(admin, ann);
      await page.getByText("This is the person’s account").waitFor();
      await page.getByRole("button", { name: "Remove: Bea Boss" }).waitFor();
      await expectConsoleUsable(page, `console to edit a person ${engine.name}`);
      await fill(page, { "First name": "Anna", Title: "", "Cost center": "42", "External id": "hr-7" });
      await entry("E-mail 2").getByLabel("Address").fill("anna@home.example");
      await entry("E-mail 2").getByLabel("Primary").check();
      await page.getByRole("button", { name: "Add phone" }).click();
      await entry("Phone 2").getByLabel("Number").fill("+49 170 2 ");
      await entry("Phone 2").getByLabel("Kind").fill("mobile");
      await page.getByRole("button", { name: "Remove Address 1" }).click();
      const sent = page.waitForRequest((request) => request.method() === "PATCH");
      await save();
      const { Operations } = (await sent).postDataJSON() as { Operations: { path: string }[] };
      expect(Operations.map(({ path }) => path)).to.have.members([
        ...["name.givenName", "title", `${ENTERPRISE}:costCenter`, "externalId", "emails", "phoneNumbers"],
        "addresses",
      ]);
      await saved();
      await page.getByText("anna@home.example").waitFor();
      const now = await accountOf(ann);
      expect(now).to.deep.include({
        ...{ externalId: "hr-7", name: { givenName: "Anna", familyName: "Lee", formatted: "Ann Lee, MSc" } },
        emails: [
          { value: "ann@work.example", type: "work" },
          { value: "anna@home.example", type: "home", display: "At home", primary: true },
        ],
        phoneNumbers: [
          { value: "+49 30 1", type: "work" },
          { value: "+49 170 2", type: "mobile" },
        ],
      });
      expect(now[ENTERPRISE]).to.deep.equal({
        department: "Sales",
        costCenter: "42",
        manager: { value: boss.id },
      });
      expect(now).to.not.have.any.keys("title", "addresses");
    });

    it("shows what the server refuses at the field that it is of", async () => {
      await openForm(admin, ann);
      await fill(page, { "User name": boss.userName });
      await save();
      await page.getByText(/already exists/).waitFor();
      await expectFocus(page.locator("input[name=userName]"));
      await fill(page, { "User name": ann.userName, Department: "d".repeat(401) });
      await save();
      await page.getByText(/at most 400/).waitFor();
      await expectFocus(page.locator("input[name=department]"));
      await fill(page, { Department: "Sales" });
      await entry("E-mail 1").getByLabel("Address").fill("e".repeat(401));
      await save();
      await page.getByRole("group", { name: "E-mail", exact: true }).getByRole("alert").waitFor();
    });

    it("shows both values when another administrator changed the person meanwhile", async () => {
      await openForm(admin, ann);
      await fill(page, { Title: "Manager" });
      await given.change(`/Users/${ann.id}`, "title", "Director");
      await given.change(`/Users/${ann.id}`, "emails", [{ value: "new@work.example", type: "work" }]);
      await save();
      await page.getByText("Another administrator changed the person meanwhile").waitFor();
      await page.getByRole("row", { name: /^Title\s+Director\s+Manager/ }).waitFor();
      await page.getByRole("row", { name: /^E-mail.*new@work\.example/ }).waitFor();
      await expectValue(entry("E-mail 1").getByLabel("Address"), "new@work.example");
      await save();
      await saved();
      expect(await accountOf(ann)).to.deep.include({
        ...{ title: "Manager", emails: [{ value: "new@work.example", type: "work" }] },
      });
    });

    it("changes the record of an organization alone in its realm, and says so", async () => {
      const value = [{ value: ann.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      await openForm(boss, ann, acme.id);
      await page.getByText(/This is what .* keeps of the person/).waitFor();
      await fill(page, { "Display name": "Ann of Acme", "External id": "a-1" });
      await save();
      await page.getByRole("heading", { level: 2, name: "Ann of Acme" }).waitFor();
      const account = await accountOf(ann);
      expect(account).to.include({ displayName: ann.displayName, active: true });
      expect(account).to.not.have.property("externalId");
    });

    it("says by which token a person was provisioned, whom the next sync may overwrite", async () => {
      const { operator } = given.server.services;
      const { secret } = await operator.issueToken("Okta", { organization: acme.id });
      const client = new ScimClient(() => ({ url: given.scim.url, token: secret }));
      const pushed = await createUser(client, { userName: address(), displayName: unique("Pushed") });
      page = await enterConsole(given, boss, `/${acme.id}/users/${pushed.id}`);
      await page.getByText("Provisioned by Okta; the next sync may overwrite a change here.").waitFor();
      page = await enterConsole(given, admin, `/provider/users/${pushed.id}`);
      await page.getByText(/^Created by Okta of Acme & <Sons>\. The account follows/).waitFor();
      await open(page, consoleUrl(given, `/provider/users/${ann.id}`));
      await page.getByText(/^Provisioned by/).waitFor();
    });
  });
});
