import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectUsable } from "../support/browser.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { Site } from "../support/site.js";
import * as pages from "./fixture.js";
import { emailOf, expectPage, fill, open, PASSWORD, press, usePages } from "./fixture.js";

describe("Pages of a product", () => {
  forEachEngine((engine) => {
    const given = usePages(engine, (site) => ({
      PRODUCT_LOGO_URL: `${site}/logo.svg`,
      ACCEPTED_URL: `${site}/welcome?from=muster`,
    }));
    let page: Page;

    beforeEach(async () => {
      given.site.visits.length = 0;
      page = await given.browser.open();
    });

    const expectLanded = async () => {
      await expectPage(page, "Hello");
      expect(page.url()).to.equal(`${given.siteOrigin}/welcome?from=muster`);
      expect(given.site.visitsOf("/welcome?from=muster")).to.deep.equal([
        { path: "/welcome?from=muster", referer: undefined, cookie: undefined },
      ]);
    };

    it("show its logo, and tell the logo's server nothing", async () => {
      await open(page, await given.newLink(await given.organization()));
      await page.getByRole("img", { name: "Acme Suite" }).waitFor();
      expect(await page.evaluate("document.images[0].naturalWidth")).to.equal(120);
      expect(given.site.visits).to.deep.equal([{ path: "/logo.svg", referer: undefined, cookie: undefined }]);
    });

    it("send a new person on to it who has joined, without a word of the link", async () => {
      const acme = await given.organization();
      const invitation = await given.invite(acme);
      const link = await given.linkFor(invitation);
      await open(page, link);
      await fill(page, pages.ANN);
      expect(await press(page, pages.JOIN_AS_NEW)).to.equal(200);
      await expectLanded();
      expect(await given.members(acme, emailOf(invitation))).to.have.length(1);
    });

    it("send a person with an account on to it, and lead there from the used link", async () => {
      const user = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
      const link = await given.newLink(await given.organization(), { emails: [{ value: user.userName }] });
      await open(page, link);
      await fill(page, { Password: PASSWORD });
      await press(page, pages.JOIN_WITH_PASSWORD);
      await expectLanded();
      given.site.visits.length = 0;
      await open(page, link);
      await page.getByRole("link", { name: "Continue to Acme Suite" }).click();
      await expectLanded();
    });

    it("send a person on to it who has set up an account", async () => {
      const { link } = await given.newcomer();
      await open(page, link);
      await fill(page, { "Choose a password": PASSWORD });
      expect(await press(page, "Set the password")).to.equal(200);
      await expectLanded();
    });

    it("end there after a double click, too", async () => {
      const acme = await given.organization();
      const invitation = await given.invite(acme);
      await open(page, await given.linkFor(invitation));
      await fill(page, pages.ANN);
      await page.getByRole("button", { name: pages.JOIN_AS_NEW }).dblclick();
      await page
        .getByRole("heading", { name: /^(Hello|You have already accepted this invitation)$/ })
        .waitFor();
      expect(await given.members(acme, emailOf(invitation))).to.have.length(1);
    });

    it("can be used by everybody, with the logo and the way on to the product", async () => {
      const usable = await given.browser.open({ scripts: true });
      const { link } = await given.newcomer();
      await open(usable, link);
      await expectUsable(usable, `logo ${engine.name}`);
      await fill(usable, { "Choose a password": PASSWORD });
      await press(usable, "Set the password");
      await open(usable, link);
      await usable.getByRole("link", { name: "Continue to Acme Suite" }).waitFor();
      await expectUsable(usable, `way on ${engine.name}`);
    });

    it("ask nobody else for anything", async () => {
      await open(page, await given.newLink(await given.organization()));
      await page.getByRole("link", { name: "Decline" }).click();
      await press(page, "Decline the invitation");
      await open(page, (await given.newcomer()).link);
      const origins = given.browser.requested.map((url) => new URL(url).origin);
      expect(new Set(origins)).to.deep.equal(new Set([new URL(given.scim.url).origin, given.siteOrigin]));
    });
  });
});

describe("A product whose first page leads elsewhere, to sign in", () => {
  forEachEngine(
    (engine) => {
      const other = new Site();
      let elsewhere: string;
      before(async () => {
        elsewhere = await other.start();
      });
      after(() => other.stop());
      const given = usePages(engine, (site) => ({
        ACCEPTED_URL: `${site}/login?to=${encodeURIComponent(`${elsewhere}/sign-in`)}`,
      }));

      it("is reached all the same, with a form's answer behind it", async () => {
        const page = await given.browser.open();
        await open(page, await given.newLink(await given.organization()));
        await fill(page, pages.ANN);
        await page.getByRole("button", { name: pages.JOIN_AS_NEW }).click();
        await expectPage(page, "Hello");
        expect(page.url()).to.equal(`${elsewhere}/sign-in`);
      });
    },
    ["SQLite"],
  );
});
