import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectUsable } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { linkIn } from "../support/mail.js";
import * as pages from "./fixture.js";
import { expectPage, expectRefusal, expectText, fill, open, PASSWORD, press, usePages } from "./fixture.js";

const NAME = "User name or e-mail address";
const OTHER = "another long passphrase 41";

describe("The pages of a person's addresses", () => {
  forEachEngine((engine) => {
    const fixture = usePages(engine);
    let page: Page;
    let sam: Body;
    let session: string;
    const person = () => createUser(fixture.scim, { userName: pages.address(), password: PASSWORD });

    beforeEach(async () => {
      page = await fixture.browser.open({ scripts: true });
      sam = await person();
      session = fixture.scim.url.replace("/scim/v2", "/console/session");
      await open(page, session.replace("session", "sign-in"));
      await enterPassword(sam);
      await expectPage(page, "You are signed in");
    });

    const enterPassword = async ({ userName }: Body) => {
      await fill(page, { [NAME]: userName, Password: PASSWORD });
      await press(page, "Sign in");
    };
    const ask = async (address: string, password = PASSWORD) => {
      await fill(page, { "E-mail address": address, "Current password": password });
      await press(page, "Send me a link");
    };
    const askForLink = async (address: string) => {
      await page.getByRole("link", { name: "Addresses" }).click();
      await expectPage(page, "Your addresses");
      await ask(address);
      return linkIn(await fixture.mailbox.expect(address));
    };
    const enterCurrentPassword = async (button: string, password = PASSWORD) => {
      await fill(page, { "Current password": password });
      return press(page, button);
    };
    const listed = () => page.locator(".addresses li").allInnerTexts();

    it("can be used by everybody, on a phone and on a desktop", async () => {
      await open(page, `${session}/addresses`);
      await expectUsable(page, `of addresses ${engine.name}`);
    });

    it("of a link can be used by everybody, on a phone and on a desktop", async () => {
      await open(page, await askForLink(pages.address()));
      await expectUsable(page, `to confirm an address ${engine.name}`);
    });

    it("lead from an address by a link to a user name", async () => {
      const mine = pages.address();
      const link = await askForLink(mine);
      await expectPage(page, "Your addresses");
      expect((await listed())[1])
        .to.include(mine)
        .and.include("We sent a link");
      await open(page, link);
      await expectPage(page, "Confirm your address");
      await expectText(page, mine);
      await press(page, "Confirm the address");
      await expectPage(page, "Your addresses");
      expect((await listed())[1])
        .to.include(mine)
        .and.include("Proved on");
      await press(page, `Make ${mine} my user name`);
      await expectPage(page, "Change your user name");
      await expectText(page, mine);
      await expectUsable(page, `to change the user name ${engine.name}`);
      expect(await enterCurrentPassword("Make it my user name", OTHER)).to.equal(403);
      await expectRefusal(page, /password is wrong/);
      await enterCurrentPassword("Make it my user name");
      await expectPage(page, "Your addresses");
      expect((await listed())[0])
        .to.include(mine)
        .and.include("Your user name");
      await open(page, link);
      await expectPage(page, "This link does not work");
    });

    it("say at the field what is wrong, and keep the address", async () => {
      const mine = pages.address();
      await open(page, `${session}/addresses`);
      await ask(mine, OTHER);
      await expectRefusal(page, /password is wrong/);
      expect(await page.getByLabel("E-mail address").inputValue()).to.equal(mine);
      await ask("sam@nowhere");
      await expectRefusal(page, /e-mail address/);
    });

    it("ask a person who is signed out to sign in, and go on", async () => {
      const link = await askForLink(pages.address());
      await page.context().clearCookies();
      await open(page, link);
      await expectPage(page, "Sign in");
      await enterPassword(sam);
      await expectPage(page, "Confirm your address");
    });

    it("lead a person who is signed in to another account to the sign-in", async () => {
      const link = await askForLink(pages.address());
      await page.context().clearCookies();
      await open(page, session.replace("session", "sign-in"));
      await enterPassword(await person());
      await open(page, link);
      await expectPage(page, "This link does not work here");
      await expectUsable(page, `of a link to an address of another account ${engine.name}`);
      await page.getByRole("link", { name: "Sign in with another account" }).click();
      await enterPassword(sam);
      await expectPage(page, "Confirm your address");
    });

    it("remove an address", async () => {
      const mine = pages.address();
      await askForLink(mine);
      await press(page, `Remove ${mine}`);
      await expectPage(page, "Remove an address");
      await expectUsable(page, `to remove an address ${engine.name}`);
      await enterCurrentPassword("Remove the address");
      await expectPage(page, "Your addresses");
      expect(await listed()).to.have.length(1);
    });

    it("say why an address of another account becomes no user name", async () => {
      const other = await person();
      await open(page, await askForLink(other.userName));
      await press(page, "Confirm the address");
      await press(page, `Make ${other.userName} my user name`);
      expect(await enterCurrentPassword("Make it my user name")).to.equal(409);
      await expectRefusal(page, /Another account has the user name/);
      await expectUsable(page, `of an address that another account has ${engine.name}`);
    });
  });
});
