import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { unique } from "../support/factories.js";
import { BrowserOfPerson } from "../support/signed-in.js";
import { expectFocus, expectValue } from "../support/waiting.js";
import { enterConsole, expectConsoleUsable, expectTitle, person, useConsole } from "./console-fixture.js";
import { expectPage, PASSWORD } from "./fixture.js";

describe("The console and one's own sessions", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let page: Page;

    beforeEach(async () => {
      admin = await person(given, unique("Ada"), ["provider-admin"]);
    });

    const elsewhere = async () => {
      const browser = new BrowserOfPerson(() => given.server);
      await browser.signIn(admin.userName, PASSWORD);
      return async () => (await browser.send("GET", "/console/session")).status;
    };

    /** The session ends in a minute, whatever one does. */
    const endsSoon = async () => {
      await page.route("**/console/session", async (route) => {
        const response = await route.fetch();
        const expiresAt = new Date(Date.now() + 60_000).toISOString();
        await route.fulfill({ response, json: { ...((await response.json()) as object), expiresAt } });
      });
      await page.reload();
      await page.getByRole("button", { name: "Sign in again now" }).waitFor();
    };

    it("shows them, ends one, and signs out everywhere", async () => {
      const [one, other] = [await elsewhere(), await elsewhere()];
      page = await enterConsole(given, admin);
      await page.getByRole("button", { name: /your account$/ }).click();
      await page.getByRole("menuitem", { name: "Your sessions" }).click();
      await expectTitle(page, "Your sessions");
      await page.getByText("This one").waitFor();
      await expectConsoleUsable(page, `console own sessions ${engine.name}`);
      await page.getByRole("button", { name: "End", exact: true }).first().click();
      await page.getByRole("button", { name: "End the session" }).click();
      await page.getByRole("button", { name: "End", exact: true }).nth(1).waitFor({ state: "detached" });
      expect([await one(), await other()].sort()).to.deep.equal([200, 401]);
      await page.getByRole("button", { name: "Sign out everywhere" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
      await expectPage(page, "Sign in");
      expect([await one(), await other()]).to.deep.equal([401, 401]);
    });

    it("warns before a session ends that is not used, which one can put off", async () => {
      page = await enterConsole(given, admin, "/provider/users");
      await expectTitle(page, "Users");
      await page.clock.install();
      const { idleTimeout } = await page.evaluate<{ idleTimeout: number }>(
        "fetch('session', { headers: { Accept: 'application/json' } }).then((answer) => answer.json())",
      );
      await page.reload();
      await expectTitle(page, "Users");
      await page.clock.fastForward((idleTimeout - 60) * 1000);
      await page.getByText(/You will be signed out at/).waitFor();
      await page.getByRole("button", { name: "Stay signed in" }).click();
      await page.getByText(/You will be signed out at/).waitFor({ state: "detached" });
    });

    it("lets one stay signed in while a dialog is open, also by the keyboard", async () => {
      page = await enterConsole(given, admin, "/provider/users/create");
      await endsSoon();
      await page.getByLabel("First name").fill("Half typed");
      await page.keyboard.press("F6");
      await expectFocus(page.getByRole("region", { name: "Notices" }));
      await page.keyboard.press("Tab");
      await expectFocus(page.getByRole("button", { name: "Sign in again now" }));
      await page.keyboard.press("F6");
      await expectFocus(page.getByLabel("First name"));
      await expectValue(page.getByLabel("First name"), "Half typed");
      await expectConsoleUsable(page, `console notice over a dialog ${engine.name}`);
    });

    it("lets one sign in again before the end, or leave it at that, and loses nothing", async () => {
      page = await enterConsole(given, admin, "/provider/users/create");
      await endsSoon();
      await page.getByLabel("First name").fill("Half typed");
      await page.getByRole("button", { name: "Sign in again now" }).click();
      await page.getByLabel("User name or e-mail address").fill("ada");
      // As when one comes back from another tab.
      const asked = page.waitForResponse((answer) => answer.url().endsWith("/console/session"));
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await asked;
      await expectConsoleUsable(page, `console to sign in again ${engine.name}`);
      await expectValue(page.getByLabel("User name or e-mail address"), "ada");
      await page.getByRole("button", { name: "Cancel" }).last().click();
      await page.getByRole("heading", { name: "Sign in again" }).waitFor({ state: "detached" });
      await expectValue(page.getByLabel("First name"), "Half typed");
    });

    it("asks for the password when it has ended, though nobody does anything, and loses nothing", async () => {
      page = await enterConsole(given, admin, "/provider/users/create");
      await page.clock.install();
      await page.reload();
      await page.getByLabel("First name").fill("Half typed");
      await page.context().clearCookies();
      await page.clock.fastForward(100 * 3_600_000);
      await page.getByRole("heading", { name: "Sign in again" }).waitFor();
      await page.getByLabel("User name or e-mail address").fill(admin.userName);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Sign in again" }).waitFor({ state: "detached" });
      await expectValue(page.getByLabel("First name"), "Half typed");
    });
  });
});
