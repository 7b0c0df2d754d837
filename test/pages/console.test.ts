import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Body } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { eventually, expectFocus, expectNone, expectValue } from "../support/waiting.js";
import {
  consoleUrl,
  enterConsole,
  expectConsoleUsable,
  expectNames,
  expectPanel,
  expectQuery,
  expectTitle,
  person,
  useConsole,
} from "./console-fixture.js";
import { expectPage, open } from "./fixture.js";

/** An element of a page, whose types are not known here, where there is no page. */
interface Box {
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

describe("The console", function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    const given = useConsole(engine);
    let admin: Body;
    let acme: Body;
    let page: Page;

    before(async () => {
      admin = await person(given, "Ada Lovelace", ["provider-admin"]);
      acme = await given.organization("Acme & <Sons>");
      const members = [];
      for (const [given_, family] of PEOPLE) {
        members.push(
          await createUser(given.scim, {
            userName: `${given_}.${family}@acme.example`.toLowerCase(),
            displayName: `${given_} ${family}`,
            name: { givenName: given_, familyName: family },
            active: family !== "Stone",
          }),
        );
      }
      const value = [...members, admin].map(({ id }) => ({ value: id }));
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      await given.scim.patch(`/Users/${admin.id}`, {
        op: "add",
        path: `${MEMBERSHIP}:organizationRoles`,
        value: [{ value: "organization-admin", organization: acme.id }],
      });
    });

    const enter = async (path = "") => {
      page = await enterConsole(given, admin, path);
    };
    const enterAcme = async () => {
      await enter("/provider/users");
      await page.getByRole("button", { name: /You act in Acme Suite/ }).click();
      await page.getByRole("menuitem", { name: /Acme & <Sons>/ }).click();
      await page.getByRole("button", { name: /You act in Acme & <Sons>/ }).waitFor();
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
    };
    const newMember = async (displayName: string) => {
      const user = await person(given, displayName);
      const value = [{ value: user.id }];
      await given.scim.patch(`/Groups/${acme.id}`, { op: "add", path: "members", value });
      return user;
    };
    const search = () => page.getByRole("searchbox", { name: "Search by name or address" });

    it("asks for the password first, and goes on at the address that was opened", async () => {
      await enter("/provider/users?q=ann&status=active");
      await expectTitle(page, "Users");
      await expectQuery(page, { q: "ann", status: "active" });
      await expectValue(search(), "ann");
    });

    it("opens on the users of the realm that one acts in", async () => {
      await enter();
      await expectTitle(page, "Users");
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
      await expectConsoleUsable(page, `console users ${engine.name}`);
    });

    it("shows names whole on a small laptop", async () => {
      await person(given, "Marguerite de Crayencour");
      await enter("/provider/users?q=marguerite");
      await page.setViewportSize({ width: 1280, height: 800 });
      const name = page.getByRole("link", { name: "Marguerite de Crayencour" });
      await name.waitFor();
      await eventually(async () =>
        expect(
          await name.evaluate(({ scrollWidth, clientWidth }: Box) => scrollWidth - clientWidth),
        ).to.equal(0),
      );
    });

    it("finds people while one types, and keeps that in the address", async () => {
      await enter("/provider/users");
      await search().fill("stone");
      await page.waitForURL(/q=stone/);
      await page.getByText("1 users").waitFor({ state: "attached" });
      await expectNames(page, ["Bob Stone"]);
      await search().fill("nobody at all");
      await page.getByRole("heading", { name: "No users match" }).waitFor();
      await expectConsoleUsable(page, `console nobody found ${engine.name}`);
      await page.getByRole("button", { name: "Clear search and filters" }).click();
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
      await expectQuery(page, {});
    });

    it("shows a person beside the list, to be closed by Esc, and the next by j", async () => {
      await enter("/provider/users?q=acme.example");
      await page.getByRole("link", { name: "Ann Lee" }).click();
      await page.getByRole("heading", { level: 2, name: "Ann Lee" }).waitFor();
      await expectConsoleUsable(page, `console person ${engine.name}`);
      await page.getByRole("tab", { name: "Access" }).click();
      await page.getByRole("tabpanel").getByText("Acme & <Sons>").waitFor();
      await expectConsoleUsable(page, `console access of a person ${engine.name}`);
      await page.keyboard.press("j");
      await expectPanel(page, "Bob Stone");
      await page.keyboard.press("Escape");
      await page.waitForURL((url) => url.pathname.endsWith("/provider/users"));
      await expectQuery(page, { q: "acme.example" });
    });

    it("filters and sorts on the server", async () => {
      await enter("/provider/users?q=acme.example");
      await page.getByRole("button", { name: "Status", exact: true }).click();
      await page.getByRole("menuitemradio", { name: "Inactive" }).click();
      await page.getByText("1 users").waitFor({ state: "attached" });
      await expectNames(page, ["Bob Stone"]);
      await page.getByRole("button", { name: "Clear the filter status" }).click();
      await page.getByRole("button", { name: "Name", exact: true }).click();
      await page.locator("[aria-sort=ascending]").waitFor();
      await page.getByRole("button", { name: "Name", exact: true }).click();
      await expectQuery(page, { q: "acme.example", sort: "-displayName" });
      await page.locator("tbody tr").first().getByText("Zoe Young").waitFor();
    });

    it("switches to another realm, which shows at all times", async () => {
      await enter();
      await page.getByRole("button", { name: /You act in Acme Suite/ }).click();
      await page.getByRole("menuitem", { name: /Acme & <Sons>/ }).click();
      await page.waitForURL((url) => url.pathname.endsWith(`/${acme.id}/users`));
      await page.getByRole("button", { name: /You act in Acme & <Sons>/ }).waitFor();
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
      await expectNone(page.getByRole("link", { name: "Organizations" }));
      await expectConsoleUsable(page, `console users of an organization ${engine.name}`);
    });

    it("lists organizations with the number of their members", async () => {
      await enter("/provider/organizations");
      await page.getByRole("link", { name: "Acme & <Sons>", exact: true }).waitFor();
      await page
        .getByRole("row", { name: /Acme & <Sons>/ })
        .getByText("5", { exact: true })
        .waitFor();
      await expectConsoleUsable(page, `console organizations ${engine.name}`);
    });

    it("asks for the password over the page when the session has ended, and goes on", async () => {
      await enter("/provider/users");
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
      await page.context().clearCookies();
      await search().fill("zoe");
      await page.getByRole("heading", { name: "Sign in again" }).waitFor();
      await expectConsoleUsable(page, `console to sign in again ${engine.name}`);
      await page.getByLabel("User name or e-mail address").fill(admin.userName);
      await page.getByLabel("Password").fill("no password of mine");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page
        .getByRole("alert")
        .getByText(/password is wrong/)
        .waitFor();
      await page.getByLabel("Password").fill("correct horse battery staple 9");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("1 users").waitFor({ state: "attached" });
      await expectNames(page, ["Zoe Young"]);
    });

    it("removes one person from a row, and says before what goes and what stays", async () => {
      const { id } = await newMember("Rita Gone");
      await enterAcme();
      await page.getByRole("button", { name: "Remove Rita Gone" }).click();
      const dialog = page.getByRole("alertdialog", { name: /^Remove .Rita Gone. from .Acme & <Sons>.\?$/ });
      await dialog.getByText("The account and other organizations stay.").waitFor();
      await expectConsoleUsable(page, `console to remove a person ${engine.name}`);
      await expectFocus(dialog.getByRole("button", { name: "Cancel" }));
      await dialog.getByRole("button", { name: /^Remove .Rita Gone.$/ }).click();
      await page.getByText("Rita Gone was removed.").waitFor();
      await page.getByRole("link", { name: "Rita Gone" }).waitFor({ state: "detached" });
      expect((await given.scim.get(`/Users/${id}`)).status, "the account").to.equal(200);
    });

    it("deletes the account in the provider's realm, and says so", async () => {
      const { id } = await createUser(given.scim, { userName: unique("eve"), displayName: "Eve Leaving" });
      await enter("/provider/users?q=Eve");
      await page.getByRole("button", { name: "Remove Eve Leaving" }).click();
      const dialog = page.getByRole("alertdialog", { name: /^Delete the account of .Eve Leaving.\?$/ });
      await dialog.getByText("This cannot be undone.").waitFor();
      await dialog.getByRole("button", { name: "Delete the account" }).click();
      await page.getByText("Eve Leaving was deleted.").waitFor();
      expect((await given.scim.get(`/Users/${id}`)).status).to.equal(404);
    });

    it("removes those who are ticked, and names each who was not, with the reason", async () => {
      await newMember("Tom Gone");
      await newMember("Uma Gone");
      await enterAcme();
      for (const name of ["Ada Lovelace", "Tom Gone", "Uma Gone"])
        await page.getByRole("checkbox", { name: `Select ${name}` }).check();
      await page.getByText("3 people selected").waitFor();
      await expectConsoleUsable(page, `console with ticked people ${engine.name}`);
      await page.getByRole("button", { name: "Remove from Acme & <Sons>" }).click();
      await page.getByRole("button", { name: "Remove 3 people" }).click();
      await page.getByText("2 people were removed.").waitFor();
      await page.getByText(/Ada Lovelace was not removed: .*without an administrator/).waitFor();
      await page.getByRole("link", { name: "Uma Gone" }).waitFor({ state: "detached" });
      await page.getByRole("link", { name: "Ada Lovelace" }).waitFor();
      await expectNone(page.getByRole("link", { name: "Tom Gone" }));
    });

    it("shows the addresses of another realm only when one acts there", async () => {
      await enter("/provider/users");
      await open(page, consoleUrl(given, `/${acme.id}/users`));
      await page.getByText(/This page is in Acme & <Sons>/).waitFor();
      await page.getByRole("button", { name: "Act in Acme & <Sons>", exact: true }).click();
      await page.getByRole("link", { name: "Ann Lee" }).waitFor();
    });

    it("signs out", async () => {
      await enter();
      await page.getByRole("button", { name: "Ada Lovelace, your account" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await expectPage(page, "Sign in");
      await open(page, consoleUrl(given, "/provider/users"));
      await expectPage(page, "Sign in");
    });

    it("offers a person without a role nothing to administer", async () => {
      const member = await person(given, unique("Member"));
      await given.scim.patch(`/Groups/${acme.id}`, {
        op: "add",
        path: "members",
        value: [{ value: member.id }],
      });
      page = await enterConsole(given, member);
      await page.getByRole("heading", { name: "You are a member of Acme & <Sons>" }).waitFor();
      await expectConsoleUsable(page, `console of a member ${engine.name}`);
    });
  });
});

const PEOPLE = [
  ["Ann", "Lee"],
  ["Bob", "Stone"],
  ["Cleo", "Marsh"],
  ["Zoe", "Young"],
] as const;
