import { expect } from "chai";
import type { Page } from "playwright-core";
import { expectStatus } from "../support/assertions.js";
import { expectUsable } from "../support/browser.js";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { codeOf, setUpFactor } from "../support/second-factor.js";
import { BrowserOfPerson } from "../support/signed-in.js";
import * as pages from "./fixture.js";
import { expectPage, expectRefusal, expectText, fill, open, PASSWORD, press, usePages } from "./fixture.js";

const NAME = "User name or e-mail address";
const SIGN_IN = "Sign in to accept with an account that you have";
const CODE = "Code of your app";
const CODE_OR_RECOVERY = "Code of your app, or a recovery code";
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

describe("The pages of an invitation for people with an account", () => {
  forEachEngine((engine) => {
    const given = usePages(engine);
    let page: Page;
    let acme: Body;

    before(async () => {
      acme = await given.organization("Acme & <Sons>");
    });
    beforeEach(async () => {
      page = await given.browser.open({ scripts: true });
    });

    const dana = (attributes: object = {}) =>
      createUser(given.scim, {
        ...{ userName: pages.address(), password: PASSWORD, displayName: "Dana Miller" },
        ...attributes,
      });
    const signIn = async ({ userName }: Body, at = "") => {
      await open(page, given.scim.url.replace("/scim/v2", `/console/sign-in${at}`));
      await fill(page, { [at === "" ? NAME : "User name"]: userName, Password: PASSWORD });
      await press(page, "Sign in");
      await expectPage(page, "You are signed in");
    };
    const follow = (name: string) => page.getByRole("link", { name, exact: true }).click();

    it("let somebody sign in first, and lead back to accept", async () => {
      const user = await dana();
      const invitation = await given.invite(acme, { roles: [{ value: "organization-admin" }] });
      await open(page, await given.linkFor(invitation));
      await follow(SIGN_IN);
      await expectPage(page, "Sign in");
      await fill(page, { [NAME]: user.userName, Password: PASSWORD });
      await press(page, "Sign in");
      await expectPage(page, "Join Acme & <Sons>");
      await press(page, `Accept as Dana Miller (${user.userName})`);
      await expectPage(page, "Welcome to Acme & <Sons>");
      expect(await given.members(acme, user.userName)).to.have.length(1);
      await follow("Go to your account");
      await expectPage(page, "You are signed in");
      await expectText(page, "Acme & <Sons>");
    });

    it("name the account that somebody is signed in to", async () => {
      await signIn(await dana());
      const invitation = await given.invite(acme, { roles: [{ value: "organization-admin" }] });
      await open(page, await given.linkFor(invitation));
      await page.getByRole("button", { name: /^Accept as Dana Miller/ }).waitFor();
      await expectUsable(page, `to accept as somebody ${engine.name}`);
    });

    it("hold a long name", async () => {
      await signIn(await dana({ displayName: LONG }));
      await open(page, await given.newLink(acme));
      await expectUsable(page, `to accept with a long name ${engine.name}`);
    });

    it("say that somebody has joined", async () => {
      await signIn(await dana());
      await open(page, await given.newLink(acme));
      await page.getByRole("button", { name: /^Accept as/ }).click();
      await expectPage(page, "Welcome to Acme & <Sons>");
      await expectUsable(page, `of somebody who accepted in a session ${engine.name}`);
    });

    it("say at signing in what comes after it", async () => {
      await open(page, await given.newLink(acme));
      await follow(SIGN_IN);
      await expectText(page, "go back");
      await expectUsable(page, `to sign in to go back ${engine.name}`);
    });

    it("lead back after the code of a second factor, too", async () => {
      const user = await dana();
      const own = new BrowserOfPerson(() => given.server);
      await own.signIn(user.userName, PASSWORD);
      const app = await setUpFactor(own, PASSWORD);
      await open(page, await given.newLink(acme));
      await follow(SIGN_IN);
      await fill(page, { [NAME]: user.userName, Password: PASSWORD });
      await press(page, "Sign in");
      await expectPage(page, "Enter your code");
      await fill(page, { [CODE]: codeOf(app) });
      await press(page, "Sign in");
      await press(page, `Accept as Dana Miller (${user.userName})`);
      await expectPage(page, "Welcome to Acme & <Sons>");
    });

    it("leave a person who is signed in every other way", async () => {
      await signIn(await dana({ displayName: LONG }));
      await open(page, await given.newLink(acme));
      await expectPage(page, "Join Acme & <Sons>");
      await follow("Use another account");
      await expectPage(page, "Join Acme & <Sons>");
      await expectUsable(page, `to accept with another account ${engine.name}`);
      await follow("Accept with that account");
      await page.getByRole("button", { name: /^Accept as/ }).waitFor();
      await follow("Decline");
      await press(page, "Decline the invitation");
      await expectPage(page, "You have declined");
    });

    it("say that an organization's password cannot accept", async () => {
      const own = await clientWith(given.server, { organization: acme.id });
      const body = { schemas: [CORE_USER], userName: unique("jdoe"), password: PASSWORD };
      const jdoe = expectStatus(await own.post("/Users", body), 201);
      await signIn(jdoe, `/${acme.id}`);
      await open(page, await given.newLink(await given.organization(unique("Other"))));
      await expectText(page, "opens one organization alone");
      await expectUsable(page, `of an invitation that a session cannot accept ${engine.name}`);
    });

    it("say that somebody signed in is a member, and leave the other ways", async () => {
      const [member, other] = [await dana(), await given.organization(unique("Other"))];
      await given.change(`/Groups/${other.id}`, "members", [{ value: member.id }]);
      await signIn(member);
      await open(page, await given.newLink(other));
      await expectText(page, "already a member");
      await expectUsable(page, `of an invitation for somebody in a member's session ${engine.name}`);
      await fill(page, pages.ANN);
      await press(page, pages.JOIN_AS_NEW);
      await expectPage(page, `Welcome to ${other.displayName}`);
    });

    it("ask for the code of a second factor after the password", async () => {
      const user = await dana();
      const link = await given.newLink(acme, { emails: [{ value: user.userName }] });
      const own = new BrowserOfPerson(() => given.server);
      await own.signIn(user.userName, PASSWORD);
      const app = await setUpFactor(own, PASSWORD);
      await open(page, link);
      await fill(page, { Password: PASSWORD });
      expect(await press(page, pages.JOIN_WITH_PASSWORD)).to.equal(403);
      await expectRefusal(page, /second factor/);
      await expectUsable(page, `to join with a second factor ${engine.name}`);
      await fill(page, { Password: PASSWORD, [CODE_OR_RECOVERY]: codeOf(app) });
      await press(page, pages.JOIN_WITH_PASSWORD);
      await expectPage(page, "Welcome to Acme & <Sons>");
    });
  });
});
