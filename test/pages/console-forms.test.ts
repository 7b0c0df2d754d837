import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, unique } from "../support/factories.js";
import { expectFocus, expectValue } from "../support/waiting.js";
import {
  enterConsole,
  expectConsoleUsable,
  expectQuery,
  expectTabTitle,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { address, fill, PASSWORD } from "./fixture.js";

describe("Forms of the console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
    });
    beforeEach(async () => {
      page = await enterConsole(given, admin, "/provider/users?sort=-userName");
      await expectTitle(page, "Users");
    });

    const openForm = async () => {
      await page.getByRole("link", { name: "Create user" }).click();
      await page.getByRole("dialog", { name: "Create a user" }).waitFor();
      await expectFocus(field("userName"));
    };
    const send = () => page.getByRole("button", { name: "Create the user" }).click();
    const field = (name: string) => page.locator(`input[name=${name}]`);

    it("create a user, who is open then, in the list that one came from", async () => {
      await openForm();
      await expectTabTitle(page, "Create a user · Users · Acme Suite");
      await expectConsoleUsable(page, `console form ${engine.name}`);
      const userName = address();
      await fill(page, { "User name": userName, "First name": "Ann", "Last name": "Lee" });
      await fill(page, { "Work e-mail": userName, "Work phone": "+49 30 1" });
      await send();
      await page.getByRole("heading", { level: 2, name: "Ann Lee" }).waitFor();
      await expectQuery(page, { sort: "-userName" });
      await expectTabTitle(page, "Ann Lee · Users · Acme Suite");
      const [user] = await given.accounts(userName);
      expect(user).to.deep.include({ displayName: "Ann Lee", userName });
      expect(user?.emails).to.deep.equal([{ value: userName, type: "work", primary: true }]);
    });

    it("lead to the first field that is missing", async () => {
      await openForm();
      await fill(page, { "First name": "Ann" });
      await send();
      await page.getByText("User name is missing").waitFor();
      await expectFocus(field("userName"));
      await expectConsoleUsable(page, `console form with an error ${engine.name}`);
    });

    it("show what the server refuses at the field that it is of, and lose nothing", async () => {
      const { userName } = await createUser(given.scim, { userName: `${unique("emails")}@example.com` });
      await openForm();
      await fill(page, { "User name": userName, "Work e-mail": "1" });
      await send();
      await page.getByText(/already exists/).waitFor();
      await expectFocus(field("userName"));
      await fill(page, { "User name": address(), "Work e-mail": "1".repeat(500) });
      await send();
      await page.getByText(/emails.*at most 400/).waitFor();
      await expectFocus(field("email"));
    });

    it("keep what was typed when the connection drops and when the session ends, and go on", async () => {
      await openForm();
      const userName = address();
      await fill(page, { "User name": userName });
      await page.context().setOffline(true);
      await send();
      await page.getByText(/cannot be reached\. What you typed is still here/).waitFor();
      await page.context().setOffline(false);
      await page.context().clearCookies();
      await send();
      await page.getByRole("heading", { name: "Sign in again" }).waitFor();
      await fill(page, { "User name or e-mail address": admin.userName, Password: PASSWORD });
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByRole("heading", { level: 2, name: userName }).waitFor();
    });

    it("close by Esc at once when nothing was typed, and else after a question", async () => {
      await openForm();
      await page.keyboard.press("Escape");
      await page.waitForURL((url) => url.pathname.endsWith("/users"));
      await openForm();
      await fill(page, { "First name": "Ann" });
      await page.keyboard.press("Escape");
      const question = page.getByRole("alertdialog", { name: "Discard what you entered?" });
      await question.getByRole("button", { name: "Keep editing" }).click();
      await expectValue(page.getByLabel("First name"), "Ann");
      await page.goBack();
      await question.getByRole("button", { name: "Discard it" }).click();
      await page.waitForURL((url) => url.pathname.endsWith("/users"));
      await expectQuery(page, { sort: "-userName" });
    });
  });
});
