import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { expectNone } from "../support/waiting.js";
import { consoleUrl, enterConsole, expectTitle, person, useConsole } from "./console-fixture.js";
import { open } from "./fixture.js";

describe("The console in several tabs", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let zoe: Body;
    let page: Page;

    beforeEach(async () => {
      admin = await person(given, unique("Ada"), ["provider-admin"]);
      acme = await given.organization(unique("Acme"));
      zoe = await createUser(given.scim, {
        userName: `${unique("zoe")}@acme.example`,
        displayName: "Zoe Ash",
      });
      const value = [zoe, admin].map(({ id }) => ({ value: id }));
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value }), 204);
      const roles = [{ value: "organization-admin", organization: acme.id }];
      const path = `${MEMBERSHIP}:organizationRoles`;
      expectStatus(await given.scim.patch(`/Users/${admin.id}`, { op: "add", path, value: roles }), 200);
      page = await enterConsole(given, admin, "/provider/users");
      await switchTo(page, String(acme.displayName));
      await page.getByRole("link", { name: "Users" }).click();
      await expectTitle(page, "Users");
    });

    const switchTo = async (tab: Page, realm: string) => {
      await tab.getByRole("button", { name: /^You act in/ }).click();
      await tab.getByRole("menuitem", { name: realm }).click();
      await tab.getByRole("button", { name: `You act in ${realm}` }).waitFor();
    };
    const secondTab = async () => {
      const tab = await page.context().newPage();
      await open(tab, consoleUrl(given, `/${acme.id}/users`));
      await expectTitle(tab, "Users");
      return tab;
    };

    it("takes a question back that was asked in another realm than the one that another tab switched to", async () => {
      await page.getByRole("button", { name: "Remove Zoe Ash" }).click();
      await page.getByRole("alertdialog").waitFor();
      const other = await secondTab();
      await switchTo(other, "Acme Suite");
      await page.getByRole("alertdialog").waitFor({ state: "detached" });
      await page.getByText("This page is in").waitFor();
      expectStatus(await given.scim.get(`/Users/${zoe.id}`), 200);
      await other.close();
    });

    it("does nothing in another realm, though it has not heard of the switch", async () => {
      await page.getByRole("button", { name: "Remove Zoe Ash" }).click();
      // By the form of the session's page, which tells no tab.
      await page.evaluate(
        async (address) => {
          const state = await fetch(address, { headers: { Accept: "application/json" } });
          const { csrf } = (await state.json()) as { csrf: string };
          await fetch(address, {
            method: "PATCH",
            headers: { "Content-Type": "application/json", "Muster-CSRF": csrf },
            body: JSON.stringify({ realm: "provider" }),
          });
        },
        consoleUrl(given, "/session"),
      );
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: /^Remove/ })
        .click();
      await page.getByText("This page is in").waitFor();
      expectStatus(await given.scim.get(`/Users/${zoe.id}`), 200);
      const members = expectStatus(await given.scim.get(`/Groups/${acme.id}`), 200).members ?? [];
      expect(members.map(({ value }) => value)).to.include(zoe.id);
    });

    it("asks before a switch of the realm stops what runs", async () => {
      let answer: () => void = () => undefined;
      const isAnswered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      await page.route("**/scim/v2/Bulk", async (route) => {
        await isAnswered;
        await route.fulfill({ json: { Operations: [{ method: "DELETE", status: "204" }] } });
      });
      await page.getByRole("button", { name: "Remove Zoe Ash" }).click();
      const question = page.getByRole("alertdialog");
      await question.getByRole("button", { name: /^Remove/ }).click();
      await page.getByText(/^Removing .Zoe Ash/).waitFor();
      const choose = async () => {
        await page.getByRole("button", { name: /^You act in/ }).click();
        await page.getByRole("menuitem", { name: "Acme Suite" }).click();
        await question.getByRole("heading", { name: /^Stop what runs/ }).waitFor();
      };
      await choose();
      await question.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: `You act in ${acme.displayName}` }).waitFor();
      await choose();
      await question.getByRole("button", { name: "Stop it and switch" }).click();
      await page.getByRole("button", { name: "You act in Acme Suite" }).waitFor();
      answer();
    });

    it("knows what may be done where the session acts again", async () => {
      const other = await secondTab();
      await switchTo(other, "Acme Suite");
      await page.getByText("This page is in").waitFor();
      await switchTo(page, String(acme.displayName));
      await page.getByRole("link", { name: "Users" }).click();
      await page.getByRole("link", { name: "Zoe Ash" }).waitFor();
      await other.close();
    });

    it("leaves nothing on the screen when the person signs out in another tab", async () => {
      const other = await secondTab();
      await other.getByRole("button", { name: /your account$/ }).click();
      await other.getByRole("menuitem", { name: "Sign out" }).click();
      await page.waitForURL((url) => url.pathname.endsWith("/sign-in"));
      await expectNone(page.getByText("Zoe Ash"));
      await other.close();
    });
  });
});
