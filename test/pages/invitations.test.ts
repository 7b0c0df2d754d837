import { expect } from "chai";
import type { Page } from "playwright-core";
import { memberCount, read } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser } from "../support/factories.js";
import { codeIn } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { expectFocus } from "../support/waiting.js";
import * as pages from "./fixture.js";
import {
  emailOf,
  expectPage,
  expectRefusal,
  expectText,
  fill,
  open,
  PASSWORD,
  press,
  usePages,
} from "./fixture.js";

describe("The page of an invitation", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let acme: Body;
    let page: Page;

    beforeEach(async () => {
      acme = await given.organization();
      page = await given.browser.open();
    });

    const said = async (term: string) =>
      (await page.getByRole("term").filter({ hasText: term }).locator("+ dd").textContent()) ?? "";
    const welcome = (organization: Body) => `Welcome to ${String(organization.displayName)}`;
    const title = (organization: Body) => `Join ${String(organization.displayName)}`;

    it("shows a new person who invites to what", async () => {
      const olga = { displayName: "Olga O'Hara", roles: [{ value: "provider-admin" }] };
      const { userName } = await createUser(given.scim, olga);
      const [bakers, singers] = [await given.team(acme, "Bakers"), await given.team(acme, "Singers")];
      const invitation = await given.invite(
        acme,
        {
          description: "You make the best bread.",
          roles: [{ value: "organization-admin" }],
          teams: [{ value: bakers.id }, { value: singers.id }],
          expiresAt: "2099-12-24T18:30:00Z",
        },
        await clientWith(given.server, { userName }),
      );
      expect(await open(page, await given.linkFor(invitation))).to.equal(200);
      await expectPage(page, title(acme));
      expect(await page.title()).to.equal(`${title(acme)} – Acme Suite`);
      const text = await page.locator("main").innerText();
      expect(text).to.include(`Olga O'Hara invites you to join ${String(acme.displayName)} on Acme Suite.`);
      expect(text).to.include("You make the best bread.");
      expect(await said("Your address")).to.equal(emailOf(invitation));
      expect(await said("Your role")).to.match(
        /^\s*Organization admin\s*You manage the organization’s people/,
      );
      expect(await said("Your teams")).to.match(/^(Bakers, Singers|Singers, Bakers)$/);
      expect(await said("Valid until")).to.match(/December 24, 2099 .*6:30\sPM UTC/);
      expect(await page.getByRole("banner").innerText()).to.equal("Acme Suite");
    });

    it("keeps what a new person said when the password will not do, and then lets the person join", async () => {
      const bakers = await given.team(acme, "Bakers");
      const roles = [{ value: "organization-admin" }];
      const invitation = await given.invite(acme, { roles, teams: [{ value: bakers.id }] });
      const link = await given.linkFor(invitation);
      await open(page, link);
      await fill(page, { ...pages.ANN, "First name": '"Ann" <b>', "Choose a password": "password123" });
      expect(await press(page, pages.JOIN_AS_NEW)).to.equal(400);
      await expectPage(page, title(acme));
      await expectRefusal(page, /easy to guess/);
      expect(await page.getByLabel("First name").inputValue()).to.equal('"Ann" <b>');
      expect(await page.getByLabel("Last name").inputValue()).to.equal("Lee");
      expect(await page.getByLabel("Choose a password").inputValue()).to.equal("");
      expect(await given.accounts(emailOf(invitation))).to.have.length(0);

      await fill(page, pages.ANN);
      expect(await press(page, pages.JOIN_AS_NEW)).to.equal(200);
      await expectPage(page, welcome(acme));
      const [member] = await given.members(acme, emailOf(invitation));
      expect(member).to.deep.include({ displayName: "Ann Lee", active: true });
      expect(member?.roles).to.deep.equal(roles.map((role) => ({ ...role, type: "direct" })));
      expect((await read(given.scim, `/Teams/${bakers.id}`)).members).to.have.length(1);
      expect(await memberCount(given.scim, acme.id)).to.equal(1);

      expect(await open(page, link)).to.equal(410);
      await expectPage(page, "You have already accepted this invitation");
    });

    it("fills in the name that the inviter knows, and takes the one that the person says", async () => {
      const invitation = await given.invite(acme, { givenName: "Anne", familyName: "Lee" });
      await open(page, await given.linkFor(invitation));
      expect(await page.getByLabel("First name").inputValue()).to.equal("Anne");
      expect(await page.getByLabel("Last name").inputValue()).to.equal("Lee");
      await fill(page, { "First name": "Ann", "Choose a password": PASSWORD });
      await press(page, pages.JOIN_AS_NEW);
      await expectPage(page, welcome(acme));
      expect((await given.members(acme, emailOf(invitation)))[0]).to.include({ displayName: "Ann Lee" });
    });

    it("goes no further in the browser while something is missing", async () => {
      await open(page, await given.newLink(acme));
      await fill(page, { "First name": "Ann", "Choose a password": PASSWORD });
      await page.getByRole("button", { name: pages.JOIN_AS_NEW }).click();
      await expectFocus(page.locator("#familyName:invalid"));
    });

    it("asks a person with a password for it", async () => {
      const user = await createUser(given.scim, { userName: pages.address(), password: PASSWORD });
      await open(page, await given.newLink(acme, { emails: [{ value: user.userName }] }));
      await expectText(page, "You already have an account");
      await fill(page, { Password: "no password of mine" });
      expect(await press(page, pages.JOIN_WITH_PASSWORD)).to.equal(403);
      await expectRefusal(page, /password is wrong/);
      expect(await page.getByLabel("Password").inputValue()).to.equal("");
      expect(await given.members(acme, user.userName)).to.have.length(0);
      await fill(page, { Password: PASSWORD });
      expect(await press(page, pages.JOIN_WITH_PASSWORD)).to.equal(200);
      await expectPage(page, welcome(acme));
      expect((await given.members(acme, user.userName))[0]).to.include({ id: user.id });
    });

    it("has a person without a password prove the address by a code, who then joins by a click", async () => {
      const user = await createUser(given.scim, { userName: pages.address() });
      await open(page, await given.newLink(acme, { emails: [{ value: user.userName }] }));
      expect(await press(page, "Send me a code")).to.equal(200);
      await expectPage(page, "Enter the code");
      await expectText(page, user.userName);
      const code = codeIn(await given.mailbox.expect(user.userName, 2));
      await fill(page, { Code: otherThan(code) });
      expect(await press(page, "Continue")).to.equal(403);
      await expectPage(page, "Enter the code");
      await expectRefusal(page, /code is wrong/);
      await fill(page, { Code: code });
      expect(await press(page, "Continue")).to.equal(200);
      await expectPage(page, title(acme));
      expect(await given.members(acme, user.userName)).to.have.length(0);
      expect(await press(page, "Join")).to.equal(200);
      await expectPage(page, welcome(acme));
      expect((await given.members(acme, user.userName))[0]).to.include({ id: user.id });
    });

    it("sends another code, and then takes only that", async () => {
      const user = await createUser(given.scim, { userName: pages.address() });
      await open(page, await given.newLink(acme, { emails: [{ value: user.userName }] }));
      await press(page, "Send me a code");
      const first = codeIn(await given.mailbox.expect(user.userName, 2));
      expect(await press(page, "Send another code")).to.equal(200);
      const second = codeIn(await given.mailbox.expect(user.userName, 3));
      await fill(page, { Code: first });
      await press(page, "Continue");
      await expectRefusal(page, /code is wrong/);
      // As people write down what they read.
      await fill(page, { Code: `${second.slice(0, 3)} ${second.slice(3)}` });
      await press(page, "Continue");
      await expectPage(page, title(acme));
    });

    it("lets whoever has an open link join, once an address is proved", async () => {
      const invitation = await given.invite(acme, { emails: [] });
      const [wrong, right] = [pages.address(), pages.address()];
      await open(page, String(invitation.link));
      await expectPage(page, title(acme));
      await fill(page, { "Your e-mail address": wrong });
      await press(page, "Send me a code");
      await page.getByRole("link", { name: "Use another address" }).click();
      await fill(page, { "Your e-mail address": right });
      await press(page, "Send me a code");
      await fill(page, { Code: codeIn(await given.mailbox.expect(right)) });
      await press(page, "Continue");
      expect(await said("Your address")).to.equal(right);
      await fill(page, pages.ANN);
      await press(page, pages.JOIN_AS_NEW);
      await expectPage(page, welcome(acme));
      expect((await given.members(acme, right))[0]).to.deep.include({
        emails: [{ value: right, primary: true }],
      });
      expect(await given.accounts(wrong)).to.have.length(0);
      expect(await open(await given.browser.open(), String(invitation.link))).to.equal(200);
    });

    it("lets people of a domain join by one link, and nobody else", async () => {
      const invitation = await given.invite(acme, { emails: [{ value: "*@bakers.example" }] });
      await open(page, String(invitation.link));
      await expectText(page, "It must end in @bakers.example.");
      const stranger = "ann@bakers.example.org";
      await fill(page, { "Your e-mail address": stranger });
      expect(await press(page, "Send me a code")).to.equal(403);
      await expectRefusal(page, /not for that address/);
      expect(await page.getByLabel("Your e-mail address").inputValue()).to.equal(stranger);
      await fill(page, { "Your e-mail address": "Ann@Bakers.example" });
      expect(await press(page, "Send me a code")).to.equal(200);
      await fill(page, { Code: codeIn(await given.mailbox.expect("Ann@Bakers.example")) });
      await press(page, "Continue");
      await fill(page, pages.ANN);
      await press(page, pages.JOIN_AS_NEW);
      await expectPage(page, welcome(acme));
      expect(await given.members(acme, "ann@bakers.example")).to.have.length(1);
      expect(given.mailbox.to(stranger)).to.have.length(0);
    });

    it("lets a person decline", async () => {
      const invitation = await given.invite(acme);
      const link = await given.linkFor(invitation);
      await open(page, link);
      await page.getByRole("link", { name: "Decline" }).click();
      await expectPage(page, `Decline the invitation to ${String(acme.displayName)}?`);
      await page.getByRole("link", { name: "Go back" }).click();
      await expectPage(page, title(acme));
      await page.getByRole("link", { name: "Decline" }).click();
      expect(await press(page, "Decline the invitation")).to.equal(200);
      await expectPage(page, "You have declined");
      expect(await read(given.scim, `/Invitations/${invitation.id}`)).to.include({ status: "declined" });
      expect(await open(page, link)).to.equal(410);
      await expectPage(page, "You have declined this invitation");
      expect(await memberCount(given.scim, acme.id)).to.equal(0);
    });

    it("starts where the link does when somebody reloads the answer to a form", async () => {
      const user = await createUser(given.scim, { userName: pages.address() });
      const link = await given.newLink(acme, { emails: [{ value: user.userName }] });
      await open(page, link);
      await press(page, "Send me a code");
      expect(await open(page, page.url())).to.equal(200);
      expect(page.url()).to.equal(link);
      await expectPage(page, title(acme));
      await given.mailbox.expect(user.userName, 2);
      expect(given.mailbox.to(user.userName)).to.have.length(2);
    });

    it("takes a form only from where it was opened, and shows it again to whoever lost the cookie", async () => {
      const invitation = await given.invite(acme);
      await open(page, await given.linkFor(invitation));
      await fill(page, pages.ANN);
      await page.context().clearCookies();
      expect(await press(page, pages.JOIN_AS_NEW)).to.equal(403);
      await expectRefusal(page, /open for too long/);
      expect(await given.accounts(emailOf(invitation))).to.have.length(0);
      await fill(page, { "Choose a password": PASSWORD });
      expect(await press(page, pages.JOIN_AS_NEW)).to.equal(200);
      await expectPage(page, welcome(acme));
    });
  });
});

/** Six digits that are not the code. */
const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
