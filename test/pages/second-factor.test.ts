import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import { expectUsable } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, ORGANIZATION } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { codeOf, wrongCodeOf } from "../support/second-factor.js";
import { expectNone } from "../support/waiting.js";
import * as pages from "./fixture.js";
import { expectPage, expectRefusal, expectText, fill, open, PASSWORD, press, usePages } from "./fixture.js";

const NAME = "User name or e-mail address";
const CODE = "Code of your app";

const STEP_MS = 30_000;

/**
 * The code before the present one, which is left for the next question. Close to the end of a step of time, its end is
 * waited for: the code would be too old when it is sent.
 */
async function earlierCode(secret: string): Promise<string> {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < STEP_MS / 3) await wait(left + 100);
  return codeOf({ secret }, -1);
}

describe("The pages of the second factor", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let page: Page;
    let sam: Body;
    let session: string;

    beforeEach(async () => {
      page = await given.browser.open({ scripts: true });
      sam = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
      session = given.scim.url.replace("/scim/v2", "/console/session");
      await enterPassword();
      await expectPage(page, "You are signed in");
    });

    const enterPassword = async () => {
      await open(page, session.replace("session", "sign-in"));
      await fill(page, { [NAME]: sam.userName, Password: PASSWORD });
      await press(page, "Sign in");
    };

    /** @returns the key that the page shows to type into the app */
    const begin = async () => {
      await open(page, `${session}/factor`);
      await fill(page, { "Current password": PASSWORD });
      await press(page, "Set up a second factor");
      await expectPage(page, "Set up a second factor");
      return (await page.locator(".key code").innerText()).replaceAll(" ", "");
    };

    const setUp = async () => {
      const secret = await begin();
      await fill(page, { [CODE]: await earlierCode(secret) });
      await press(page, "Confirm");
      await expectPage(page, "Save your recovery codes");
      return { secret, recoveryCodes: await page.locator(".codes code").allInnerTexts() };
    };

    it("lead from the password by a picture and a code to recovery codes, and can be used by everybody", async () => {
      await open(page, `${session}/factor`);
      await expectPage(page, "Second factor");
      await expectUsable(page, `of the second factor ${engine.name}`);
      const secret = await begin();
      expect(await page.locator(".picture svg").count()).to.equal(1);
      await expectUsable(page, `to set up a second factor ${engine.name}`);
      await fill(page, { [CODE]: wrongCodeOf({ secret }) });
      await press(page, "Confirm");
      await expectRefusal(page, /code/);
      await fill(page, { [CODE]: await earlierCode(secret) });
      await press(page, "Confirm");
      await expectPage(page, "Save your recovery codes");
      expect(await page.locator(".codes code").count()).to.equal(10);
      await expectUsable(page, `of recovery codes ${engine.name}`);
      await open(page, `${session}/factor`);
      await expectText(page, "10 of 10");
      await expectUsable(page, `of a second factor that is set up ${engine.name}`);
    });

    it("ask for the code of the app after the password", async () => {
      const app = await setUp();
      await page.context().clearCookies();
      await enterPassword();
      await expectPage(page, "Enter your code");
      await expectUsable(page, `to enter a code ${engine.name}`);
      await fill(page, { [CODE]: wrongCodeOf(app) });
      await press(page, "Sign in");
      await expectRefusal(page, /code/);
      await fill(page, { [CODE]: codeOf(app) });
      await press(page, "Sign in");
      await expectPage(page, "You are signed in");
    });

    it("take a recovery code from somebody without the app", async () => {
      const { recoveryCodes } = await setUp();
      await page.context().clearCookies();
      await enterPassword();
      await page.getByRole("link", { name: "Use a recovery code" }).click();
      await fill(page, { "Recovery code": recoveryCodes[0] ?? "" });
      await expectUsable(page, `to enter a recovery code ${engine.name}`);
      await press(page, "Sign in");
      await expectPage(page, "You are signed in");
      await open(page, `${session}/factor`);
      await expectText(page, "9 of 10");
    });

    it("lead an administrator without one to it first, where the organization requires it", async () => {
      const acme = await given.organization();
      const members = { op: "add", path: "members", value: [{ value: sam.id }] };
      expectStatus(await given.scim.patch(`/Groups/${acme.id}`, members), 204);
      const own = await clientWith(given.server, { organization: acme.id });
      await own.patch(`/Users/${sam.id}`, {
        ...{ op: "replace", path: "roles", value: [{ value: "organization-admin" }] },
      });
      await given.change(`/Groups/${acme.id}`, `${ORGANIZATION}:requiresSecondFactor`, true);
      await page.context().clearCookies();
      await enterPassword();
      await expectPage(page, "You are signed in");
      const notice = page.locator(".notice");
      expect(await notice.innerText()).to.include("Your role here needs a second factor");
      await expectUsable(page, `of a session that needs a second factor ${engine.name}`);
      await page.getByRole("link", { name: "Set up a second factor" }).click();
      await fill(page, { "Current password": PASSWORD });
      await press(page, "Set up a second factor");
      const secret = (await page.locator(".key code").innerText()).replaceAll(" ", "");
      await fill(page, { [CODE]: await earlierCode(secret) });
      await press(page, "Confirm");
      await page.getByRole("link", { name: "I have saved them" }).click();
      await expectPage(page, "You are signed in");
      await expectNone(notice);
      await expectText(page, "You are an administrator here.");
    });

    it("remove the factor, after which the password is enough", async () => {
      const app = await setUp();
      await open(page, `${session}/factor`);
      const label = (await page.getByLabel(CODE).count()) > 0 ? CODE : "Current password";
      await fill(page, { [label]: label === CODE ? codeOf(app) : PASSWORD });
      await press(page, "Remove the second factor");
      await page.context().clearCookies();
      await enterPassword();
      await expectPage(page, "You are signed in");
    });
  });
});
