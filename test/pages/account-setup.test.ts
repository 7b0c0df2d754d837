import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { MEMBERSHIP } from "../support/factories.js";
import { linkIn } from "../support/mail.js";
import { expectFocus, expectNone } from "../support/waiting.js";
import {
  expectPage,
  expectRefusal,
  expectText,
  fill,
  headingOf,
  LONG_AGO,
  open,
  PASSWORD,
  press,
} from "./fixture.js";
import { JOIN_WITH_PASSWORD, usePages } from "./fixture.js";

const TITLE = "Set up your account";
const BUTTON = "Set the password";

describe("The page to set up an account", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let page: Page;

    beforeEach(async () => {
      page = await given.browser.open();
    });

    const choose = async (password: string, on = page) => {
      await fill(on, { "Choose a password": password });
      return press(on, BUTTON);
    };
    /** By the password, which lets its owner join an organization. */
    const expectPassword = async ({ userName }: Body, password: string) => {
      const acme = await given.organization();
      const invitation = await given.invite(acme, { emails: [{ value: userName }] });
      await open(page, await given.linkFor(invitation, given.mailbox.to(userName).length + 1));
      await fill(page, { Password: password });
      expect(await press(page, JOIN_WITH_PASSWORD)).to.equal(200);
      expect(await given.members(acme, userName)).to.have.length(1);
    };

    it("lets the owner choose a password, once", async () => {
      const { user, link } = await given.newcomer({ displayName: "Ann Lee" });
      expect(await open(page, link)).to.equal(200);
      await expectPage(page, TITLE);
      const text = await page.locator("main").innerText();
      expect(text).to.include("Welcome, Ann Lee.").and.include(user.userName);
      expect(await page.title()).to.equal(`${TITLE} – Acme Suite`);
      expect(await choose(PASSWORD)).to.equal(200);
      await expectPage(page, "Your account is ready");
      await expectText(page, user.userName);
      expect(await open(page, link)).to.equal(410);
      await expectPage(page, "Your account is already set up");
      await expectPassword(user, PASSWORD);
    });

    it("refuses a password that is easy to guess, or known from the name, and asks again", async () => {
      const { user, link } = await given.newcomer({ displayName: "Marguerite Yourcenar" });
      await open(page, link);
      for (const weak of ["password1", "yourcenar1"]) {
        expect(await choose(weak)).to.equal(400);
        await expectPage(page, TITLE);
        await expectRefusal(page, /easy to guess/);
        expect(await page.getByLabel("Choose a password").inputValue()).to.equal("");
      }
      expect(await choose(PASSWORD)).to.equal(200);
      await expectPassword(user, PASSWORD);
    });

    it("sends no password in the browser that is too short", async () => {
      await open(page, (await given.newcomer()).link);
      await page.getByLabel("Choose a password").pressSequentially("x7#q");
      await page.getByRole("button", { name: BUTTON }).click();
      await expectFocus(page.locator("#password:invalid"));
      expect(await headingOf(page)).to.equal(TITLE);
    });

    it("takes one password by a double click", async () => {
      const { user, link } = await given.newcomer();
      await open(page, link);
      await fill(page, { "Choose a password": PASSWORD });
      await page.getByRole("button", { name: BUTTON }).dblclick();
      await page.getByRole("heading", { name: /^Your account is (ready|already set up)$/ }).waitFor();
      await expectPassword(user, PASSWORD);
    });

    it("takes one of two passwords that come from two browsers at once", async () => {
      const { user, link } = await given.newcomer();
      const tries = await Promise.all(
        [PASSWORD, `${PASSWORD} again`].map(async (password) => {
          const own = await given.browser.open();
          await open(own, link);
          await fill(own, { "Choose a password": password });
          return { own, password };
        }),
      );
      const statuses = await Promise.all(tries.map(({ own }) => press(own, BUTTON)));
      expect([...statuses].sort()).to.deep.equal([200, 410]);
      const [right, wrong] = statuses[0] === 200 ? tries : [...tries].reverse();
      await expectPage(right!.own, "Your account is ready");
      await expectPage(wrong!.own, "Your account is already set up");
      await expectPassword(user, right!.password);
    });

    const closed: readonly [string, (user: Body) => Promise<unknown>, number, string][] = [
      ["it is too late", ({ id }) => given.expire("account_setups", id), 410, "This link has expired"],
      ["a newer link has been sent", (user) => sendAnother(user), 410, "There is a newer link"],
      [
        "the account has been deactivated",
        ({ id }) => given.change(`/Users/${id}`, "active", false),
        403,
        "Your account has been deactivated",
      ],
      [
        "the account has been deleted",
        ({ id }) => given.scim.delete(`/Users/${id}`),
        404,
        "This link does not work",
      ],
    ];
    /** As if a minute had passed since the last mail. */
    const sendAnother = async ({ id, userName }: Body) => {
      await given.server.database((session) =>
        session.rows("update muster_account_setups set sent_at = ? where account_id = ?", [LONG_AGO, id]),
      );
      await given.change(`/Users/${id}`, `${MEMBERSHIP}:sendSetupEmail`, true);
      await open(page, linkIn(await given.mailbox.expect(userName, 2)));
      await expectPage(page, TITLE);
    };

    for (const [what, change, status, heading] of closed) {
      it(`says so when ${what}, by the link and by a form that was open already`, async () => {
        const { user, link } = await given.newcomer();
        const before = await given.browser.open();
        await open(before, link);
        await change(user);
        expect(await choose(PASSWORD, before)).to.equal(status);
        await expectPage(before, heading);
        expect(await open(page, link)).to.equal(status);
        await expectPage(page, heading);
        await expectNone(page.locator("form"));
      });
    }

    it("is nothing that a link leads to which nobody made", async () => {
      const { link } = await given.newcomer();
      expect(await open(page, `${link.slice(0, -43)}${"A".repeat(43)}`)).to.equal(404);
      await expectPage(page, "This link does not work");
    });
  });
});
