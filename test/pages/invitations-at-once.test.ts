import { expect } from "chai";
import type { Page } from "playwright-core";
import { memberCount, read } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { codeIn } from "../support/mail.js";
import * as pages from "./fixture.js";
import { emailOf, expectPage, fill, headingOf, open, PASSWORD, press, usePages } from "./fixture.js";

describe("Accepting an invitation on its page several times at once", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let acme: Body;
    let welcome: string;

    beforeEach(async () => {
      acme = await given.organization();
      welcome = `Welcome to ${String(acme.displayName)}`;
    });

    /** A page of somebody's own, filled in and ready to be sent. */
    const ready = async (link: string, fields: Record<string, string> = pages.ANN, page?: Page) => {
      const own = page ?? (await given.browser.open());
      await open(own, link);
      await fill(own, fields);
      return own;
    };
    /** Presses the button on all pages at the same instant. @returns what comes, sorted */
    const pressAll = async (all: readonly Page[], button: string) => {
      await Promise.all(all.map((page) => press(page, button)));
      return (await Promise.all(all.map(headingOf))).sort();
    };
    const expectOneMember = async (userName: string) => {
      expect(await given.accounts(userName)).to.have.length(1);
      expect(await given.members(acme, userName)).to.have.length(1);
      expect(await memberCount(given.scim, acme.id)).to.equal(1);
    };

    it("joins once by a double click, and ends on a page that says so", async () => {
      const invitation = await given.invite(acme);
      const page = await ready(await given.linkFor(invitation));
      await page.getByRole("button", { name: pages.JOIN_AS_NEW }).dblclick();
      await page
        .getByRole("heading", { name: /^(Welcome to|You have already accepted this invitation$)/ })
        .waitFor();
      await expectOneMember(emailOf(invitation));
    });

    it("joins once by a second click while the answer to the first is on its way", async () => {
      const user = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
      const link = await given.newLink(acme, { emails: [{ value: user.userName }] });
      const page = await ready(link, { Password: PASSWORD });
      const button = await page.getByRole("button", { name: pages.JOIN_WITH_PASSWORD }).boundingBox();
      const click = () => page.mouse.click((button?.x ?? 0) + 20, (button?.y ?? 0) + 20);
      await Promise.all([page.waitForRequest((request) => request.method() === "POST"), click()]);
      await click();
      await page
        .getByRole("heading", { name: /^(Welcome to|You have already accepted this invitation$)/ })
        .waitFor();
      await expectOneMember(user.userName);
    });

    it("joins once from two tabs of one browser", async () => {
      const invitation = await given.invite(acme);
      const link = await given.linkFor(invitation);
      const first = await ready(link);
      const second = await ready(link, pages.ANN, await first.context().newPage());
      const came = await pressAll([first, second], pages.JOIN_AS_NEW);
      expect(came).to.deep.equal([welcome, "You have already accepted this invitation"]);
      await expectOneMember(emailOf(invitation));
    });

    it("joins once from two browsers, of which the later hears that it is done", async () => {
      const invitation = await given.invite(acme);
      const link = await given.linkFor(invitation);
      const came = await pressAll([await ready(link), await ready(link)], pages.JOIN_AS_NEW);
      expect(came).to.deep.equal([welcome, "You have already accepted this invitation"]);
      await expectOneMember(emailOf(invitation));
    });

    it("joins once from two browsers that have proved the same address by an open link", async () => {
      const { link } = await given.invite(acme, { emails: [] });
      const userName = pages.address();
      const proved: Page[] = [];
      for (const count of [1, 2]) {
        const page = await ready(String(link), { "Your e-mail address": userName });
        await press(page, "Send me a code");
        await fill(page, { Code: codeIn(await given.mailbox.expect(userName, count)) });
        await press(page, "Continue");
        await fill(page, pages.ANN);
        proved.push(page);
      }
      const came = await pressAll(proved, pages.JOIN_AS_NEW);
      expect(came).to.deep.equal([welcome, "You are already a member"]);
      await expectOneMember(userName);
    });

    it("lets one of two people in when there is room for one", async () => {
      const emails = [{ value: pages.address() }, { value: pages.address() }];
      const invitation = await given.invite(acme, { emails, quota: 1 });
      const ownPages: Page[] = [];
      for (const email of emails) ownPages.push(await ready(await given.linkFor({ emails: [email] })));
      const came = await pressAll(ownPages, pages.JOIN_AS_NEW);
      expect(came).to.deep.equal(["This invitation is full", welcome]);
      expect(await read(given.scim, `/Invitations/${invitation.id}`)).to.include({ status: "exhausted" });
      const accounts = await Promise.all(emails.map(({ value }) => given.accounts(value)));
      expect(accounts.flat()).to.have.length(1);
      expect(await memberCount(given.scim, acme.id)).to.equal(1);
    });

    it("makes one account for whom two organizations invite, who then joins the other with its password", async () => {
      const other = await given.organization();
      const emails = [{ value: pages.address() }];
      const first = await ready(await given.newLink(acme, { emails }));
      const otherInvitation = await given.invite(other, { emails });
      const second = await ready(await given.linkFor(otherInvitation, 2), {
        ...pages.ANN,
        "Choose a password": `${PASSWORD} again`,
      });
      await pressAll([first, second], pages.JOIN_AS_NEW);
      const late = (await headingOf(first)).startsWith("Welcome") ? second : first;
      const chosen = late === second ? PASSWORD : `${PASSWORD} again`;
      await pages.expectRefusal(late, /same time; try again|password is wrong/);
      expect(await given.accounts(emailOf({ emails }))).to.have.length(1);
      await fill(late, { Password: chosen });
      expect(await press(late, pages.JOIN_WITH_PASSWORD)).to.equal(200);
      await expectPage(late, late === second ? `Welcome to ${String(other.displayName)}` : welcome);
      for (const organization of [acme, other]) {
        expect(await given.members(organization, emailOf({ emails }))).to.have.length(1);
      }
    });
  });
});
