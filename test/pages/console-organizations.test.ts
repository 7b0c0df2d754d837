import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP, unique } from "../support/factories.js";
import { expectNone } from "../support/waiting.js";
import {
  enterConsole,
  expectConsoleUsable,
  expectQuery,
  expectTabTitle,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";

describe("Organizations in the console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let boss: Body;
    let acme: Body;
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

    it("opens one beside the list, and leads to its people, teams and invitations", async () => {
      page = await enterConsole(given, admin, "/provider/organizations");
      await page.getByRole("link", { name: "Acme & <Sons>" }).click();
      const panel = page.getByRole("region", { name: "Acme & <Sons>" });
      await panel.getByRole("link", { name: "Teams" }).waitFor();
      await expectConsoleUsable(page, `console organization ${engine.name}`);
      await panel.getByRole("link", { name: "1 member" }).click();
      await expectTitle(page, "Users");
      await expectQuery(page, { organization: acme.id });
      await page.getByRole("link", { name: "Bea Boss" }).waitFor();
      await expectNone(page.getByRole("link", { name: "Ada Lovelace" }));
    });

    it("creates, renames and deletes one, the last only after its name was typed", async () => {
      const [name, renamed] = [unique("Delta"), unique("Echo")];
      page = await enterConsole(given, admin, "/provider/organizations");
      await page.getByRole("link", { name: "Create organization" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("acme & <sons>");
      await page.getByRole("button", { name: "Create the organization" }).click();
      await page
        .getByText(/displayName/)
        .first()
        .waitFor();
      await page.getByRole("textbox", { name: "Name" }).fill(name);
      await page.getByRole("button", { name: "Create the organization" }).click();
      await page.getByRole("heading", { level: 2, name }).waitFor();
      const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      const members = { op: "add", path: "members", value: [{ value: admin.id }] };
      expectStatus(await given.scim.patch(`/Groups/${id}`, members), 204);
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("dialog", { name: "Edit the organization" }).waitFor();
      await expectTabTitle(page, `Edit the organization · ${name} · Organizations · Acme Suite`);
      await page.getByRole("textbox", { name: "Name" }).fill(renamed);
      const named = page
        .waitForResponse((answer) => answer.url().endsWith("/console/session"))
        .then(async (answer) => (await answer.text()).includes(renamed));
      await page.getByRole("button", { name: "Save" }).click();
      // The frame, which names the realms of the person, hears of the new name.
      expect(await named).to.equal(true);
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.getByRole("heading", { level: 2, name: renamed }).waitFor();
      await expectTabTitle(page, `${renamed} · Organizations · Acme Suite`);
      await page.getByRole("button", { name: "Delete" }).click();
      const act = page.getByRole("button", { name: "Delete the organization" });
      await act.and(page.locator(":disabled")).waitFor();
      await page.getByRole("textbox", { name: /^Type the name to confirm/ }).fill(renamed);
      await act.click();
      await page.waitForURL((url) => url.pathname.endsWith("/provider/organizations"));
      expectStatus(await given.scim.get(`/Groups/${id}`), 404);
    });

    it("takes an organization back that was chosen for roles", async () => {
      page = await enterConsole(given, admin, "/provider/users");
      await page.getByRole("checkbox", { name: "Select Bea Boss" }).check();
      await page.getByRole("button", { name: "Change roles" }).click();
      await page.getByRole("combobox", { name: "Organization" }).fill("acme");
      await page.getByRole("option", { name: "Acme & <Sons>" }).click();
      await page.getByRole("checkbox", { name: "Organization admin" }).waitFor();
      await expectConsoleUsable(page, `console roles in an organization ${engine.name}`);
      await page.getByRole("button", { name: "Take back: Acme & <Sons>" }).click();
      await page.getByRole("combobox", { name: "Organization" }).waitFor();
      await expectNone(page.getByRole("checkbox", { name: "Organization admin" }));
    });

    it("shows an organization's administrator the own one, which is neither renamed nor deleted there", async () => {
      page = await enterConsole(given, boss, `/${acme.id}/organization`);
      await expectTitle(page, "Acme & <Sons>");
      await page.getByRole("link", { name: "1 member" }).waitFor();
      await expectConsoleUsable(page, `console own organization ${engine.name}`);
      await expectNone(page.getByRole("button", { name: "Delete" }));
      await page.getByRole("link", { name: "Edit", exact: true }).click();
      await page.getByRole("textbox", { name: "Description" }).fill("They make everything");
      await expectNone(page.getByRole("textbox", { name: "Name" }));
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("They make everything").waitFor();
    });
  });
});
