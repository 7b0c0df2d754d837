import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { unique } from "../support/factories.js";
import { BrowserOfPerson } from "../support/signed-in.js";
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

    it("asks for the password when it has ended, though nobody does anything, and loses nothing", async () => {
      page = await enterConsole(given, admin, "/provider/users/create");
      await page.clock.install();
      await page.reload();
      await page.getByLabel("First name").fill("Half typed");
      await page.context().clearCookies();
      await page.clock.fastForward(100 * 3_600_000);
      await page.getByRole("heading", { name: "Sign in again" }).waitFor();
      await page.getByLabel("User name or e-mail address").fill(admin.userName);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Sign in again" }).waitFor({ state: "detached" });
      expect(await page.getByLabel("First name").inputValue()).to.equal("Half typed");
    });
  });
});
