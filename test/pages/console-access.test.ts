import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { expectNone } from "../support/waiting.js";
import { enterConsole, expectConsoleUsable, person, useConsole } from "./console-fixture.js";

const ORGANIZATION_ROLES = `${MEMBERSHIP}:organizationRoles`;

interface Role {
  readonly value: string;
  readonly type?: string;
}

describe("The console's tab Access of a person", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let acme: Body;
    let admin: Body;
    let boss: Body;
    let cleo: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      [boss, cleo] = [await person(given, "Bea Boss"), await person(given, "Cleo Marsh")];
      acme = await given.organization("Acme & <Sons>");
      const members = [boss, cleo].map(({ id }) => ({ value: id }));
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value: members });
      const value = [{ value: "organization-admin", organization: acme.id }];
      expectStatus(
        await given.scim.patch(`/Users/${boss.id}`, { op: "add", path: ORGANIZATION_ROLES, value }),
        200,
      );
      const finance = await given.team(acme, "Finance");
      await given.team(acme, "Kitchen");
      await given.change(`/Teams/${finance.id}`, "roles", [{ value: "organization-billing-manager" }]);
      await given.change(`/Teams/${finance.id}`, "members", [{ value: cleo.id, role: "team-manager" }]);
    });

    const openAccess = async (who: Body, user: Body, realm: string) => {
      page = await enterConsole(given, who, `/${realm}/users/${user.id}?tab=access`);
      await page.getByRole("heading", { level: 2, name: String(user.displayName) }).waitFor();
    };
    const change = (place: RegExp) => page.getByRole("button", { name: place }).click();
    const box = (name: string) => page.getByRole("checkbox", { name });
    const save = () => page.getByRole("button", { name: "Save" }).click();
    const saveAll = async () => {
      await save();
      await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    };
    const rolesOf = async (user: Body) => {
      const query = `?attributes=roles,${ORGANIZATION_ROLES}`;
      const body = expectStatus(await given.scim.get(`/Users/${user.id}${query}`), 200);
      const { organizationRoles = [] } = (body[MEMBERSHIP] ?? {}) as { organizationRoles?: Role[] };
      return [...((body.roles ?? []) as Role[]), ...organizationRoles].map(({ value, type = "" }) =>
        `${value} ${type}`.trim(),
      );
    };

    it("gives and takes roles in place, and leads to the team that gives one", async () => {
      await openAccess(boss, cleo, acme.id);
      const panel = page.getByRole("region", { name: "Cleo Marsh" });
      await panel.getByText("by the team Finance").waitFor();
      await change(/^Change roles in .*Acme/);
      await page.locator("input[type=checkbox]:focus").waitFor();
      await expectConsoleUsable(page, `console to change roles ${engine.name}`);
      await box("Organization billing manager").check();
      await box("Organization admin").check();
      await saveAll();
      await change(/^Change roles in .*Acme/);
      expect(await rolesOf(cleo)).to.have.members([
        ...["organization-billing-manager direct", "organization-admin direct"],
        "organization-billing-manager team",
      ]);
      await box("Organization billing manager").uncheck();
      await box("Organization admin").uncheck();
      await saveAll();
      expect(await rolesOf(cleo)).to.deep.equal(["organization-billing-manager team"]);
      await expectConsoleUsable(page, `console access of a person ${engine.name}`);
      await panel.getByText("Team manager").waitFor();
      await panel.getByRole("link", { name: "Finance" }).first().click();
      await page.getByRole("heading", { level: 2, name: "Finance" }).waitFor();
    });

    it("writes what was ticked for one person to nobody else, and leaves what others changed meanwhile", async () => {
      const [erin, finn] = [await person(given, unique("Erin")), await person(given, unique("Finn"))];
      const value = [erin, finn].map(({ id }) => ({ value: id }));
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      page = await enterConsole(given, boss, `/${acme.id}/users?sort=userName`);
      const show = async (who: Body) => {
        await page
          .getByRole("link", { name: String(who.displayName) })
          .first()
          .click();
        await page.getByRole("heading", { level: 2, name: String(who.displayName) }).waitFor();
      };
      // Both have been read then.
      for (const who of [erin, finn, erin]) await show(who);
      await page.getByRole("tab", { name: "Access" }).click();
      await change(/^Change roles in .*Acme/);
      await box("Organization admin").check();
      const question = page.getByRole("alertdialog", { name: "Discard what you entered?" });
      for (const elsewhere of [
        page.getByRole("link", { name: String(finn.displayName) }).first(),
        page.getByRole("tab", { name: "Profile" }),
      ]) {
        await elsewhere.click();
        await question.getByRole("button", { name: "Keep editing" }).click();
        await box("Organization admin").and(page.locator(":checked")).waitFor();
      }
      await page
        .getByRole("link", { name: String(finn.displayName) })
        .first()
        .click();
      await question.getByRole("button", { name: "Discard it" }).click();
      await page.getByRole("heading", { level: 2, name: String(finn.displayName) }).waitFor();
      await page.getByRole("button", { name: /^Change roles in .*Acme/ }).waitFor();
      await show(erin);
      await change(/^Change roles in .*Acme/);
      await box("Organization admin").check();
      const organizationRoles = [{ value: "organization-billing-manager", organization: acme.id }];
      await given.scim.patch(`/Users/${erin.id}`, {
        ...{ op: "add", path: ORGANIZATION_ROLES, value: organizationRoles },
      });
      await page.keyboard.press("j");
      await saveAll();
      expect(await rolesOf(finn)).to.deep.equal([]);
      expect(await rolesOf(erin)).to.have.members([
        "organization-admin direct",
        "organization-billing-manager direct",
      ]);
      await given.scim.delete(`/Users/${erin.id}`);
    });

    it("asks before somebody gives up their own role, and says that the last administrator stays", async () => {
      await openAccess(boss, boss, acme.id);
      await change(/^Change roles/);
      await box("Organization admin").uncheck();
      await save();
      const dialog = page.getByRole("alertdialog", { name: /^Remove your own role/ });
      await dialog.getByRole("button", { name: "Remove my role" }).click();
      await dialog
        .getByText(/without an administrator; make another person an administrator first/)
        .waitFor();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      expect(await rolesOf(boss)).to.deep.equal(["organization-admin direct"]);
    });

    it("changes roles in the provider and in each organization in the provider's realm", async () => {
      const dan = await person(given, unique("Dan"));
      const value = [{ value: dan.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      await openAccess(admin, dan, "provider");
      await change(/^Change roles in the provider/);
      await expectNone(page.getByRole("checkbox", { name: /^Organization/ }));
      await box("Provider admin").check();
      await saveAll();
      await change(/^Change roles in .*Acme/);
      await box("Organization admin").check();
      await saveAll();
      expect(await rolesOf(dan)).to.deep.equal(["provider-admin", "organization-admin direct"]);
      await openAccess(admin, boss, "provider");
      await change(/^Change roles in .*Acme/);
      await box("Organization admin").uncheck();
      // Dan is one, too.
      await save();
      await page.getByText("Plain member").waitFor();
      await openAccess(admin, dan, "provider");
      await change(/^Change roles in .*Acme/);
      await box("Organization admin").uncheck();
      await save();
      await page
        .getByRole("alert")
        .getByText(/leave an organization without an administrator/)
        .waitFor();
    });
  });
});
