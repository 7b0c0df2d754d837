import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectUsable } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import * as pages from "./fixture.js";
import { expectPage, expectRefusal, expectText, fill, open, PASSWORD, press, usePages } from "./fixture.js";

const OTHER = "another long passphrase 41";
const NAME = "User name or e-mail address";

describe("The page to sign in", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let page: Page;
    let sam: Body;
    let acme: Body;
    let address: string;

    before(async () => {
      acme = await given.organization("Acme & <Sons>");
    });

    beforeEach(async () => {
      page = await given.browser.open({ scripts: true });
      sam = await createUser(given.scim, {
        userName: pages.address(),
        password: PASSWORD,
        displayName: "Sam",
      });
      const value = [{ value: sam.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      address = given.scim.url.replace("/scim/v2", "/console/sign-in");
      await open(page, address);
    });

    const signIn = async () => {
      await fill(page, { [NAME]: sam.userName, Password: PASSWORD });
      await press(page, "Sign in");
      await expectPage(page, "You are signed in");
    };

    it("can be used by everybody, on a phone and on a desktop", async () => {
      await expectPage(page, "Sign in");
      await expectUsable(page, `to sign in ${engine.name}`);
    });

    it("keeps the name, and says that one of the two is wrong", async () => {
      await fill(page, { [NAME]: sam.userName, Password: OTHER });
      expect(await press(page, "Sign in")).to.equal(403);
      await expectRefusal(page, /name or the password is wrong/);
      expect(await page.getByLabel(NAME).inputValue()).to.equal(sam.userName);
      expect(await page.getByLabel("Password", { exact: true }).inputValue()).to.equal("");
      await expectUsable(page, `to sign in after a wrong password ${engine.name}`);
    });

    it("leads to a page that says who one is and where, and to other realms", async () => {
      await signIn();
      await expectUsable(page, `of a person signed in ${engine.name}`);
      await expectText(page, "Sam", "Acme & <Sons>");
      await press(page, "Switch");
      await expectPage(page, "You are signed in");
      expect(await page.locator("option").allInnerTexts()).to.deep.equal(["Acme & <Sons>"]);
    });

    it("is where signing out leads, and back does not sign in again", async () => {
      await signIn();
      await press(page, "Sign out");
      await expectPage(page, "Sign in");
      await page.goto(address.replace("sign-in", "session"));
      await expectPage(page, "Sign in");
    });

    it("has an address of its own for each organization", async () => {
      await open(page, `${address}/${acme.id}`);
      await expectPage(page, "Sign in to Acme & <Sons>");
      await expectUsable(page, `to sign in to an organization ${engine.name}`);
      await fill(page, { "User name": sam.userName, Password: PASSWORD });
      await press(page, "Sign in");
      await expectPage(page, "You are signed in");
    });

    it("says at an unknown address that there is nothing", async () => {
      expect(await open(page, `${address}/01a21a87-7f45-77af-b0a4-79232d15d9e1`)).to.equal(404);
      await expectPage(page, "There is nothing here");
      await expectUsable(page, `of an organization that does not exist ${engine.name}`);
    });
  });
});
