import type { Page } from "playwright-core";
import { PHONE } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { expectFocus, expectNone } from "../support/waiting.js";
import { enterConsole, expectPanel, expectTitle, person, useConsole } from "./console-fixture.js";

describe("The focus in the console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      for (const displayName of ["Ann Lee", "Bob Stone"]) await createUser(given.scim, { displayName });
    });
    beforeEach(async () => {
      page = await enterConsole(given, admin, "/provider/users");
      await expectTitle(page, "Users");
    });

    it("goes back to the row of a person who is closed", async () => {
      await page.getByRole("link", { name: "Ann Lee" }).click();
      await expectPanel(page, "Ann Lee");
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { level: 2, name: "Ann Lee" }).waitFor({ state: "detached" });
      await expectFocus(page.getByRole("link", { name: "Ann Lee" }));
    });

    it("does not go behind a person on a phone", async () => {
      await page.setViewportSize(PHONE);
      await page.getByRole("link", { name: "Ann Lee" }).click();
      await expectPanel(page, "Ann Lee");
      await page.locator("[inert] input[type=search]").waitFor({ state: "attached" });
      await page.locator("input[type=search]").focus();
      await expectNone(page.locator("input[type=search]:focus"));
    });

    it("stays in the list when the row is gone, and a person can be deactivated where they are open", async () => {
      await page.getByRole("link", { name: "Ann Lee" }).click();
      await page.getByRole("button", { name: "Deactivate" }).click();
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: /^Deactivate/ })
        .click();
      await page.getByText("Ann Lee was deactivated.").waitFor();
      await page.getByRole("button", { name: "Activate", exact: true }).waitFor();
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "Remove Bob Stone" }).click();
      await page.getByRole("button", { name: "Delete the account" }).click();
      await page.getByRole("link", { name: "Bob Stone" }).waitFor({ state: "detached" });
      await expectFocus(page.getByRole("heading", { level: 1, name: "Users" }));
    });
  });
});
