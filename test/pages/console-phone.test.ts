import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { unique } from "../support/factories.js";
import { eventually, expectFocus, expectNone, expectTexts } from "../support/waiting.js";
import { administratorOf, enterConsole, expectTitle, person, useConsole } from "./console-fixture.js";
import { expectPage } from "./fixture.js";

/** The smallest that the console is for. */
const SMALL = { width: 360, height: 640 };

/** What can be tapped in the frame, and is hidden in part or covered where it is tapped. */
const DEAD = `[...document.querySelectorAll("header a, header button, [role=dialog] a, [role=dialog] button")]
  .filter((each) => !each.closest("[inert], [aria-hidden=true]"))
  .filter((each) => {
    const { left, top, right, bottom, width, height } = each.getBoundingClientRect();
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return left < 0 || right > innerWidth || bottom > innerHeight || width < 40 || height < 44 ||
      each.scrollWidth > each.clientWidth || !each.contains(hit);
  })
  .map((each) => each.textContent || each.getAttribute("aria-label"))`;

describe("The console on a phone", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let page: Page;

    const expectNothingDead = async () => {
      await expectNoSidewaysScrolling(page);
      await eventually(async () => expect(await page.evaluate(DEAD)).to.deep.equal([]));
    };
    const more = () => page.getByRole("button", { name: "More", exact: true });
    const sheet = () => page.getByRole("dialog", { name: "More" });

    beforeEach(async () => {
      admin = await person(given, unique("Ada"), ["provider-admin"]);
      const opened = await given.browser.open({ scripts: true, viewport: PHONE });
      page = await enterConsole(given, admin, "/provider/users", opened);
      await expectTitle(page, "Users");
    });

    it("has the first pages in a bar, and everything else in a sheet", async () => {
      const bar = page.getByRole("navigation", { name: "Pages" });
      await expectTexts(bar.getByRole("link"), ["Users", "Organizations", "Teams", "Invitations"]);
      await more().click();
      const links = sheet().getByRole("link");
      await expectTexts(links, ["Access tokens", "Activity", "Settings"]);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await picture(page, `console more ${engine.name} ${colorScheme}`);
        await expectAccessible(page);
      }
      await links.filter({ hasText: "Activity" }).click();
      await expectTitle(page, "Activity");
      await expectNone(sheet());
      await page.setViewportSize(SMALL);
      await more().click();
      await sheet()
        .getByRole("link", { name: "Activity" })
        .and(page.locator("[aria-current=page]"))
        .waitFor();
      await sheet().getByRole("button", { name: "Your sessions" }).click();
      await expectTitle(page, "Your sessions");
      await more().click();
      await sheet().getByRole("button", { name: "Sign out" }).click();
      await expectPage(page, "Sign in");
    });

    it("can be used by the keyboard, which comes back to where it was", async () => {
      await more().focus();
      await page.keyboard.press("Enter");
      await sheet().waitFor();
      await page.keyboard.press("Tab");
      await sheet().locator(":focus").waitFor();
      await page.keyboard.press("Escape");
      await sheet().waitFor({ state: "detached" });
      await expectFocus(more());
    });

    it("switches realm, in the sheet too", async () => {
      const organization = await given.organization();
      const both = await administratorOf(given, organization, unique("Bea"), ["provider-admin"]);
      const opened = await given.browser.open({ scripts: true, viewport: PHONE });
      page = await enterConsole(given, both, "/provider/users", opened);
      await expectTitle(page, "Users");
      await more().click();
      await sheet()
        .getByRole("button", { name: /You act in/ })
        .click();
      await page.getByRole("menuitem", { name: String(organization.displayName) }).click();
      await page.waitForURL((url) => url.pathname.includes(organization.id));
      await sheet().waitFor({ state: "detached" });
      await expectTitle(page, "Users");
      await more().click();
      await sheet().getByRole("link", { name: "Activity" }).waitFor();
      await expectNone(sheet().getByRole("link", { name: "Settings" }));
    });

    it("has nothing at 360 pixels that cannot be tapped", async () => {
      await page.setViewportSize(SMALL);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await expectNothingDead();
      await picture(page, `console frame ${engine.name}`);
      await more().click();
      await sheet().waitFor();
      await expectNothingDead();
    });
  });
});
