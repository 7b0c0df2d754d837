import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectUsable } from "../support/browser.js";
import { forEachEngine } from "../support/engines.js";
import { expectFocus } from "../support/waiting.js";
import * as pages from "./fixture.js";
import { expectPage, expectRefusal, fill, open, press, usePages } from "./fixture.js";

const BUTTON = "Create my account";

describe("The page for an administrator of the provider", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let page: Page;
    let link: string;

    beforeEach(async () => {
      page = await given.browser.open({ scripts: true });
      ({ link } = await given.server.services.administratorLinks.make());
      await open(page, link);
    });

    it("can be used by everybody, on a phone and on a desktop", async () => {
      await expectPage(page, "Create the administrator");
      await expectUsable(page, `for an administrator ${engine.name}`);
    });

    it("makes an account, once, and leads to sign in", async () => {
      const email = pages.address();
      await fill(page, { ...pages.ANN, "Your e-mail address": email });
      expect(await press(page, BUTTON)).to.equal(201);
      await expectPage(page, "Your account is ready");
      expect(await page.getByRole("link", { name: "Sign in" }).getAttribute("href")).to.match(/\/sign-in$/);
      await expectUsable(page, `of an administrator's account that is ready ${engine.name}`);
      const [account] = await given.accounts(email);
      expect(account).to.deep.include({ displayName: "Ann Lee", roles: [{ value: "provider-admin" }] });
      expect(await open(page, link)).to.equal(410);
      await expectPage(page, "This link has been used");
      await expectUsable(page, `of a used link for an administrator ${engine.name}`);
    });

    it("keeps what was entered, and says at the address that it is none", async () => {
      await fill(page, { ...pages.ANN, "Your e-mail address": "ann@example" });
      expect(await press(page, BUTTON)).to.equal(400);
      await expectRefusal(page, /Enter an e-mail address/);
      await expectFocus(page.locator("#email"));
      expect(await page.getByLabel("Last name").inputValue()).to.equal("Lee");
      expect(await page.getByLabel("Choose a password", { exact: true }).inputValue()).to.equal("");
      await expectUsable(page, `for an administrator without an address ${engine.name}`);
    });
  });
});
