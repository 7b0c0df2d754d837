import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, unique } from "../support/factories.js";
import { expectFocus, expectNone, expectValue } from "../support/waiting.js";
import {
  administratorOf,
  enterConsole,
  expectConsoleUsable,
  expectQuery,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { address } from "./fixture.js";

describe("The console's search and commands", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let acme: Body;
    let page: Page;

    before(async () => {
      acme = await given.organization("Acme & <Sons>");
    });

    const palette = () => page.getByRole("dialog", { name: "Search and commands" });
    const found = (name: string | RegExp) => palette().getByRole("option", { name });
    const openByKeys = async () => {
      await page.keyboard.press("Control+k");
      await expectFocus(palette().getByRole("combobox"));
    };

    it("find people, organizations and teams by a part of the name, by the keyboard alone", async () => {
      const ann = await createUser(given.scim, {
        ...{ userName: address(), displayName: `Annabel ${unique("Lee")}` },
        emails: [{ value: "belle@elsewhere.example" }],
      });
      await given.team(acme, "Sales of Acme");
      page = await enterConsole(given, await person(given, "Ada", ["provider-admin"]), "/provider/activity");
      await expectTitle(page, "Activity");
      const before = page.url();
      await openByKeys();
      await found("Users").waitFor();
      await expectConsoleUsable(page, `console commands ${engine.name}`);
      await page.keyboard.type("belle@else");
      await found(String(ann.displayName)).waitFor();
      expect(page.url()).to.equal(before);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname.endsWith(`/provider/users/${ann.id}`));
      await page.getByRole("heading", { name: String(ann.displayName) }).waitFor();
      await openByKeys();
      await page.keyboard.type("acme");
      await palette().getByRole("group", { name: "Organizations" }).getByRole("option").waitFor();
      await found(/^Sales of Acme/).waitFor();
      await expectConsoleUsable(page, `console commands found ${engine.name}`);
      await found(/^Sales of Acme/).click();
      await page.getByRole("heading", { name: "Sales of Acme" }).waitFor();
    });

    it("lead to pages and begin what the pages begin", async () => {
      page = await enterConsole(given, await person(given, "Ada", ["provider-admin"]), "/provider/users");
      await expectTitle(page, "Users");
      await page.getByRole("button", { name: "Search and commands" }).click();
      await expectFocus(palette().getByRole("combobox"));
      await page.keyboard.type("acc");
      await found("Access tokens").waitFor();
      await page.keyboard.press("Enter");
      await expectTitle(page, "Access tokens");
      await openByKeys();
      await page.keyboard.type("create org");
      await found("Create organization").waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "Create an organization" }).waitFor();
      // A dialog that is open comes first.
      await page.keyboard.press("Control+k");
      await page.getByRole("textbox", { name: "Name" }).fill("Behind nothing");
      await expectNone(palette());
    });

    it("close by Esc, and leave the focus and the address as they were", async () => {
      page = await enterConsole(given, await person(given, "Ada", ["provider-admin"]), "/provider/users?q=a");
      await expectTitle(page, "Users");
      const search = page.getByRole("searchbox", { name: "Search by name or address" });
      await page.keyboard.press("/");
      await expectFocus(search);
      await openByKeys();
      await page.keyboard.type("nobody has such a name");
      await palette().getByText("Nothing was found").waitFor();
      await page.keyboard.press("Escape");
      await palette().waitFor({ state: "detached" });
      await expectFocus(search);
      await expectValue(search, "a");
      await expectQuery(page, { q: "a" });
    });

    it("offer in an organization what its administrator may do there, and lead to another realm", async () => {
      const both = await administratorOf(given, acme, "Bea", ["provider-admin"]);
      page = await enterConsole(given, both, "/provider/users");
      await expectTitle(page, "Users");
      await openByKeys();
      await page.keyboard.type("acme");
      await palette().getByRole("group", { name: "Switch to" }).getByRole("option").click();
      await page.waitForURL((url) => url.pathname.endsWith(`/${acme.id}/users`));
      await page.getByRole("link", { name: "Organization", exact: true }).waitFor();
      await openByKeys();
      for (const name of ["Settings", "Organizations", "Create organization"]) {
        await expectNone(found(name));
      }
      await found("Add user").waitFor();
      await page.keyboard.type("acme suite");
      await found("Acme Suite").waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname.includes("/provider/"));
      await openByKeys();
      await found("Settings").waitFor();
    });

    it("offer a member nothing but what a member has", async () => {
      page = await enterConsole(given, await person(given, "Max"));
      await page.getByRole("button", { name: "Max, your account" }).waitFor();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await openByKeys();
      await page.keyboard.type("create");
      await palette().getByText("Nothing was found").waitFor();
      expect(asked.filter((path) => path.startsWith("/scim/"))).to.deep.equal([]);
    });
  });
});
